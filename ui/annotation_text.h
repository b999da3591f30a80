/* SPDX-License-Identifier: MIT */
/*
 * An annotation as lines of text.
 */
#ifndef UI_ANNOTATION_TEXT_H
#define UI_ANNOTATION_TEXT_H

#include "ui/annotation.h"

#include <stdio.h>

struct annotation_text_options {
	double min_percent; /* lines and instructions below are left out */
	bool is_utf8;	    /* arrows are of box characters */
};

/* Control characters of paths are replaced on the way. */
void annotation_text_print(FILE *out, struct annotation *annotation,
			   const struct annotation_text_options *options);

#endif
