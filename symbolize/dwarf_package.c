/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_package.h"

/*
 * The index:
 *
 *     version  columns  units  slots     4 bytes each (DWARF 5: version in 2, then 2 of padding)
 *     id of each slot                    8 bytes; a hash table
 *     row of each slot                   4 bytes; from 1, 0: the slot is free
 *     section of each column             4 bytes, DW_SECT_*
 *     offsets                            units x columns, 4 bytes
 *     sizes                              the same
 */
struct index {
	struct dwarf_cursor at; /* the ids */
	uint16_t version;
	uint32_t columns, units, slots;
};

/* DW_SECT_*, of version 2 and of DWARF 5. */
enum {
	SECT_INFO = 1,
	SECT_ABBREV = 3,
	SECT_STR_OFFSETS = 6,
	SECT_RNGLISTS = 8, /* in version 2: macros */
};

static bool read_index(const struct dwarf_file *package, struct index *index)
{
	struct dwarf_cursor cursor = dwarf_file_at(package, DWARF_CU_INDEX, 0);
	struct dwarf_cursor short_version = cursor;
	uint32_t version = dwarf_cursor_u32(&cursor);

	index->version = version == 2 ? 2 : dwarf_cursor_u16(&short_version);
	index->columns = dwarf_cursor_u32(&cursor);
	index->units = dwarf_cursor_u32(&cursor);
	index->slots = dwarf_cursor_u32(&cursor);
	index->at = cursor;
	return !cursor.has_failed && (index->version == 2 || index->version == 5) &&
	       index->slots <= dwarf_cursor_left(&cursor) / 12 && index->slots &&
	       !(index->slots & (index->slots - 1)) && index->columns <= 16;
}

/* Hashing with steps (7.3.5.3): low bits of the id begin, high ones are the step. 0: none. */
static uint32_t find_row(const struct index *index, uint64_t id)
{
	uint32_t mask = index->slots - 1;
	uint32_t slot = (uint32_t)id & mask, step = ((uint32_t)(id >> 32) & mask) | 1;

	for (uint32_t i = 0; i < index->slots; i++, slot = (slot + step) & mask) {
		struct dwarf_cursor ids = index->at, rows = index->at;
		uint32_t row;

		dwarf_cursor_skip(&ids, (uint64_t)slot * 8);
		dwarf_cursor_skip(&rows, (uint64_t)index->slots * 8 + (uint64_t)slot * 4);
		row = dwarf_cursor_u32(&rows);
		if (!row)
			return 0;
		if (dwarf_cursor_u64(&ids) == id)
			return row <= index->units ? row : 0;
	}
	return 0;
}

/* Where the unit's part of a section begins. */
static uint64_t find_offset(const struct index *index, uint32_t row, uint32_t section)
{
	struct dwarf_cursor columns = index->at, offsets;

	dwarf_cursor_skip(&columns, (uint64_t)index->slots * 12);
	offsets = columns;
	dwarf_cursor_skip(&offsets, (uint64_t)row * index->columns * 4);
	for (uint32_t i = 0; i < index->columns; i++) {
		uint32_t offset = dwarf_cursor_u32(&offsets);

		if (dwarf_cursor_u32(&columns) == section)
			return offset;
	}
	return 0;
}

struct dwarf_unit *dwarf_package_unit(struct dwarf_file *package, uint64_t id)
{
	struct dwarf_unit *unit;
	struct index index;
	uint32_t row;

	if (!read_index(package, &index))
		return NULL;
	row = find_row(&index, id);
	unit = row ? dwarf_file_unit(package, find_offset(&index, row, SECT_INFO)) : NULL;
	if (!unit || unit->skeleton)
		return unit;
	unit->abbrev_offset += find_offset(&index, row, SECT_ABBREV);
	unit->str_offsets_base = find_offset(&index, row, SECT_STR_OFFSETS);
	if (index.version == 5)
		unit->rnglists_base = find_offset(&index, row, SECT_RNGLISTS);
	return unit;
}
