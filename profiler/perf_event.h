/* SPDX-License-Identifier: MIT */
/*
 * perf_event_open(2), and why it refused.
 *
 * You give an attribute, a thread and a CPU; you get a descriptor, or a sentence with the remedy.
 */
#ifndef PROFILER_PERF_EVENT_H
#define PROFILER_PERF_EVENT_H

#include "profiler/error.h"

#include <linux/perf_event.h>
#include <stdint.h>

/* tid -1: every thread; 0: this one. Returns a descriptor, or a negative errno. */
int perf_event_open(const struct perf_event_attr *attr, int tid, int cpu);

/* The limits of kernel.perf_event_NAME; `otherwise` where the kernel has none. */
int64_t perf_event_limit(const char *name, int64_t otherwise);

/* Why an event of this name could not be opened; `code` is an errno. */
bool perf_event_refuse(const char *name, const struct perf_event_attr *attr, int tid, int cpu,
		       int code, struct error *err);

#endif
