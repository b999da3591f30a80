/* SPDX-License-Identifier: MIT */
/*
 * What a problem means, and what helps: a sentence for a person.
 *
 * You give how a stack ended, or an image; you get a text. It never counts how often that was.
 */
#ifndef UI_ADVICE_H
#define UI_ADVICE_H

#include "profiler/stack_end.h"
#include "symbolize/image.h"

/* "": there is nothing to say of it. */
const char *stack_end_advice(enum stack_end end);

/* What the image lacks, in two words; NULL: nothing. */
const char *image_lack_text(const struct image *image, const char **advice);

/* Of what has no code to be shown: what it is, by the name that stands for it. */
const char *nameless_advice(const char *name);

#endif
