/* SPDX-License-Identifier: MIT */
/*
 * The body of a sample record.
 *
 * Internal to the decoder. You give the record and its event's attribute; you get the sample. The
 * order of the fields is that of PERF_RECORD_SAMPLE in linux/perf_event.h (6.1; branch counters:
 * 6.8). Every field is walked, so that a record too short for its attribute is refused whole.
 */
#ifndef PROFILER_EVENT_SAMPLE_H
#define PROFILER_EVENT_SAMPLE_H

#include "profiler/event.h"

#include <linux/perf_event.h>

/* Fills the identity (pid, tid, time, cpu) and the sample of *event from `size` bytes behind the
 * record's header. False if they are too few. */
bool event_sample_decode(const struct perf_event_attr *attr, const uint8_t *body, size_t size,
			 struct event *event);

#endif
