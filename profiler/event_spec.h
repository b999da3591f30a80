/* SPDX-License-Identifier: MIT */
/*
 * What `-e` asks for, by perf's names.
 *
 * You give the text; you get one attribute for each event, with type, config, modes and precision
 * set and all else zero. It reads sysfs and tracefs where a name needs them, and never opens an
 * event: whether this CPU has it shows when it is opened.
 *
 *     cycles  cpu-clock:u  L1-dcache-load-misses  r1c2:k  sched:sched_switch
 *     cpu/event=0x3c,umask=0x1/p  cpu/cache-misses/  {cycles,instructions}:u
 */
#ifndef PROFILER_EVENT_SPEC_H
#define PROFILER_EVENT_SPEC_H

#include "profiler/error.h"

#include <linux/perf_event.h>
#include <stddef.h>

struct event_spec {
	char *name; /* as the user wrote it */
	struct perf_event_attr attr;
	bool has_modes; /* u, k or h was given: none of them is to be changed */
	bool has_rate;	/* a term gave the period or the frequency */
};

/* A zeroed one is empty. */
struct event_spec_list {
	struct event_spec *items;
	size_t count, capacity;
};
void event_spec_list_deinit(struct event_spec_list *list);

/* Appends the events of a comma-separated list. */
bool event_spec_parse(struct event_spec_list *list, const char *text, struct error *err);

/*
 * "PMU/TERM=VALUE,.../": `terms` is what stands between the slashes, `directory` the PMU's own in
 * sysfs (Documentation/ABI/testing/sysfs-bus-event_source-devices-format and -events).
 */
bool event_spec_pmu(struct event_spec *spec, const char *directory, const char *terms,
		    struct error *err);

/* The tracepoint SYSTEM:EVENT, whose number tracefs has. */
bool event_spec_tracepoint(struct event_spec *spec, const char *system, const char *event,
			   struct error *err);

#endif
