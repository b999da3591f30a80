/* SPDX-License-Identifier: MIT */
/*
 * An interned stack as a path of named frames, inlined functions included.
 *
 * You give a stack number; you get its frames, leaf first. A path is reused from stack to stack.
 */
#ifndef PROFILER_STACK_PATH_H
#define PROFILER_STACK_PATH_H

#include "profiler/naming.h"

struct stack_path {
	const struct named_frame **frames; /* borrowed from the naming */
	size_t count, capacity;
};

void stack_path_deinit(struct stack_path *path);
void stack_path_set(struct stack_path *path, const struct profile *profile, struct naming *naming,
		    uint32_t stack);

#endif
