/* SPDX-License-Identifier: MIT */
/*
 * A function between those that call it and those that it calls.
 *
 * You give what is shown and a function; you get two trees that have it as their root: upwards its
 * callers and theirs, downwards what it calls. A sample counts once: when the function recurs, its
 * caller is that of the outermost call and its callee that of the innermost, so that in both trees
 * the function's total is what its callers (or callees and self) add up to.
 */
#ifndef UI_SANDWICH_H
#define UI_SANDWICH_H

#include "ui/sorted_tree.h"

struct sandwich {
	struct sorted_tree callers, callees;
	struct call_weight self, total;
	struct call_weight recursive; /* of samples that it is in more than once */
};

void sandwich_build(struct sandwich *sandwich, const struct shown *shown,
		    struct shown_function function);

#endif
