/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_file.h"

#include "jitdump/xalloc.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const section_names[DWARF_SECTION_COUNT] = {
	[DWARF_INFO] = ".debug_info",
	[DWARF_ABBREV] = ".debug_abbrev",
	[DWARF_STR] = ".debug_str",
	[DWARF_LINE] = ".debug_line",
	[DWARF_LINE_STR] = ".debug_line_str",
	[DWARF_RANGES] = ".debug_ranges",
	[DWARF_RNGLISTS] = ".debug_rnglists",
	[DWARF_ADDR] = ".debug_addr",
	[DWARF_STR_OFFSETS] = ".debug_str_offsets",
	[DWARF_CU_INDEX] = ".debug_cu_index",
};

bool dwarf_is_in(const struct elf_file *file)
{
	static const char *const names[] = { ".debug_info", ".zdebug_info" };
	struct elf_section section;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (elf_file_section(file, names[i], &section) && section.bytes)
			return true;
	return false;
}

static void find_sections(struct dwarf_file *dwarf, const struct elf_file *file, bool is_split)
{
	struct elf_section section;
	char name[64];

	for (size_t i = 0; i < DWARF_SECTION_COUNT; i++) {
		struct dwarf_cursor *found = &dwarf->sections[i];

		snprintf(name, sizeof(name), "%s%s", section_names[i],
			 is_split && i != DWARF_CU_INDEX ? ".dwo" : "");
		*found = (struct dwarf_cursor){ .is_swapped = elf_file_is_swapped(file) };
		if (!elf_file_debug_section(file, name, &section) || !section.size)
			continue;
		found->next = section.bytes;
		found->end = section.bytes + section.size;
	}
}

/* The part of a unit's header that depends on its type (DWARF 5, 7.5.1). */
static void read_type(struct dwarf_unit *unit, struct dwarf_cursor *cursor)
{
	switch (unit->type) {
	case DW_UT_skeleton:
	case DW_UT_split_compile:
		unit->split_id = dwarf_cursor_u64(cursor);
		break;
	case DW_UT_type:
	case DW_UT_split_type:
		dwarf_cursor_u64(cursor);
		dwarf_cursor_unsigned(cursor, unit->sizes.offset_size);
		break;
	default:
		break;
	}
}

/* False: there is no further unit. `cursor` stands at its header, and then behind it. */
static bool read_header(struct dwarf_file *dwarf, struct dwarf_cursor *cursor,
			struct dwarf_unit *unit)
{
	const uint8_t *section = dwarf->sections[DWARF_INFO].next;
	struct dwarf_cursor header = *cursor;

	*unit = (struct dwarf_unit){
		.file = dwarf,
		.offset = (uint64_t)(cursor->next - section),
		.type = DW_UT_compile,
	};
	unit->sizes.offset_size = dwarf_cursor_unit_length(&header);
	if (!unit->sizes.offset_size)
		return false;
	cursor->next = header.end;
	unit->end = (uint64_t)(header.end - section);
	unit->sizes.version = (uint8_t)dwarf_cursor_u16(&header);
	if (unit->sizes.version >= 5) {
		unit->type = dwarf_cursor_u8(&header);
		unit->sizes.address_size = dwarf_cursor_u8(&header);
	}
	unit->abbrev_offset = dwarf_cursor_unsigned(&header, unit->sizes.offset_size);
	if (unit->sizes.version < 5)
		unit->sizes.address_size = dwarf_cursor_u8(&header);
	read_type(unit, &header);
	unit->entries = (uint64_t)(header.next - section);
	if (header.has_failed)
		unit->sizes.version = 0;
	return true;
}

static bool is_readable(const struct dwarf_sizes *sizes)
{
	return sizes->version >= 2 && sizes->version <= 5 &&
	       (sizes->address_size == 4 || sizes->address_size == 8);
}

/* More than a unit can need: its functions' lists are read twice, and each has a byte at least. A
 * split unit may have its lists in the linked file, whose size is not known here. */
static uint64_t range_entries(const struct dwarf_file *dwarf)
{
	return 4096 + dwarf_cursor_left(&dwarf->sections[DWARF_INFO]) +
	       4 * (dwarf_cursor_left(&dwarf->sections[DWARF_RANGES]) +
		    dwarf_cursor_left(&dwarf->sections[DWARF_RNGLISTS]));
}

static void read_units(struct dwarf_file *dwarf)
{
	struct dwarf_cursor cursor = dwarf->sections[DWARF_INFO];
	uint64_t entries = range_entries(dwarf);
	struct dwarf_unit unit;

	while (dwarf_cursor_left(&cursor) && read_header(dwarf, &cursor, &unit)) {
		if (!is_readable(&unit.sizes))
			continue;
		unit.range_entries_left = entries;
		dwarf->units = xgrow(dwarf->units, dwarf->unit_count, &dwarf->unit_capacity,
				     sizeof(*dwarf->units));
		dwarf->units[dwarf->unit_count++] = unit;
	}
}

struct dwarf_file *dwarf_file_create(const struct elf_file *file, bool is_split)
{
	struct dwarf_file *dwarf = xcalloc(1, sizeof(*dwarf));

	find_sections(dwarf, file, is_split);
	/* Tables do not overlap, but where a unit with sizes of its own shares one. */
	dwarf->table_bytes_left = 4 * dwarf_cursor_left(&dwarf->sections[DWARF_ABBREV]);
	read_units(dwarf);
	return dwarf;
}

void dwarf_file_destroy(struct dwarf_file *file)
{
	if (!file)
		return;
	for (size_t i = 0; i < file->table_count; i++)
		dwarf_abbrevs_destroy(file->tables[i]);
	free(file->tables);
	hash_index_deinit(&file->table_index);
	free(file->units);
	free(file);
}

struct dwarf_unit *dwarf_file_unit(const struct dwarf_file *file, uint64_t offset)
{
	size_t low = 0, high = file->unit_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->units[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low && offset < file->units[low - 1].end ? &file->units[low - 1] : NULL;
}

static bool has_sizes(const struct dwarf_abbrevs *table, const struct dwarf_unit *unit)
{
	return table->offset == unit->abbrev_offset &&
	       table->sizes.version == unit->sizes.version &&
	       table->sizes.address_size == unit->sizes.address_size &&
	       table->sizes.offset_size == unit->sizes.offset_size;
}

/* Nothing of a table where too much was read already: damaged units can all begin anew in the middle
 * of the longest one. */
static struct dwarf_abbrevs *read_table(struct dwarf_file *file, const struct dwarf_unit *unit)
{
	struct dwarf_cursor section = file->sections[DWARF_ABBREV];
	struct dwarf_abbrevs *table;
	uint64_t size;

	if (!file->table_bytes_left)
		section.end = section.next;
	table = dwarf_abbrevs_create(section, unit->abbrev_offset, unit->sizes);
	size = table->end > table->offset ? table->end - table->offset : 0;
	file->table_bytes_left -= size < file->table_bytes_left ? size : file->table_bytes_left;
	return table;
}

const struct dwarf_abbrevs *dwarf_unit_abbrevs(struct dwarf_unit *unit)
{
	struct dwarf_file *file = unit->file;
	uint64_t hash = hash_u64(unit->abbrev_offset);

	if (unit->abbrevs)
		return unit->abbrevs;
	for (struct hash_cursor c = hash_index_begin(&file->table_index, hash);
	     hash_index_next(&file->table_index, &c);)
		if (has_sizes(file->tables[c.number], unit))
			return unit->abbrevs = file->tables[c.number];
	unit->abbrevs = read_table(file, unit);
	file->tables = xgrow(file->tables, file->table_count, &file->table_capacity,
			     sizeof(struct dwarf_abbrevs *));
	hash_index_add(&file->table_index, hash, (uint32_t)file->table_count);
	file->tables[file->table_count++] = unit->abbrevs;
	return unit->abbrevs;
}

struct dwarf_cursor dwarf_file_at(const struct dwarf_file *file, enum dwarf_section section,
				  uint64_t offset)
{
	struct dwarf_cursor cursor = file->sections[section];

	dwarf_cursor_skip(&cursor, offset);
	return cursor;
}

struct dwarf_cursor dwarf_unit_at(const struct dwarf_unit *unit, uint64_t offset)
{
	struct dwarf_cursor cursor = unit->file->sections[DWARF_INFO];

	cursor.end = cursor.next + unit->end;
	if (offset < unit->entries || offset >= unit->end)
		dwarf_cursor_fail(&cursor);
	else
		cursor.next += offset;
	return cursor;
}

const char *dwarf_file_string(const struct dwarf_file *file, enum dwarf_section section,
			      uint64_t offset)
{
	struct dwarf_cursor cursor = dwarf_file_at(file, section, offset);

	return cursor.has_failed ? NULL : dwarf_cursor_string(&cursor);
}
