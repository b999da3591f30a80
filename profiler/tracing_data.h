/* SPDX-License-Identifier: MIT */
/*
 * What the fields of a recording's tracepoints are: perf's TRACING_DATA.
 *
 * You give the events; you get the bytes, read from tracefs. It never opens an event. The layout is
 * that of trace.dat (trace-cmd.dat.v6(5)), of which perf takes version 0.6, without the parts that
 * only a ring buffer's text needs.
 */
#ifndef PROFILER_TRACING_DATA_H
#define PROFILER_TRACING_DATA_H

#include "profiler/section_bytes.h"

#include <stdbool.h>

struct written_events;

/* False, with nothing put, if none is a tracepoint or tracefs cannot be read. */
bool tracing_data_put(struct section_bytes *out, const struct written_events *events);

#endif
