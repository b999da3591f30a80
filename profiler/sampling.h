/* SPDX-License-Identifier: MIT */
/*
 * The opened events of one recording.
 *
 * You give what to sample and how; you get events on threads and CPUs, all writing into the rings
 * of their CPU, and their ids. Where the machine does not permit all that is wanted, it takes less
 * and says so (the kernel is left out, say). It never reads a record.
 *
 * The last event is the side band: a dummy that samples nothing and tells of mappings, comms,
 * forks and exits.
 */
#ifndef PROFILER_SAMPLING_H
#define PROFILER_SAMPLING_H

#include "profiler/event_spec.h"
#include "profiler/ring_set.h"
#include "profiler/target.h"

#include <stdbool.h>
#include <stdint.h>

/* Where the user part of a call chain comes from. */
enum sampled_stack {
	SAMPLED_STACK_COPY,	     /* registers and a copy of the stack, to be unwound */
	SAMPLED_STACK_FRAME_POINTER, /* followed by the kernel */
	SAMPLED_STACK_NONE,
};

struct sampling_options {
	uint64_t rate_hz; /* 0: by period */
	uint64_t period;
	bool is_rate_given; /* the two are the user's: for tracepoints, too */
	enum target_kernel kernel;
	enum sampled_stack stack;
	uint32_t stack_copy_bytes; /* a multiple of 8, up to SAMPLED_STACK_MAX */
	bool inherit;
	bool enable_on_exec; /* else the side band runs at once, the rest by sampling_enable() */
};

struct sampled_event {
	char *name;
	struct perf_event_attr attr;
	bool asks_kernel, is_kernel_left_out;
	uint64_t *ids;
	size_t id_count, id_capacity;
};

/* A zeroed one has no events. */
struct sampling {
	struct sampled_event *events;
	size_t event_count; /* with the side band */
	int *fds;
	size_t fd_count, fd_capacity;
	uint64_t newest_id;
};

/* Takes the events' names and attributes over as they are to be opened. */
void sampling_init(struct sampling *sampling, const struct event_spec_list *specs,
		   const struct sampling_options *options);
void sampling_close(struct sampling *sampling);

/*
 * Opens every event on a thread (-1: all threads), on every CPU of the rings. err->code is ESRCH if
 * the thread is gone: what was opened of it stays silent. *life_fd (may be NULL) is a descriptor that polls
 * POLLHUP when the thread and all that it inherited to have ended; borrowed.
 */
bool sampling_open(struct sampling *sampling, const struct ring_set *rings, int tid, int *life_fd,
		   struct error *err);

/* Starts what sampling_options.enable_on_exec did not leave to exec. */
bool sampling_enable(struct sampling *sampling, struct error *err);

/* Stops all events: what is in the rings is all there will be. */
void sampling_disable(struct sampling *sampling);

/* How many records found no room in their ring, by the kernel's own count; 0 if it does not count
 * (before Linux 6.0). The rings tell of them only when a later record finds room. */
uint64_t sampling_lost(const struct sampling *sampling);

/* Whether an event can be sampled here: for choosing one. */
bool sampling_is_possible(uint32_t type, uint64_t config);

#endif
