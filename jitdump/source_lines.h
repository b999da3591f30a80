/* SPDX-License-Identifier: MIT */
/*
 * The rows of a DEBUG_INFO record.
 *
 * You give the record and the function it belongs to; you get rows, ascending. File names are
 * read NUL by NUL; where that leaves the function's addresses (V8 11.3 to 13.6 writes freed memory
 * as names, with NULs inside) rows are read at a fixed stride instead, without names. It never
 * reads beyond the record.
 */
#ifndef JITDUMP_SOURCE_LINES_H
#define JITDUMP_SOURCE_LINES_H

#include "jitdump/arena.h"
#include "jitdump/log.h"
#include "jitdump/record.h"

/* Rows and names are made in the arena. *is_bad says that names or rows had to be dropped. */
const struct jitdump_source_line *source_lines_read(struct arena *arena,
						    const struct jitdump_record *record,
						    uint64_t code_size, bool is_swapped,
						    size_t *count, bool *is_bad);

/* The least address of the record's rows less that of its code, INT64_MAX without rows. */
int64_t source_lines_least_offset(const struct jitdump_source_line *lines, size_t count,
				  uint64_t code_address);

#endif
