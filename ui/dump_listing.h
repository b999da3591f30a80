/* SPDX-License-Identifier: MIT */
/*
 * The records of a jitdump file as lines of text.
 *
 * You give a stream over the file; you get its header, one line for each record in file order, and
 * what there was of each kind. It never interprets more than one record at a time, so that it
 * shows what a file holds, not what a profile would make of it.
 */
#ifndef UI_DUMP_LISTING_H
#define UI_DUMP_LISTING_H

#include "jitdump/stream.h"

#include <stdio.h>

/* The stream has been refreshed and has a header; it is read to its end. */
void dump_listing_print(struct jitdump_stream *stream, FILE *out);

#endif
