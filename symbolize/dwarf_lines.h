/* SPDX-License-Identifier: MIT */
/*
 * One unit's line table by address.
 *
 * You give where it lies in .debug_line; its program is run once, when the table is made. You get
 * the last row at or below an address. It never keeps the rows: a big program has millions, so
 * of every ROWS_PER_MARK one the state of the line number program is kept, and a question runs on
 * from there.
 */
#ifndef SYMBOLIZE_DWARF_LINES_H
#define SYMBOLIZE_DWARF_LINES_H

#include "symbolize/dwarf_files.h"
#include "symbolize/range_table.h"

struct dwarf_lines;

struct dwarf_row {
	uint64_t address;
	uint32_t file; /* number in the table of files */
	uint32_t line, column;
};

/* `offset` in .debug_line of `dwarf`, which outlives it. Sequences that do not start in `code` are
 * left out (see dwarf_ranges.h). NULL: there is none, or its version is not known. */
struct dwarf_lines *dwarf_lines_create(const struct dwarf_file *dwarf, uint64_t offset,
				       uint8_t address_size, const char *comp_dir,
				       const struct range_table *code);
void dwarf_lines_destroy(struct dwarf_lines *lines);

/* False: no row is for this address. */
bool dwarf_lines_find(const struct dwarf_lines *lines, uint64_t address, struct dwarf_row *row);

struct dwarf_files *dwarf_lines_files(struct dwarf_lines *lines);

#endif
