/* SPDX-License-Identifier: MIT */
#include "profiler/event_decode.h"

#include "profiler/byte_cursor.h"
#include "profiler/data_format.h"
#include "profiler/event_layout.h"
#include "profiler/event_sample.h"

#include <sys/mman.h>

static struct perf_event_header read_header(const struct perf_event_header *record)
{
	struct perf_event_header header;

	memcpy(&header, record, sizeof(header));
	return header;
}

static void decode_trailer(const struct layout_event *layout, const uint8_t *bytes,
			   struct event *event)
{
	struct byte_cursor trailer = byte_cursor(bytes, layout->trailer_bytes);
	uint64_t type = layout->trailer_bytes ? layout->attr.sample_type : 0;

	if (type & PERF_SAMPLE_TID) {
		event->pid = byte_cursor_u32(&trailer);
		event->tid = byte_cursor_u32(&trailer);
	}
	if (type & PERF_SAMPLE_TIME)
		event->time_ns = byte_cursor_u64(&trailer);
	if (type & PERF_SAMPLE_ID)
		byte_cursor_u64(&trailer);
	if (type & PERF_SAMPLE_STREAM_ID)
		byte_cursor_u64(&trailer);
	if (type & PERF_SAMPLE_CPU)
		event->cpu = byte_cursor_u32(&trailer);
}

static void decode_ids(struct byte_cursor *body, struct event *event)
{
	event->pid = byte_cursor_u32(body);
	event->tid = byte_cursor_u32(body);
}

static void decode_mmap_range(struct byte_cursor *body, struct event *event)
{
	struct mmap_event *map = &event->mmap;
	uint64_t length;

	event->type = EVENT_MMAP;
	decode_ids(body, event);
	map->start = byte_cursor_u64(body);
	length = byte_cursor_u64(body);
	map->end = length > UINT64_MAX - map->start ? UINT64_MAX : map->start + length;
	map->file_offset = byte_cursor_u64(body);
}

static void decode_mmap(struct byte_cursor *body, uint16_t misc, struct event *event)
{
	decode_mmap_range(body, event);
	event->mmap.is_executable = !(misc & PERF_RECORD_MISC_MMAP_DATA);
	event->mmap.path = byte_cursor_text(body);
}

static void decode_build_id(struct byte_cursor *body, struct build_id *build_id)
{
	const uint8_t *size = byte_cursor_bytes(body, 4); /* the size and three reserved bytes */
	const uint8_t *bytes = byte_cursor_bytes(body, IMAGE_BUILD_ID_MAX);

	if (!bytes)
		return;
	build_id->size = size[0] < IMAGE_BUILD_ID_MAX ? size[0] : IMAGE_BUILD_ID_MAX;
	memcpy(build_id->bytes, bytes, build_id->size);
}

static void decode_file_identity(struct byte_cursor *body, struct mmap_event *map)
{
	map->major = byte_cursor_u32(body);
	map->minor = byte_cursor_u32(body);
	map->inode = byte_cursor_u64(body);
	byte_cursor_u64(body); /* generation */
}

static void decode_mmap2(struct byte_cursor *body, uint16_t misc, struct event *event)
{
	struct mmap_event *map = &event->mmap;
	uint32_t protection;

	decode_mmap_range(body, event);
	if (misc & PERF_RECORD_MISC_MMAP_BUILD_ID)
		decode_build_id(body, &map->build_id);
	else
		decode_file_identity(body, map);
	protection = byte_cursor_u32(body);
	map->is_shared = byte_cursor_u32(body) & MAP_SHARED;
	/* perf describes the kernel and its modules (pid -1) with a protection of 0. */
	map->is_executable = protection & PROT_EXEC || event->pid == UINT32_MAX;
	map->path = byte_cursor_text(body);
}

static void decode_comm(struct byte_cursor *body, uint16_t misc, struct event *event)
{
	event->type = EVENT_COMM;
	decode_ids(body, event);
	event->comm.comm = byte_cursor_text(body);
	event->comm.is_exec = misc & PERF_RECORD_MISC_COMM_EXEC;
}

static void decode_task(struct byte_cursor *body, uint16_t misc, enum event_type type,
			struct event *event)
{
	uint64_t time_ns;

	event->type = type;
	event->pid = byte_cursor_u32(body);
	event->fork.parent_pid = byte_cursor_u32(body);
	event->tid = byte_cursor_u32(body);
	event->fork.parent_tid = byte_cursor_u32(body);
	event->fork.is_synthetic = misc & PERF_RECORD_MISC_FORK_EXEC;
	time_ns = byte_cursor_u64(body);
	if (!event->time_ns)
		event->time_ns = time_ns;
}

static void decode_throttle(struct byte_cursor *body, enum event_type type, struct event *event)
{
	uint64_t time_ns = byte_cursor_u64(body);

	event->type = type;
	byte_cursor_bytes(body, 16); /* id, stream id */
	if (!event->time_ns)
		event->time_ns = time_ns;
}

static void decode_lost(struct byte_cursor *body, bool is_samples, struct event *event)
{
	event->type = EVENT_LOST;
	event->lost.is_samples = is_samples;
	if (!is_samples)
		byte_cursor_u64(body); /* id */
	event->lost.count = byte_cursor_u64(body);
}

static void decode_switch(uint16_t misc, struct event *event)
{
	event->type = EVENT_SWITCH;
	event->context_switch.is_out = misc & PERF_RECORD_MISC_SWITCH_OUT;
	event->context_switch.is_preempted = misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT;
}

static void decode_ksymbol(struct byte_cursor *body, struct event *event)
{
	event->type = EVENT_KSYMBOL;
	event->ksymbol.address = byte_cursor_u64(body);
	event->ksymbol.size = byte_cursor_u32(body);
	byte_cursor_u16(body); /* kind of symbol */
	event->ksymbol.is_unregister = byte_cursor_u16(body) & PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER;
	event->ksymbol.name = byte_cursor_text(body);
}

static void decode_body(struct byte_cursor *body, const struct perf_event_header *header,
			struct event *event)
{
	switch (header->type) {
	case PERF_RECORD_MMAP:
		decode_mmap(body, header->misc, event);
		break;
	case PERF_RECORD_MMAP2:
		decode_mmap2(body, header->misc, event);
		break;
	case PERF_RECORD_COMM:
		decode_comm(body, header->misc, event);
		break;
	case PERF_RECORD_FORK:
		decode_task(body, header->misc, EVENT_FORK, event);
		break;
	case PERF_RECORD_EXIT:
		decode_task(body, header->misc, EVENT_EXIT, event);
		break;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		decode_lost(body, header->type == PERF_RECORD_LOST_SAMPLES, event);
		break;
	case PERF_RECORD_THROTTLE:
		decode_throttle(body, EVENT_THROTTLE, event);
		break;
	case PERF_RECORD_UNTHROTTLE:
		decode_throttle(body, EVENT_UNTHROTTLE, event);
		break;
	case PERF_RECORD_SWITCH:
		decode_switch(header->misc, event);
		break;
	case PERF_RECORD_SWITCH_CPU_WIDE:
		byte_cursor_u64(body); /* the other task; ours is in the trailer */
		decode_switch(header->misc, event);
		break;
	case PERF_RECORD_KSYMBOL:
		decode_ksymbol(body, event);
		break;
	default:
		event->type = EVENT_OTHER;
	}
}

/* A body ahead of the trailer that sample_id_all appends. */
static bool decode_other(const struct layout_event *layout, const uint8_t *record,
			 const struct perf_event_header *header, struct event *event)
{
	struct byte_cursor body;

	if (header->size < RECORD_HEADER_BYTES + layout->trailer_bytes)
		return false;
	body = byte_cursor(record + RECORD_HEADER_BYTES,
			   header->size - RECORD_HEADER_BYTES - layout->trailer_bytes);
	decode_trailer(layout, body.end, event);
	decode_body(&body, header, event);
	return !body.has_failed;
}

bool event_decode(const struct event_layout *layout, const struct perf_event_header *record,
		  struct event *event)
{
	struct perf_event_header header = read_header(record);
	const uint8_t *bytes = (const uint8_t *)record;
	bool is_sample = header.type == PERF_RECORD_SAMPLE;
	const struct layout_event *of;

	*event = (struct event){
		.record_type = header.type, .pid = UINT32_MAX, .tid = UINT32_MAX, .cpu = UINT32_MAX
	};
	if (header.size < RECORD_HEADER_BYTES)
		return false;
	/* perf's own records have no trailer. */
	if (header.type >= RECORD_USER_TYPE_START)
		return true;
	of = event_layout_find(layout, bytes, header.size, is_sample);
	if (!of)
		return false;
	event->event_number = of->number;
	if (!is_sample)
		return decode_other(of, bytes, &header, event);
	event->type = EVENT_SAMPLE;
	event->sample.cpu_mode = header.misc & PERF_RECORD_MISC_CPUMODE_MASK;
	return event_sample_decode(&of->attr, bytes + RECORD_HEADER_BYTES,
				   header.size - RECORD_HEADER_BYTES, event);
}

static uint64_t sample_time(const struct layout_event *layout, const uint8_t *record, size_t size)
{
	uint64_t type = layout->attr.sample_type;
	uint64_t before = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID;
	size_t offset = RECORD_HEADER_BYTES + 8 * (size_t)__builtin_popcountll(type & before);
	uint64_t time_ns;

	if (!(type & PERF_SAMPLE_TIME) || offset + sizeof(time_ns) > size)
		return 0;
	memcpy(&time_ns, record + offset, sizeof(time_ns));
	return time_ns;
}

uint64_t event_decode_time(const struct event_layout *layout,
			   const struct perf_event_header *record)
{
	struct perf_event_header header = read_header(record);
	const uint8_t *bytes = (const uint8_t *)record;
	const struct layout_event *of;
	struct event event;

	if (header.type != PERF_RECORD_SAMPLE)
		return event_decode(layout, record, &event) ? event.time_ns : 0;
	if (header.size < RECORD_HEADER_BYTES)
		return 0;
	of = event_layout_find(layout, bytes, header.size, true);
	return of ? sample_time(of, bytes, header.size) : 0;
}
