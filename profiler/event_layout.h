/* SPDX-License-Identifier: MIT */
/*
 * Which event of a recording a record belongs to, and where that event puts its common fields.
 *
 * Internal to the decoder (profiler/event_decode.h has the public part). You give a record's
 * bytes; you get the event whose attribute says how to read them. Sources: the comments on struct
 * sample_id and PERF_RECORD_SAMPLE in linux/perf_event.h (6.1).
 */
#ifndef PROFILER_EVENT_LAYOUT_H
#define PROFILER_EVENT_LAYOUT_H

#include "profiler/event_decode.h"

#include <linux/perf_event.h>

enum { RECORD_HEADER_BYTES = 8 };

struct layout_event {
	struct perf_event_attr attr;
	uint32_t number;
	/* Where a record tells the event's id, in u64s; -1: nowhere. */
	int8_t id_from_start; /* samples: behind the header */
	int8_t id_from_end;   /* other records: 1 is the last u64 */
	/* The fields that sample_id_all appends to other records; 0 without it. */
	uint16_t trailer_bytes;
};

/*
 * The event of a record of `size` bytes (header included). A single event owns every record. Among
 * several the id decides; id 0 (records that perf made up itself) is the first event's, and so are
 * records that tell no id. NULL for a sample with an id that no event has.
 */
const struct layout_event *event_layout_find(const struct event_layout *layout,
					     const uint8_t *record, size_t size, bool is_sample);

/* The number of the event with an id; false if none has it. */
bool event_layout_number(const struct event_layout *layout, uint64_t id, uint32_t *number);

#endif
