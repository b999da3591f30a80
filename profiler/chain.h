/* SPDX-License-Identifier: MIT */
/*
 * One unwound stack as addresses, leaf first: what an unwinder gives and a recording stores.
 *
 * A chain is reused from sample to sample: it never allocates once it has grown.
 */
#ifndef PROFILER_CHAIN_H
#define PROFILER_CHAIN_H

#include "profiler/stack_end.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain_frame {
	uint64_t pc;	 /* as on the CPU or on the stack */
	uint32_t sp_low; /* the lower half of its stack pointer; 0: kernel, or recorded */
	bool is_kernel;
	bool is_return;	 /* pc is a return address: what ran is the instruction before it */
	bool is_guessed; /* found by following a frame pointer, not by unwind information */
};

struct chain {
	struct chain_frame frames[STACK_DEPTH_LIMIT];
	size_t count;
	enum stack_end end;
	bool is_joined; /* the outer frames are another chain's: profiler/recent_chains.h */
};

/* The address to look up and to name: one byte back for return addresses, for a call that never
 * returns may be the last instruction of its function. */
static inline uint64_t chain_frame_lookup_address(const struct chain_frame *frame)
{
	return frame->is_return ? frame->pc - 1 : frame->pc;
}

#endif
