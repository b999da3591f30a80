/* SPDX-License-Identifier: MIT */
/*
 * A function of a recording with its code read, ready to be shown.
 *
 * You give the recording and one or more of its sampled bodies of code; you get their annotation,
 * together. What is missing of the code it says.
 */
#ifndef UI_ANNOTATED_FUNCTION_H
#define UI_ANNOTATED_FUNCTION_H

#include "ui/annotation.h"
#include "ui/recording.h"

struct annotated_function {
	struct function_code *codes;
	struct annotation_part *parts;
	size_t part_count;
	struct annotation annotation;
	const char *remark; /* "", or a sentence: why code or lines are missing. Not printable */
};

/* The sampled bodies, `codes->items` of these numbers, are borrowed, as is the recording. */
void annotated_function_open(struct annotated_function *function, const struct recording *recording,
			     const struct sampled_codes *codes, const size_t *numbers, size_t count,
			     bool has_lines, bool is_intel);
void annotated_function_close(struct annotated_function *function);

#endif
