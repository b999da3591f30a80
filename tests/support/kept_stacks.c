/* SPDX-License-Identifier: MIT */
#include "support/kept_stacks.h"

#include "jitdump/xalloc.h"
#include "profiler/session_state.h"

#include <stdlib.h>
#include <string.h>

static void keep_stack(struct kept_stacks *kept, struct kept_sample *sample,
		       const struct sample_event *from)
{
	if (kept->bytes_capacity - kept->bytes_size < from->stack_size) {
		kept->bytes_capacity = 2 * kept->bytes_capacity + from->stack_size;
		kept->bytes = xrealloc(kept->bytes, kept->bytes_capacity);
	}
	sample->stack_offset = kept->bytes_size;
	memcpy(kept->bytes + kept->bytes_size, from->stack, from->stack_size);
	kept->bytes_size += from->stack_size;
}

static void keep(void *context, const struct session_sample *given)
{
	struct kept_stacks *kept = context;
	const struct event *event = given->event;
	const struct sample_event *from = &event->sample;
	size_t register_size = 8 * (size_t)__builtin_popcountll(from->user.mask);
	struct kept_sample *sample;

	if (from->user.abi == 0 || !from->stack || register_size > sizeof(sample->register_bytes))
		return;
	kept->samples = xgrow(kept->samples, kept->count, &kept->capacity, sizeof(*kept->samples));
	sample = &kept->samples[kept->count++];
	*sample = (struct kept_sample){ .registers = from->user };
	memcpy(sample->register_bytes, from->user.bytes, register_size);
	sample->request = (struct unwind_request){
		.space = address_space_hold(
			process_table_get(&kept->session->processes, event->pid)->space),
		.time_ns = event->time_ns,
		.stack_size = from->stack_size,
		.stack_copy_size = from->stack_copy_size,
		.unknown = UNWIND_UNKNOWN_GUESSED,
	};
	keep_stack(kept, sample, from);
}

bool kept_stacks_open(struct kept_stacks *kept, const char *path, size_t max, struct error *err)
{
	const struct perf_event_header *record;

	*kept = (struct kept_stacks){ .reader = data_reader_open(path, true, err) };
	if (!kept->reader)
		return false;
	kept->symbolizer = symbolizer_create(&(struct symbolizer_options){ 0 });
	kept->session = session_create(&(struct session_options){ .symbolizer = kept->symbolizer,
								  .method = UNWIND_AUTO,
								  .is_this_kernel = true,
								  .sink = keep,
								  .sink_context = kept },
				       data_reader_layout(kept->reader));
	if (data_reader_section(kept->reader))
		session_use_section(kept->session, data_reader_section(kept->reader));
	while ((!max || kept->count < max) && (record = data_reader_next(kept->reader)))
		session_feed(kept->session, record);
	session_finish(kept->session);
	for (size_t i = 0; i < kept->count; i++) {
		struct kept_sample *sample = &kept->samples[i];

		sample->registers.bytes = sample->register_bytes;
		sample->request.registers = &sample->registers;
		sample->request.stack = kept->bytes + sample->stack_offset;
	}
	return true;
}

void kept_stacks_close(struct kept_stacks *kept)
{
	for (size_t i = 0; i < kept->count; i++)
		address_space_release(kept->samples[i].request.space);
	free(kept->samples);
	free(kept->bytes);
	session_destroy(kept->session);
	symbolizer_destroy(kept->symbolizer);
	data_reader_close(kept->reader);
	*kept = (struct kept_stacks){ 0 };
}
