/* SPDX-License-Identifier: MIT */
/*
 * Texts from untrusted files, made fit for a line of a terminal.
 *
 * You give a text of unknown origin; control characters in it become '?', or you are told whether
 * it has any. Texts are UTF-8; U+0080 to U+009F are control characters too, and so, here, is what
 * is not seen: what turns the direction of writing (U+202E and its like), ends lines or takes no
 * place.
 */
#ifndef JITDUMP_TEXT_H
#define JITDUMP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* How many of the `left` > 0 bytes the character at `text` takes, 1 for a byte that is no UTF-8, and
 * whether it may be shown: it is well-formed and no control character. */
size_t text_character(const char *text, size_t left, bool *is_printable);

/* True if all of its characters may be shown. */
bool text_is_printable(const char *text, size_t length);

/* In place: each byte of a control character becomes '?'; bytes that are no UTF-8 stay. */
void text_replace_controls(char *text, size_t length);

#endif
