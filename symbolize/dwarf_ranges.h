/* SPDX-License-Identifier: MIT */
/*
 * Where the code of a function, an inlined call or a unit is.
 *
 * You give its entry; you get its parts, as ranges of image addresses. It takes only what starts in
 * `code`: linkers leave entries of functions that they dropped, at address 0, 1 or the last ones.
 */
#ifndef SYMBOLIZE_DWARF_RANGES_H
#define SYMBOLIZE_DWARF_RANGES_H

#include "symbolize/dwarf_entry.h"
#include "symbolize/range_table.h"

/* Adds the parts with this number. Returns how many. */
size_t dwarf_ranges_add(const struct dwarf_entry *entry, const struct range_table *code,
			uint32_t number, struct range_table *table);

/* Whether the entry says where its code is, be it dropped. */
bool dwarf_ranges_are_said(const struct dwarf_entry *entry);

#endif
