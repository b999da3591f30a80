/* SPDX-License-Identifier: MIT */
/*
 * The DWARF of one file: its sections and its units.
 *
 * You give an ELF file; you get the unit that an offset lies in, and each unit's abbreviations when
 * they are first needed. It never reads entries (dwarf_entry.h does) and knows no addresses.
 *
 * An executable can need more files than one: what dwz took out of several of them (the
 * supplement), and the split units of .dwo and .dwp files, which still use the skeleton's
 * addresses.
 */
#ifndef SYMBOLIZE_DWARF_FILE_H
#define SYMBOLIZE_DWARF_FILE_H

#include "symbolize/dwarf_abbrev.h"
#include "symbolize/elf_file.h"
#include "symbolize/hash_index.h"

enum dwarf_section {
	DWARF_INFO,
	DWARF_ABBREV,
	DWARF_STR,
	DWARF_LINE,
	DWARF_LINE_STR,
	DWARF_RANGES,
	DWARF_RNGLISTS,
	DWARF_ADDR,
	DWARF_STR_OFFSETS,
	DWARF_CU_INDEX, /* of a .dwp file */
	DWARF_SECTION_COUNT,
};

struct dwarf_unit {
	struct dwarf_file *file;
	uint64_t offset, end; /* in .debug_info */
	uint64_t entries;     /* where its first entry is */
	uint64_t abbrev_offset;
	uint64_t split_id; /* pairs a skeleton with its split unit; 0: none */
	struct dwarf_sizes sizes;
	uint8_t type; /* DW_UT_* */

	struct dwarf_abbrevs *abbrevs; /* NULL: not read yet */
	bool has_bases;		       /* these were read from its first entry: */
	uint64_t low_pc;	       /* what its ranges are relative to */
	uint64_t addr_base, str_offsets_base, rnglists_base, ranges_base;

	/* How many entries of range lists may still be read: damaged entries can all have the longest
	 * list there is. */
	uint64_t range_entries_left;

	const struct dwarf_unit *skeleton; /* of a split unit: whose addresses it uses */
};

struct dwarf_file {
	struct dwarf_cursor sections[DWARF_SECTION_COUNT];
	struct dwarf_unit *units; /* by offset */
	size_t unit_count, unit_capacity;
	struct dwarf_abbrevs **tables;
	size_t table_count, table_capacity;
	struct hash_index table_index; /* by offset */
	uint64_t table_bytes_left;     /* how much of .debug_abbrev may still be read */
	struct dwarf_file *supplement; /* borrowed; NULL: none */
};

/* The file has DWARF (or a part of it). */
bool dwarf_is_in(const struct elf_file *file);

/* `file` outlives it. Split units are those of sections whose names end in ".dwo". */
struct dwarf_file *dwarf_file_create(const struct elf_file *file, bool is_split);
void dwarf_file_destroy(struct dwarf_file *file);

/* NULL: none. */
struct dwarf_unit *dwarf_file_unit(const struct dwarf_file *file, uint64_t offset);

/* Never NULL; empty where .debug_abbrev is damaged. */
const struct dwarf_abbrevs *dwarf_unit_abbrevs(struct dwarf_unit *unit);

/* From `offset` of a section to its end; a failed cursor beyond. */
struct dwarf_cursor dwarf_file_at(const struct dwarf_file *file, enum dwarf_section section,
				  uint64_t offset);

/* From an entry to the end of its unit; a failed cursor if it is not in the unit. */
struct dwarf_cursor dwarf_unit_at(const struct dwarf_unit *unit, uint64_t offset);

/* NULL: it lies beyond the section, or does not end. */
const char *dwarf_file_string(const struct dwarf_file *file, enum dwarf_section section,
			      uint64_t offset);

#endif
