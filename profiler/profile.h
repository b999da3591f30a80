/* SPDX-License-Identifier: MIT */
/*
 * The profile: interned locations and stacks, and samples that refer to them.
 *
 * You give located samples; you get integers. A stack is one number: (parent stack, location), so
 * equal stacks are equal numbers and a call tree is the table itself. It holds no name and no
 * process address: names are asked of profiler/naming.h, once per distinct location.
 */
#ifndef PROFILER_PROFILE_H
#define PROFILER_PROFILE_H

#include "profiler/stack_end.h"
#include "symbolize/hash_index.h"
#include "symbolize/string_pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STACK_NONE UINT32_MAX /* the parent of an outermost frame; the stack of an empty chain */

/* Free of process and time. */
struct location {
	uint32_t image_id;
	uint64_t image_address; /* of the looked-up byte: return addresses are one byte back */
};

struct stack_node {
	uint32_t parent;      /* the caller's stack, or STACK_NONE */
	uint32_t location;    /* index in locations */
	bool is_guessed;      /* the frame was found by a frame pointer */
	uint32_t last_callee; /* profile_collect's: whose parent this is, or STACK_NONE */
};

struct profile_thread {
	uint32_t pid, tid;
	const char *comm; /* interned; a thread that changes its comm is several entries */
};

struct profile_sample {
	uint64_t time_ns;
	uint64_t weight; /* the period */
	uint32_t thread; /* index in threads */
	uint32_t stack;	 /* the leaf's stack, or STACK_NONE */
	uint32_t count;	 /* of samples: more than one in a rolling profile, whose cpu is 0 */
	uint32_t cpu;
	uint16_t event;		      /* which of the recording's events */
	uint8_t end;		      /* enum stack_end */
	bool is_joined : 1;	      /* as in struct chain */
	bool leaf_is_unknown_jit : 1; /* the leaf is executable memory of no file and of no name */
	bool is_folded : 1;	      /* in a rolling profile: it has lost callers, or all frames */
};

struct profile {
	struct location *locations;
	size_t location_count, location_capacity;
	struct stack_node *stacks;
	size_t stack_count, stack_capacity;
	uint32_t last_root; /* profile_collect's: as last_callee, of the outermost frames */
	struct profile_thread *threads;
	size_t thread_count, thread_capacity;
	struct profile_sample
		*samples; /* in the order they were fed: time order, but for late ones */
	size_t sample_count, sample_capacity;
	uint64_t step_ns;   /* of a rolling profile: a sample is a sum over so long, from its time
			       on; else 0 */
	uint64_t newest_ns; /* of a rolling profile: of what the sums are of */
	struct string_pool *strings;
	struct hash_index location_index, stack_index, thread_index;
};

struct profile *profile_create(void);
void profile_destroy(struct profile *profile);

uint32_t profile_location(struct profile *profile, struct location location);
/* Location `number` is another one from now on. Stacks that it was a part of do not become one with
 * their equals. */
void profile_move_location(struct profile *profile, uint32_t number, struct location location);
uint32_t profile_stack(struct profile *profile, uint32_t parent, uint32_t location,
		       bool is_guessed);
uint32_t profile_thread(struct profile *profile, uint32_t pid, uint32_t tid, const char *comm);
void profile_add_sample(struct profile *profile, const struct profile_sample *sample);

/* Until when the samples that it is a sum of may have been; of a single sample, its time. */
static inline uint64_t profile_sample_end_ns(const struct profile *profile,
					     const struct profile_sample *sample)
{
	uint64_t end_ns = sample->time_ns + profile->step_ns;

	if (profile->step_ns && end_ns > profile->newest_ns)
		end_ns = profile->newest_ns;
	return end_ns > sample->time_ns ? end_ns : sample->time_ns;
}

#endif
