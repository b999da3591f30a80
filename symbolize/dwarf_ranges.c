/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_ranges.h"

#include <dwarf.h>

/* What a list is read for. */
struct reading {
	struct dwarf_unit *unit;
	const struct range_table *code;
	uint32_t number;
	struct range_table *table;
	uint64_t base; /* what its offsets are relative to */
};

static void add_range(const struct reading *reading, uint64_t start, uint64_t end)
{
	if (start < end && range_table_find(reading->code, start))
		range_table_add(reading->table, start, end, reading->number);
}

/* Until DWARF 4 (2.17.3): pairs of offsets; the greatest address is followed by a new base. */
static void read_ranges(struct reading *reading, struct dwarf_cursor list)
{
	uint8_t size = reading->unit->sizes.address_size;
	uint64_t last = size == 4 ? UINT32_MAX : UINT64_MAX;

	for (; reading->unit->range_entries_left; reading->unit->range_entries_left--) {
		uint64_t start = dwarf_cursor_unsigned(&list, size);
		uint64_t end = dwarf_cursor_unsigned(&list, size);

		if (list.has_failed || (!start && !end))
			return;
		if (start == last)
			reading->base = end;
		else
			add_range(reading, reading->base + start, reading->base + end);
	}
}

static uint64_t numbered_address(const struct reading *reading, struct dwarf_cursor *list)
{
	uint64_t address = 0;

	if (!dwarf_unit_address(reading->unit, dwarf_cursor_uleb(list), &address))
		dwarf_cursor_fail(list);
	return address;
}

/* One entry of a DWARF 5 list (7.25). False: it was the last. */
static bool read_list_entry(struct reading *reading, struct dwarf_cursor *list)
{
	uint8_t size = reading->unit->sizes.address_size;
	uint64_t start, end;

	switch (dwarf_cursor_u8(list)) {
	case DW_RLE_base_addressx:
		reading->base = numbered_address(reading, list);
		return !list->has_failed;
	case DW_RLE_base_address:
		reading->base = dwarf_cursor_unsigned(list, size);
		return !list->has_failed;
	case DW_RLE_startx_endx:
		start = numbered_address(reading, list);
		end = numbered_address(reading, list);
		break;
	case DW_RLE_startx_length:
		start = numbered_address(reading, list);
		end = start + dwarf_cursor_uleb(list);
		break;
	case DW_RLE_offset_pair:
		start = reading->base + dwarf_cursor_uleb(list);
		end = reading->base + dwarf_cursor_uleb(list);
		break;
	case DW_RLE_start_end:
		start = dwarf_cursor_unsigned(list, size);
		end = dwarf_cursor_unsigned(list, size);
		break;
	case DW_RLE_start_length:
		start = dwarf_cursor_unsigned(list, size);
		end = start + dwarf_cursor_uleb(list);
		break;
	case DW_RLE_end_of_list:
	default:
		return false;
	}
	if (list->has_failed)
		return false;
	add_range(reading, start, end);
	return true;
}

/* Where the list with this number begins: its offset is relative to where the offsets begin, which
 * is behind the header for split units, who do not say (7.28). */
static struct dwarf_cursor numbered_list(const struct dwarf_unit *unit, uint64_t number)
{
	uint8_t size = unit->sizes.offset_size;
	uint64_t base = unit->rnglists_base;
	struct dwarf_cursor cursor;

	if (unit->skeleton)
		base += size == 8 ? 20 : 12;
	cursor = dwarf_file_at(unit->file, DWARF_RNGLISTS,
			       base + (number <= UINT32_MAX ? number : UINT32_MAX) * size);
	return dwarf_file_at(unit->file, DWARF_RNGLISTS,
			     base + dwarf_cursor_unsigned(&cursor, size));
}

static void read_list(struct reading *reading, uint16_t form, uint64_t value)
{
	const struct dwarf_unit *unit = reading->unit;
	struct dwarf_cursor list;

	if (unit->sizes.version < 5) {
		if (unit->skeleton)
			value += unit->skeleton->ranges_base;
		read_ranges(reading,
			    dwarf_file_at(unit->skeleton ? unit->skeleton->file : unit->file,
					  DWARF_RANGES, value));
		return;
	}
	if (form == DW_FORM_rnglistx)
		list = numbered_list(unit, value);
	else
		list = dwarf_file_at(unit->file, DWARF_RNGLISTS,
				     value + (unit->skeleton ? unit->rnglists_base : 0));
	while (reading->unit->range_entries_left && read_list_entry(reading, &list))
		reading->unit->range_entries_left--;
}

size_t dwarf_ranges_add(const struct dwarf_entry *entry, const struct range_table *code,
			uint32_t number, struct range_table *table)
{
	struct reading reading = { entry->unit, code, number, table, entry->unit->low_pc };
	size_t before = table->count;
	uint64_t start, end;

	if (dwarf_entry_has(entry, DWARF_AT_RANGES)) {
		read_list(&reading, entry->forms[DWARF_AT_RANGES], entry->values[DWARF_AT_RANGES]);
	} else if (dwarf_entry_address(entry, DWARF_LOW_PC, &start) &&
		   dwarf_entry_has(entry, DWARF_HIGH_PC)) {
		/* An address, or how many bytes behind the first. */
		if (!dwarf_entry_address(entry, DWARF_HIGH_PC, &end))
			end = start + dwarf_entry_number(entry, DWARF_HIGH_PC);
		add_range(&reading, start, end);
	}
	return table->count - before;
}

bool dwarf_ranges_are_said(const struct dwarf_entry *entry)
{
	return dwarf_entry_has(entry, DWARF_AT_RANGES) || dwarf_entry_has(entry, DWARF_HIGH_PC);
}
