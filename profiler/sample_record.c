/* SPDX-License-Identifier: MIT */
#include "profiler/sample_record.h"

#include "profiler/written_events.h"

#include <string.h>

/* The fields of the header and before the chain, with both markers, leave room for the chain. */
_Static_assert(sizeof(struct perf_event_header) +
			       sizeof(uint64_t) * (8 + 1 + 2 + STACK_DEPTH_LIMIT + 1) <=
		       SAMPLE_RECORD_BYTES_MAX,
	       "the deepest chain fits a record, and an empty raw part behind it");

static uint8_t *put_u64(uint8_t *next, uint64_t value)
{
	memcpy(next, &value, sizeof(value));
	return next + sizeof(value);
}

static uint8_t *put_u32_pair(uint8_t *next, uint32_t first, uint32_t second)
{
	memcpy(next, &first, sizeof(first));
	memcpy(next + sizeof(first), &second, sizeof(second));
	return next + 2 * sizeof(uint32_t);
}

/* u64 count, then the addresses, a marker before each change between kernel and user. */
static uint8_t *put_chain(uint8_t *count_place, const uint8_t *end, const struct chain *chain)
{
	uint8_t *next = count_place + sizeof(uint64_t);
	uint64_t mode = 0;

	for (size_t i = 0; i < chain->count && end - next >= 16; i++) {
		uint64_t frame_mode =
			chain->frames[i].is_kernel ? PERF_CONTEXT_KERNEL : PERF_CONTEXT_USER;

		if (frame_mode != mode)
			next = put_u64(next, frame_mode);
		mode = frame_mode;
		next = put_u64(next, chain->frames[i].pc);
	}
	put_u64(count_place, (uint64_t)(next - count_place) / sizeof(uint64_t) - 1);
	return next;
}

/* u32 size, then the bytes, padded within that size as the kernel does; none where they do not fit. */
static uint8_t *put_raw(uint8_t *next, const uint8_t *end, const struct sample_event *sample)
{
	uint64_t needed = sizeof(uint32_t) + (uint64_t)sample->raw_size;
	bool fits = needed + 7 <= (uint64_t)(end - next);
	uint32_t used = fits ? sample->raw_size : 0;
	uint32_t size = used + -(used + (uint32_t)sizeof(uint32_t)) % 8;

	memcpy(next, &size, sizeof(size));
	next += sizeof(size);
	memset(next, 0, size);
	if (used)
		memcpy(next, sample->raw, used);
	return next + size;
}

uint32_t sample_record_encode(uint8_t *bytes, const struct written_event *event,
			      const struct event *sample, const struct chain *chain)
{
	uint64_t type = event->attr.sample_type;
	uint8_t *next = bytes + sizeof(struct perf_event_header);

	next = put_u64(next, event->id_count ? event->ids[0] : 0);
	next = put_u64(next, sample->sample.ip);
	next = put_u32_pair(next, sample->pid, sample->tid);
	next = put_u64(next, sample->time_ns);
	if (type & PERF_SAMPLE_ADDR)
		next = put_u64(next, sample->sample.address);
	next = put_u32_pair(next, sample->cpu, 0);
	next = put_u64(next, sample->sample.period);
	if (type & PERF_SAMPLE_CALLCHAIN)
		next = put_chain(next, bytes + SAMPLE_RECORD_BYTES_MAX - 8, chain);
	if (type & PERF_SAMPLE_RAW)
		next = put_raw(next, bytes + SAMPLE_RECORD_BYTES_MAX, &sample->sample);

	struct perf_event_header header = { .type = PERF_RECORD_SAMPLE,
					    .misc = sample->sample.cpu_mode,
					    .size = (uint16_t)(next - bytes) };

	memcpy(bytes, &header, sizeof(header));
	return header.size;
}
