/* SPDX-License-Identifier: MIT */
/*
 * The rows of a DEBUG_INFO record, and the row for a place in the code.
 *
 * You give the record and the function that it describes; you get its rows in ascending order,
 * with names in the arena. It never leaves the record, whatever the entries claim.
 *
 * V8 11.3 to 13.6 write some records whose file names are memory that was freed: with NULs inside,
 * so that names do not tell where the next entry starts. Such records show by an entry that is not
 * near the code. All names of one have the same length, so that a fixed distance finds addresses
 * and lines again; names are lost.
 */
#ifndef JITDUMP_DEBUG_LINES_H
#define JITDUMP_DEBUG_LINES_H

#include "jitdump/arena.h"
#include "jitdump/log.h"
#include "jitdump/record.h"

/* V8 and LLVM write row addresses this much too high: the size of an ELF64 header. */
enum { JITDUMP_LINE_SHIFT = 0x40 };

struct debug_lines {
	struct jitdump_source_line *rows;
	size_t count;
	bool is_damaged; /* rows or names were lost */
};

/* `arena` owns the rows. */
struct debug_lines debug_lines_read(const struct jitdump_record *record, uint64_t code_address,
				    uint64_t code_size, struct arena *arena);

/*
 * The row that holds at an address: the last one at or before it. False if there is none, or if
 * its line is 0. `address` is as rows have it, the shift added.
 */
bool debug_lines_find(const struct jitdump_source_line *rows, size_t count, uint64_t address,
		      struct jitdump_source_line *row);

/*
 * The file, line and column in a V8 symbol like `JS:*fib /path/app.js:1:13`; the file is a copy in
 * the arena. False if the symbol is not of that form.
 */
bool debug_lines_from_symbol(const char *symbol, struct arena *arena,
			     struct jitdump_source_line *row);

#endif
