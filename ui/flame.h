/* SPDX-License-Identifier: MIT */
/*
 * Folded stacks: one line for each distinct stack, root first: `comm;frame;frame count`.
 *
 * Sorted, and safe for what reads them (flamegraph.pl, inferno, speedscope): no ';' and no control
 * character within a frame, no empty frame, no leaf that ends like a count. Suffixes tell what a
 * frame is: _[k] kernel, _[j] JIT, _[i] inlined.
 */
#ifndef UI_FLAME_H
#define UI_FLAME_H

#include "ui/selection.h"

#include <stdio.h>

/* `is_plain` leaves the suffixes out. The count is of samples. */
void flame_print(FILE *out, const struct selection *selection, const struct profile *profile,
		 struct naming *naming, const struct stack_sums *sums, bool is_plain);

#endif
