/* SPDX-License-Identifier: MIT */
/*
 * Texts from untrusted files, made fit for a line of a terminal.
 *
 * You give a text of unknown origin; control characters in it become '?', or you are told whether
 * it has any. Texts are UTF-8; U+0080 to U+009F are control characters too.
 */
#ifndef JITDUMP_TEXT_H
#define JITDUMP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

void text_replace_controls(char *text, size_t length);

/* True if the text is well-formed UTF-8 without control characters. */
bool text_is_printable(const char *text, size_t length);

#endif
