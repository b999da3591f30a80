/* SPDX-License-Identifier: MIT */
/*
 * What stands above a function's annotation as text: which it is, of how many, and what is missing.
 *
 * You give what a symbol finds, and what of it is shown; you get lines that begin with '#', on
 * standard output. It never chooses.
 */
#ifndef UI_ANNOTATE_HEAD_H
#define UI_ANNOTATE_HEAD_H

#include "ui/annotated_function.h"

/* The bodies of code that a symbol finds, the hottest first, and which of them are shown: numbers in
 * the sampled codes. */
struct findings {
	const char *symbol; /* NULL: the hottest function is meant */
	size_t *numbers, count;
	enum code_match match;
	size_t *chosen, chosen_count;
};

uint32_t findings_count_versions(const struct sampled_codes *codes, const struct sampled_code *of);

/* "# event:    cycles" */
void annotate_head_print_field(const char *name, const char *text);

/* All but the event's, and an empty line. */
void annotate_head_print(const struct sampled_codes *codes, const struct findings *findings,
			 const struct annotated_function *function, struct call_weight all);

#endif
