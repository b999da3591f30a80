/* SPDX-License-Identifier: MIT */
/*
 * Raw perf records to events.
 *
 * You give the attributes of a recording's events with their ids, then records; you get events. It
 * never reads past a record's size: a record too short for what its attribute promises is refused
 * and the caller counts it.
 */
#ifndef PROFILER_EVENT_DECODE_H
#define PROFILER_EVENT_DECODE_H

#include "profiler/event.h"

struct perf_event_attr;
struct perf_event_header;
struct event_layout;

struct event_layout *event_layout_create(void);
void event_layout_destroy(struct event_layout *layout);

/* Adds the next event of the recording (numbered from 0); attr and ids are copied. The attr may be
 * of any size from 64 bytes on (attr->size): what is missing is 0. */
void event_layout_add(struct event_layout *layout, const struct perf_event_attr *attr,
		      const uint64_t *ids, size_t id_count);

/* One more id for an event already added; the first event to have an id keeps it. */
void event_layout_add_id(struct event_layout *layout, uint32_t event_number, uint64_t id);

uint32_t event_layout_count(const struct event_layout *layout);
const struct perf_event_attr *event_layout_attr(const struct event_layout *layout, uint32_t number);

/* False if the record is shorter than its layout says; *event is then undefined. The record must
 * have header.size readable bytes, and need not be aligned. */
bool event_decode(const struct event_layout *layout, const struct perf_event_header *record,
		  struct event *event);

/* The time alone, for ordering: 0 where the record has none. */
uint64_t event_decode_time(const struct event_layout *layout,
			   const struct perf_event_header *record);

#endif
