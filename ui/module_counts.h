/* SPDX-License-Identifier: MIT */
/*
 * How many samples there are for each module: whose stacks end in it for one reason, or whose own
 * code is in it.
 */
#ifndef UI_MODULE_COUNTS_H
#define UI_MODULE_COUNTS_H

#include "ui/shown.h"

/* For the samples' own code, in place of an end. */
#define MODULE_OF_LEAF STACK_END_COUNT

struct module_count {
	unsigned int end;   /* enum stack_end, whatever is complete; or MODULE_OF_LEAF */
	const char *module; /* interned as in named frames */
	uint64_t count;
};

/* A zeroed one is empty. */
struct module_counts {
	struct module_count *items; /* by end, and the most first */
	size_t count, capacity;
};

void module_counts_make(struct module_counts *counts, const struct shown *shown);
void module_counts_deinit(struct module_counts *counts);

#endif
