/* SPDX-License-Identifier: MIT */
/*
 * The compact engine: the steps that are nearly all steps, from cached rows.
 *
 * You give a frame (its pc, stack pointer and frame pointer) and the stack; you get the chain as
 * far as rows lead, and the frame where they end: which is complete, or to be stepped over in
 * another way. It tracks these three registers and no others. Once warm it neither allocates nor
 * calls the system. It never decides why a stack ends: whatever is not plainly right is left.
 */
#ifndef PROFILER_UNWIND_FAST_H
#define PROFILER_UNWIND_FAST_H

#include "profiler/unwind_choice.h"

struct fast_unwinder;

/* A frame that was reached and is not in the chain yet. */
struct fast_frame {
	uint64_t ip, sp, fp;
	bool is_fp_known;
	bool is_return; /* ip is a return address */
	bool is_guessed;
};

/* `choices` and `cfi` are borrowed. */
struct fast_unwinder *fast_unwinder_create(enum unwind_method method,
					   struct unwind_choices *choices, struct cfi_index *cfi);
void fast_unwinder_destroy(struct fast_unwinder *fast);

/* Appends the frames it stepped over, and true: also the outermost one. False: *frame was not
 * stepped over (it may be the one that was given). */
bool fast_unwinder_walk(struct fast_unwinder *fast, const struct stack_memory *memory,
			struct fast_frame *frame, struct chain *chain);

#endif
