/* SPDX-License-Identifier: MIT */
/*
 * A function of a session with its code read, ready to be shown.
 *
 * You give the session, of a recording or live, and one or more of its sampled bodies of code; you
 * get their annotation, together. What is missing of the code it says.
 */
#ifndef UI_ANNOTATED_FUNCTION_H
#define UI_ANNOTATED_FUNCTION_H

#include "ui/annotation.h"

struct annotated_function {
	struct function_code *codes;
	struct annotation_part *parts;
	size_t part_count;
	struct annotation annotation;
	const char *remark; /* "", or a sentence: why code or lines are missing. Not printable */
};

struct annotated_function_options {
	const char *machine; /* as in struct function_code_options */
	bool hides_lines;
	bool is_intel;
	bool is_around_places; /* only what is near to samples: of many functions together */
};

/* The sampled bodies, `codes->items` of these numbers, are borrowed, as is the session, which is not
 * fed while the function is open. */
void annotated_function_open(struct annotated_function *function, struct session *session,
			     const struct sampled_codes *codes, const size_t *numbers, size_t count,
			     const struct annotated_function_options *options);
void annotated_function_close(struct annotated_function *function);

#endif
