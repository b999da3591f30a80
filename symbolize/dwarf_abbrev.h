/* SPDX-License-Identifier: MIT */
/*
 * One table of abbreviations: what the entries of a unit consist of, by code.
 *
 * You give a place in .debug_abbrev; you get each abbreviation's tag, where its attributes are
 * declared, and how to step over an entry of it. It never reads an entry's values.
 *
 * Stepping over is what a unit's walk mostly does, so it is worked out once for each abbreviation:
 * as steps, each of which skips a number of bytes and then one value of unknown size.
 */
#ifndef SYMBOLIZE_DWARF_ABBREV_H
#define SYMBOLIZE_DWARF_ABBREV_H

#include "symbolize/dwarf_cursor.h"

struct dwarf_abbrev {
	uint32_t attributes; /* where they are declared, in .debug_abbrev */
	uint32_t first_step;
	uint16_t tag;  /* DW_TAG_*; 0: there is no such code */
	uint16_t size; /* of all values, bytes; 0: they differ, or there are none */
	bool has_children;
	bool has_code; /* it says where the entry's code is */
};

/* What follows the bytes that a step skips. */
enum dwarf_step_kind {
	DWARF_STEP_END,	 /* the next entry */
	DWARF_STEP_MORE, /* another step */
	DWARF_STEP_LEB,
	DWARF_STEP_STRING,
	DWARF_STEP_BLOCK1, /* a length of one byte and so many bytes; 2, 4; LEB */
	DWARF_STEP_BLOCK2,
	DWARF_STEP_BLOCK4,
	DWARF_STEP_BLOCK,
	DWARF_STEP_INDIRECT, /* the form first, as a LEB */
};

struct dwarf_step {
	uint8_t size; /* bytes */
	uint8_t kind;
};

/* Sizes that are the unit's. */
struct dwarf_sizes {
	uint8_t version, address_size, offset_size;
};

struct dwarf_abbrevs {
	uint64_t offset; /* in .debug_abbrev */
	struct dwarf_sizes sizes;
	struct dwarf_abbrev *by_code; /* from code 1 on */
	size_t count;
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

/* Takes the steps of an abbreviation. */
void dwarf_abbrevs_take_steps(const struct dwarf_abbrevs *abbrevs,
			      const struct dwarf_abbrev *abbrev, struct dwarf_cursor *cursor);

/* Steps over the values of an entry; `cursor` is behind its code. */
static inline void dwarf_abbrevs_skip(const struct dwarf_abbrevs *abbrevs,
				      const struct dwarf_abbrev *abbrev,
				      struct dwarf_cursor *cursor)
{
	if (abbrev->size)
		dwarf_cursor_skip(cursor, abbrev->size);
	else
		dwarf_abbrevs_take_steps(abbrevs, abbrev, cursor);
}

/* Steps over one value. False: the form is not known. */
bool dwarf_form_skip(uint64_t form, struct dwarf_sizes sizes, struct dwarf_cursor *cursor);

#endif
