/* SPDX-License-Identifier: MIT */
/*
 * Texts out of a recording, made safe to print.
 *
 * You give bytes that may hold anything; you get an interned text without control characters: a
 * recording must not be able to drive the terminal of who reads it.
 */
#ifndef PROFILER_DATA_TEXT_H
#define PROFILER_DATA_TEXT_H

#include "symbolize/string_pool.h"

#include <stdio.h>

/* Control characters become '?'; ends at the first NUL if there is one before `length`. */
const char *data_text_add(struct string_pool *strings, const char *text, size_t length);

/* A word as a shell would read it back, behind a blank if it is not the first on the line. */
void data_text_put_word(FILE *line, const char *word);

#endif
