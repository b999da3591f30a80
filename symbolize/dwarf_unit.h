/* SPDX-License-Identifier: MIT */
/*
 * One compile unit's functions, inlined calls and lines by address.
 *
 * You give the unit's entry; everything is read at once, when the unit is first hit. You get the
 * frames of an address, each with its place in the source. It never demangles.
 */
#ifndef SYMBOLIZE_DWARF_UNIT_H
#define SYMBOLIZE_DWARF_UNIT_H

#include "symbolize/range_table.h"

#include <elfutils/libdw.h>
#include <stdbool.h>

/* Strings live as long as the Dwarf that the unit is of. */
struct dwarf_frame {
	const char *name;      /* as linked where that is known. NULL: not known */
	const char *file;      /* NULL: not known */
	const char *directory; /* what a relative file is relative to. NULL: not known */
	uint32_t line, column; /* 0: not known */
	bool is_inlined;       /* into the frame after it */
};

struct dwarf_unit;

/* `unit` is the compile unit's entry, `skeleton` the one in the linked file where that is another
 * (split DWARF). Only what starts in `code` is taken: linkers leave entries of functions that
 * they dropped, at address 0 or 1. */
struct dwarf_unit *dwarf_unit_create(Dwarf_Die *unit, Dwarf_Die *skeleton,
				     const struct range_table *code);
void dwarf_unit_destroy(struct dwarf_unit *unit);

/* Innermost first; at most `max`. 0: the unit has no function there. */
size_t dwarf_unit_frames(struct dwarf_unit *unit, uint64_t address, struct dwarf_frame *frames,
			 size_t max);

/* The line alone, without name. False: the unit has none for this address. */
bool dwarf_unit_line(struct dwarf_unit *unit, uint64_t address, struct dwarf_frame *frame);

/* Adds the parts of a function or unit that are in `code`, with this number. Returns how many. */
size_t dwarf_add_ranges(Dwarf_Die *entry, const struct range_table *code, uint32_t number,
			struct range_table *table);

#endif
