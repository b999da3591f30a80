/* SPDX-License-Identifier: MIT */
/*
 * What an event is called that nobody named: perf's names, from the attribute alone.
 *
 * You give an attribute; you get "cpu-clock", "cycles:u", "L1-dcache-load-misses", "raw 0x1c2",
 * "tracepoint:317". It never looks at this machine: the numbers of tracepoints and of dynamic PMUs
 * are the recording machine's.
 */
#ifndef PROFILER_EVENT_NAME_H
#define PROFILER_EVENT_NAME_H

#include <stddef.h>

struct perf_event_attr;

enum { EVENT_NAME_BYTES = 96 };

void event_name_derive(const struct perf_event_attr *attr, char *name, size_t size);

#endif
