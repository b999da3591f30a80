/* SPDX-License-Identifier: MIT */
/*
 * One debugging information entry, with those of its attributes that names, ranges and calls are
 * made of.
 *
 * You give a unit and an offset; you get the values, each interpreted when you ask for it as an
 * address, a number, a string or another entry. It never follows a reference by itself.
 */
#ifndef SYMBOLIZE_DWARF_ENTRY_H
#define SYMBOLIZE_DWARF_ENTRY_H

#include "symbolize/dwarf_file.h"

struct dwarf_entry {
	struct dwarf_unit *unit;
	uint16_t tag; /* DW_TAG_* */
	bool has_children;
	uint64_t next;				/* offset of the entry that follows */
	uint16_t forms[DWARF_ATTRIBUTE_COUNT];	/* DW_FORM_*; 0: it has no such attribute */
	uint64_t values[DWARF_ATTRIBUTE_COUNT]; /* raw, as the form has them */
};

/* False: there is no entry, or it is damaged. It has attributes if it is a unit's first one, a
 * function or an inlined call. */
bool dwarf_entry_read(struct dwarf_unit *unit, uint64_t offset, struct dwarf_entry *entry);

/* The same where the entry's code was read already; leaves `cursor` behind the entry. */
bool dwarf_entry_read_values(struct dwarf_unit *unit, const struct dwarf_abbrev *abbrev,
			     struct dwarf_cursor *cursor, struct dwarf_entry *entry);

static inline bool dwarf_entry_has(const struct dwarf_entry *entry, enum dwarf_attribute attribute)
{
	return entry->forms[attribute] != 0;
}

/* 0 where there is none. */
uint64_t dwarf_entry_number(const struct dwarf_entry *entry, enum dwarf_attribute attribute);

bool dwarf_entry_address(const struct dwarf_entry *entry, enum dwarf_attribute attribute,
			 uint64_t *address);

/* The address with this number in the unit's part of .debug_addr. */
bool dwarf_unit_address(const struct dwarf_unit *unit, uint64_t number, uint64_t *address);

/* NULL: none. As long-lived as the file. */
const char *dwarf_entry_string(const struct dwarf_entry *entry, enum dwarf_attribute attribute);

/* Where the attribute leads: perhaps to another unit or file. */
bool dwarf_entry_reference(const struct dwarf_entry *entry, enum dwarf_attribute attribute,
			   struct dwarf_unit **unit, uint64_t *offset);

/* The name as linked where that is known, else as written, of the entry or of what it refers to.
 * NULL: none. */
const char *dwarf_entry_name(const struct dwarf_entry *entry);

/* Fills in the unit's bases from its first entry, which it returns too. */
bool dwarf_unit_read(struct dwarf_unit *unit, struct dwarf_entry *entry);

#endif
