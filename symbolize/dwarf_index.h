/* SPDX-License-Identifier: MIT */
/*
 * The DWARF of one file by address.
 *
 * You give the file that has the debug sections; you get the frames of an address: the inlined
 * functions and the function around them, with lines. Units are found by their ranges, and each
 * is read when it is first hit. It never fails: without DWARF it has no frames.
 *
 *     dwarf_index      the units by address
 *     dwarf_functions  one unit's functions, and what was inlined into them
 *     dwarf_lines      one unit's rows; dwarf_files its source files
 *     dwarf_ranges     where the code of an entry is
 *     dwarf_entry      one entry's attributes; dwarf_abbrev how to step over them
 *     dwarf_file       sections and units; dwarf_split, dwarf_package those in other files
 *     dwarf_cursor     numbers and strings
 */
#ifndef SYMBOLIZE_DWARF_INDEX_H
#define SYMBOLIZE_DWARF_INDEX_H

#include "symbolize/debug_file.h"
#include "symbolize/demangle.h"
#include "symbolize/string_pool.h"

struct dwarf_index;

struct dwarf_frame {
	const char *name;      /* as linked where that is known; in the file. NULL: not known */
	const char *shown;     /* the same as people write it (demangle.h) */
	const char *file;      /* a path, printable and interned. NULL: not known */
	uint32_t line, column; /* 0: not known */
	bool is_inlined;       /* into the frame after it */
};

/* All that it is given outlives the index. */
struct dwarf_index *dwarf_index_create(const struct elf_file *file,
				       const struct debug_places *places,
				       struct string_pool *strings, struct demangler *demangler);
void dwarf_index_destroy(struct dwarf_index *index);

/* Reads what the frames of these addresses need, on all CPUs: it takes most of the time that asking
 * for them one by one would. `addresses` are in any order. */
void dwarf_index_prepare(struct dwarf_index *index, const uint64_t *addresses, size_t count);

/* Innermost first; at most `max`. A line without a function (assembly) makes one frame without a
 * name. 0: nothing is known. The names live as long as the index. */
size_t dwarf_index_frames(struct dwarf_index *index, uint64_t image_address,
			  struct dwarf_frame *frames, size_t max);

/* What a unit that was hit should have been in but was not found, "foo.dwo"; NULL: nothing. */
const char *dwarf_index_missing(const struct dwarf_index *index);

#endif
