/* SPDX-License-Identifier: MIT */
/*
 * Samples that ran ahead of their JIT's announcements.
 *
 * You give a sample that met executable memory nobody has described yet; you get it back, with its
 * registers and stack, when the code has been announced, or when it has waited too long. It holds
 * at most PARKING_LIMIT_NS of time and PARKING_LIMIT_BYTES of memory, and drops nothing.
 */
#ifndef PROFILER_PARKING_H
#define PROFILER_PARKING_H

#include "profiler/address_space.h"
#include "profiler/event.h"

#define PARKING_LIMIT_NS    2000000000u
#define PARKING_LIMIT_BYTES ((size_t)64 << 20)

struct parked_sample {
	struct parked_sample *next;
	struct event event;	     /* its pointers lead into `bytes` */
	struct address_space *space; /* one reference */
	uint64_t missing_address;    /* where nobody said what runs */
	bool has_expired;
	size_t size;
	uint8_t bytes[];
};

/* In the order of the samples' times. */
struct parking {
	struct parked_sample *oldest, *newest;
	size_t bytes, count;
};

void parking_deinit(struct parking *parking);

/* Copies the sample. */
void parking_add(struct parking *parking, const struct event *event, struct address_space *space,
		 uint64_t missing_address);

/*
 * Both take out samples for which the wait is over, as a list through `next`, oldest first, that the
 * caller destroys one by one. parking_take_announced() looks at each sample: those whose missing
 * address code_find() knows now. parking_take_expired(): those older than now_ns - PARKING_LIMIT_NS,
 * and the oldest where there are too many bytes; has_expired is set.
 */
struct parked_sample *parking_take_announced(struct parking *parking);
struct parked_sample *parking_take_expired(struct parking *parking, uint64_t now_ns);
void parked_sample_destroy(struct parked_sample *sample);

#endif
