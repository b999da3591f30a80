/* SPDX-License-Identifier: MIT */
/*
 * One table of abbreviations: what the entries of a unit consist of, by code.
 *
 * You give a place in .debug_abbrev; you get each abbreviation's tag, and the steps by which an
 * entry of it is read or stepped over. It never reads an entry's values.
 *
 * A step skips a number of bytes, and then one value: one of unknown size, or one that somebody may
 * ask for (of functions, inlined calls and units; dwarf_entry.h). Most entries are of one size and
 * need no steps to be skipped.
 */
#ifndef SYMBOLIZE_DWARF_ABBREV_H
#define SYMBOLIZE_DWARF_ABBREV_H

#include "symbolize/dwarf_cursor.h"

enum dwarf_attribute {
	DWARF_NO_ATTRIBUTE,
	DWARF_NAME,
	DWARF_LINKAGE_NAME,
	DWARF_LOW_PC,
	DWARF_HIGH_PC,
	DWARF_AT_RANGES,
	DWARF_ABSTRACT_ORIGIN,
	DWARF_SPECIFICATION,
	DWARF_CALL_FILE,
	DWARF_CALL_LINE,
	DWARF_CALL_COLUMN,
	/* Of units: */
	DWARF_STMT_LIST,
	DWARF_COMP_DIR,
	DWARF_ADDR_BASE,
	DWARF_STR_OFFSETS_BASE,
	DWARF_RNGLISTS_BASE,
	DWARF_RANGES_BASE, /* GNU's, before DWARF 5 */
	DWARF_DWO_NAME,
	DWARF_DWO_ID, /* GNU's, before DWARF 5 */
	DWARF_ATTRIBUTE_COUNT,
};

struct dwarf_abbrev {
	uint32_t first_step;
	uint16_t tag;  /* DW_TAG_*; 0: there is no such code */
	uint16_t size; /* of all values, bytes; 0: they differ, or there are none */
	bool has_children;
	bool has_code; /* it says where the entry's code is */
};

struct dwarf_step {
	uint8_t size;	   /* bytes to skip */
	uint8_t attribute; /* of the value behind them; DWARF_NO_ATTRIBUTE: it is skipped too */
	uint16_t form;	   /* DW_FORM_*; 0: nothing is behind them, it was the last step */
};

/* Sizes that are the unit's. */
struct dwarf_sizes {
	uint8_t version, address_size, offset_size;
};

struct dwarf_abbrevs {
	uint64_t offset, end; /* in .debug_abbrev */
	struct dwarf_sizes sizes;
	struct dwarf_abbrev *by_code; /* from code 1 on */
	size_t count;
	/* DW_FORM_implicit_const is followed by a step that is its value. */
	struct dwarf_step *steps;
	size_t step_count, step_capacity;
};

/* `section` is all of .debug_abbrev, and outlives the table. Where it is damaged the table ends. */
struct dwarf_abbrevs *dwarf_abbrevs_create(struct dwarf_cursor section, uint64_t offset,
					   struct dwarf_sizes sizes);
void dwarf_abbrevs_destroy(struct dwarf_abbrevs *abbrevs);

/* NULL: none. */
static inline const struct dwarf_abbrev *dwarf_abbrevs_find(const struct dwarf_abbrevs *abbrevs,
							    uint64_t code)
{
	const struct dwarf_abbrev *abbrev;

	if (code - 1 >= abbrevs->count)
		return NULL;
	abbrev = &abbrevs->by_code[code - 1];
	return abbrev->tag ? abbrev : NULL;
}

/* Steps over the values of an entry; the cursor is behind its code, and what is returned behind
 * them. */
struct dwarf_cursor dwarf_abbrevs_skip(const struct dwarf_abbrevs *abbrevs,
				       const struct dwarf_abbrev *abbrev,
				       struct dwarf_cursor cursor);

/* The value of an attribute whose form is DW_FORM_implicit_const. */
static inline uint32_t dwarf_step_constant(const struct dwarf_step *step)
{
	uint32_t constant;

	memcpy(&constant, step + 1, sizeof(constant));
	return constant;
}

/* Steps over one value. False: the form is not known. */
bool dwarf_form_skip(uint64_t form, struct dwarf_sizes sizes, struct dwarf_cursor *cursor);

#endif
