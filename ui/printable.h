/* SPDX-License-Identifier: MIT */
/*
 * Names of strangers on their way to a terminal or a file of lines.
 *
 * Comms, symbols and paths come from the profiled processes, which may be hostile: control
 * characters in them could drive the terminal, newlines could forge output, characters that turn the
 * direction of writing make it read as what it is not, and bytes that are no UTF-8 would make
 * readers refuse the whole file. They are shown as '?'. Everything else passes as it is.
 */
#ifndef UI_PRINTABLE_H
#define UI_PRINTABLE_H

#include <stdio.h>

void print_printable(FILE *out, const char *text);

/* The same into a buffer, cut to its size between characters; returns `buffer`. */
const char *copy_printable(char *buffer, size_t size, const char *text);

#endif
