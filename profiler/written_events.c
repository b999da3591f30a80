/* SPDX-License-Identifier: MIT */
#include "profiler/written_events.h"

#include "jitdump/xalloc.h"
#include "profiler/event_decode.h"

#include <stdlib.h>
#include <string.h>

/* What a sample is made of, besides what its event asked for (profiler/sample_record.c). */
#define SAMPLE_TYPE_ALWAYS                                                                         \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |            \
	 PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD)
#define SAMPLE_TYPE_IF_ASKED (PERF_SAMPLE_ADDR | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW)
#define SAMPLE_TYPE_USER     (PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER)

/* The chain stands for the registers and the stack copy that it was unwound from. */
static void describe_chain(struct perf_event_attr *attr)
{
	uint64_t asked = attr->sample_type;

	attr->sample_type = SAMPLE_TYPE_ALWAYS | (asked & SAMPLE_TYPE_IF_ASKED);
	if (asked & SAMPLE_TYPE_USER)
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	attr->exclude_callchain_user = 0;
	attr->sample_regs_user = 0;
	attr->sample_stack_user = 0;
	attr->sample_regs_intr = 0;
	attr->branch_sample_type = 0;
}

static struct perf_event_attr describe_records(const struct perf_event_attr *opened,
					       bool keep_stacks)
{
	struct perf_event_attr attr = { 0 };
	size_t size = opened->size ? opened->size : PERF_ATTR_SIZE_VER0;

	memcpy(&attr, opened, size < WRITTEN_ATTR_BYTES ? size : WRITTEN_ATTR_BYTES);
	attr.size = WRITTEN_ATTR_BYTES;
	attr.sample_id_all = 1;
	if (!keep_stacks)
		describe_chain(&attr);
	return attr;
}

static bool is_side_band(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_SOFTWARE && attr->config == PERF_COUNT_SW_DUMMY;
}

static struct written_event copy_event(const struct data_writer_event *given, bool keep_stacks)
{
	struct written_event event = {
		.attr = describe_records(given->attr, keep_stacks),
		.name = xstrdup(given->name),
		.id_count = given->id_count,
		.ids = xcalloc(given->id_count, sizeof(*given->ids)),
	};

	if (given->id_count)
		memcpy(event.ids, given->ids, given->id_count * sizeof(*given->ids));
	return event;
}

void written_events_init(struct written_events *events, const struct data_writer_options *options)
{
	size_t count = options->event_count;

	events->count = 0;
	events->events = xcalloc(count, sizeof(*events->events));
	events->places = xcalloc(count, sizeof(*events->places));
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < count; i++) {
			if (is_side_band(options->events[i].attr) != (pass == 1))
				continue;
			events->places[i] = events->count;
			events->events[events->count++] =
				copy_event(&options->events[i], options->keep_stacks);
		}
	}
}

void written_events_deinit(struct written_events *events)
{
	if (!events)
		return;
	for (size_t i = 0; i < events->count; i++) {
		free(events->events[i].name);
		free(events->events[i].ids);
	}
	free(events->events);
	free(events->places);
	*events = (struct written_events){ 0 };
}

struct event_layout *written_events_layout(const struct written_events *events)
{
	struct event_layout *layout = event_layout_create();

	for (size_t i = 0; i < events->count; i++)
		event_layout_add(layout, &events->events[i].attr, events->events[i].ids,
				 events->events[i].id_count);
	return layout;
}
