/* SPDX-License-Identifier: MIT */
/*
 * Call trees as indented text.
 *
 * Top-down: who is called, from the outermost function. Bottom-up: who calls, from the function
 * where the time is spent. With a selection of modules or symbols the trees begin at the selected
 * functions: their callees, or their callers.
 */
#ifndef UI_TREE_TEXT_H
#define UI_TREE_TEXT_H

#include "ui/selection.h"

#include <stdio.h>

struct tree_text_options {
	bool is_bottom_up;
	size_t limit;	    /* lines; 0: all */
	double min_percent; /* nodes below are left out with all that is under them */
};

void tree_text_print(FILE *out, const struct tree_text_options *options,
		     const struct selection *selection, const struct profile *profile,
		     struct naming *naming, const struct stack_sums *sums);

#endif
