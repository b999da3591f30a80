/* SPDX-License-Identifier: MIT */
/*
 * Every stack unwound by both engines, which must agree.
 *
 * You give what you would give an unwinder; you get the fast engine's chain, after it was asserted
 * that libunwind's is the same: frames, guesses and stack end. Before and after, the fast engine's
 * cache is filled: each stack is unwound by it twice.
 */
#ifndef SUPPORT_UNWIND_TWICE_H
#define SUPPORT_UNWIND_TWICE_H

#include "profiler/unwind.h"

struct unwind_twice {
	struct unwinder *fast, *libunwind;
	struct chain again; /* for what the others say */
};

struct unwind_twice *unwind_twice_create(enum unwind_method method);
void unwind_twice_destroy(struct unwind_twice *twice);

/* As unwinder_unwind(). */
void unwind_twice(struct unwind_twice *twice, const struct unwind_request *request,
		  struct chain *chain);

#endif
