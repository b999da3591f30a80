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

/* Control characters become '?'; ends at the first NUL if there is one before `length`. */
const char *data_text_add(struct string_pool *strings, const char *text, size_t length);

/* Words as a shell would read them back: "perf record -- sh -c 'sleep 1'". Words are added one by
 * one to a text on the heap (NULL at first); returns it, moved. */
char *data_text_append_word(char *text, const char *word);

#endif
