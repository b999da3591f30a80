/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_index.h"

#include "jitdump/xalloc.h"
#include "symbolize/build_id.h"
#include "symbolize/dwarf_functions.h"
#include "symbolize/dwarf_lines.h"
#include "symbolize/dwarf_split.h"

#include <dwarf.h>
#include <elfutils/libdwelf.h>
#include <stdlib.h>

/* Calls inlined into each other at one place; compilers stop long before. */
enum { SCOPES_MAX = 256 };

/* What was read of a unit. */
struct read_unit {
	bool was_hit;
	struct dwarf_functions *functions; /* NULL: none */
	struct dwarf_lines *lines;	   /* NULL: none */
};

struct dwarf_index {
	struct dwarf_file *dwarf;
	struct dwarf_split *split;
	struct elf_file *supplement_file; /* what dwz moved out of several files; NULL: none */
	struct dwarf_file *supplement;
	struct string_pool *strings;
	const char *missing;	   /* see dwarf_index_missing() */
	struct range_table code;   /* the executable sections */
	struct range_table ranges; /* of the units, numbered from the last one */
	struct read_unit *units;   /* as in `dwarf` */
};

static void find_code(struct dwarf_index *index, const struct elf_file *file)
{
	struct elf_section section;

	for (size_t i = 1; i < elf_file_section_count(file); i++)
		if (elf_file_section_at(file, i, &section) && (section.flags & SHF_EXECINSTR))
			range_table_add(&index->code, section.image_address,
					section.image_address + section.size, 0);
	range_table_sort(&index->code);
}

/* The file that .gnu_debugaltlink names, by a path that may be relative to the file that has it; or
 * the one of its build-id. */
static void open_supplement(struct dwarf_index *index, const struct elf_file *file,
			    const struct debug_places *places)
{
	struct elf_section link;
	struct build_id build_id = { 0 };
	const char *name, *slash = strrchr(file->path, '/');
	size_t length;
	char *path;

	if (!elf_file_section(file, ".gnu_debugaltlink", &link) || !link.bytes)
		return;
	name = (const char *)link.bytes;
	length = strnlen(name, link.size);
	if (length == link.size || link.size - length - 1 > IMAGE_BUILD_ID_MAX)
		return;
	build_id.size = (uint8_t)(link.size - length - 1);
	memcpy(build_id.bytes, name + length + 1, build_id.size);
	path = name[0] == '/' || !slash
		       ? xstrdup(name)
		       : xasprintf("%.*s/%s", (int)(slash - file->path), file->path, name);
	index->supplement_file = debug_file_open_supplement(path, &build_id, places);
	free(path);
	if (!index->supplement_file)
		return;
	index->supplement = dwarf_file_create(index->supplement_file, false);
	index->dwarf->supplement = index->supplement;
}

/* Reads a unit's functions and lines when it is first hit. */
static struct read_unit *read_unit(struct dwarf_index *index, uint32_t number)
{
	struct dwarf_unit *skeleton = &index->dwarf->units[number], *unit = skeleton;
	struct read_unit *read = &index->units[number];
	struct dwarf_entry entry;

	if (read->was_hit)
		return read;
	read->was_hit = true;
	if (!dwarf_unit_read(skeleton, &entry))
		return read;
	if (dwarf_entry_has(&entry, DWARF_DWO_NAME))
		unit = dwarf_split_unit(index->split, &entry);
	if (unit)
		read->functions = dwarf_functions_create(unit, &index->code);
	else if (!index->missing)
		index->missing = dwarf_entry_string(&entry, DWARF_DWO_NAME);
	if (dwarf_entry_has(&entry, DWARF_STMT_LIST))
		read->lines = dwarf_lines_create(
			index->dwarf, dwarf_entry_number(&entry, DWARF_STMT_LIST),
			skeleton->sizes.address_size, dwarf_entry_string(&entry, DWARF_COMP_DIR),
			&index->code);
	return read;
}

/* Of several units that have the same code (linkers keep one of equal functions, and lead all to it)
 * the first one counts, as for other tools: a table of ranges prefers the greatest number. */
static uint32_t unit_from_last(const struct dwarf_index *index, uint32_t number)
{
	return (uint32_t)index->dwarf->unit_count - 1 - number;
}

/* Some units have code but do not say where: then their functions do. */
static void add_unit(struct dwarf_index *index, uint32_t number)
{
	struct dwarf_unit *unit = &index->dwarf->units[number];
	uint32_t from_last = unit_from_last(index, number);
	struct dwarf_entry entry;
	struct read_unit *read;

	if (unit->type == DW_UT_type || !dwarf_unit_read(unit, &entry) ||
	    dwarf_ranges_add(&entry, &index->code, from_last, &index->ranges) ||
	    dwarf_ranges_are_said(&entry) || entry.tag != DW_TAG_compile_unit)
		return;
	read = read_unit(index, number);
	if (read->functions)
		dwarf_functions_add_ranges(read->functions, from_last, &index->ranges);
}

struct dwarf_index *dwarf_index_create(const struct elf_file *file,
				       const struct debug_places *places,
				       struct string_pool *strings)
{
	struct dwarf_index *index = xcalloc(1, sizeof(*index));

	index->strings = strings;
	index->dwarf = dwarf_file_create(file, false);
	index->split = dwarf_split_create(file, places);
	index->units = xcalloc(index->dwarf->unit_count + 1, sizeof(*index->units));
	open_supplement(index, file, places);
	find_code(index, file);
	for (size_t i = 0; i < index->dwarf->unit_count; i++)
		add_unit(index, (uint32_t)i);
	range_table_sort(&index->ranges);
	return index;
}

void dwarf_index_destroy(struct dwarf_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < index->dwarf->unit_count; i++) {
		dwarf_functions_destroy(index->units[i].functions);
		dwarf_lines_destroy(index->units[i].lines);
	}
	free(index->units);
	range_table_deinit(&index->ranges);
	range_table_deinit(&index->code);
	dwarf_split_destroy(index->split);
	dwarf_file_destroy(index->dwarf);
	dwarf_file_destroy(index->supplement);
	elf_file_close(index->supplement_file);
	free(index);
}

static const char *file_path(const struct dwarf_index *index, const struct read_unit *unit,
			     uint32_t number)
{
	return unit->lines
		       ? dwarf_files_path(dwarf_lines_files(unit->lines), number, index->strings)
		       : NULL;
}

/* The place in the source alone. */
static bool find_line(const struct dwarf_index *index, const struct read_unit *unit,
		      uint64_t address, struct dwarf_frame *frame)
{
	struct dwarf_row row;

	*frame = (struct dwarf_frame){ 0 };
	if (!unit->lines || !dwarf_lines_find(unit->lines, address, &row))
		return false;
	frame->file = file_path(index, unit, row.file);
	frame->line = row.line;
	frame->column = row.column;
	return true;
}

/* Each function is at the place where the one that was inlined into it was called. */
static size_t find_frames(const struct dwarf_index *index, const struct read_unit *unit,
			  uint64_t address, struct dwarf_frame *frames, size_t max)
{
	struct dwarf_scope scopes[SCOPES_MAX];
	struct dwarf_frame place;
	size_t count = unit->functions ? dwarf_functions_find(unit->functions, address, scopes,
							      max < SCOPES_MAX ? max : SCOPES_MAX)
				       : 0;

	if (!count)
		return 0;
	find_line(index, unit, address, &place);
	for (size_t i = 0; i < count; i++) {
		frames[i] = place;
		frames[i].name = scopes[i].name;
		frames[i].is_inlined = scopes[i].is_inlined;
		place = (struct dwarf_frame){
			.file = file_path(index, unit, scopes[i].call_file),
			.line = scopes[i].call_line,
			.column = scopes[i].call_column,
		};
	}
	return count;
}

/* Linkers fold equal functions of several units into one: any that has the function will do. */
size_t dwarf_index_frames(struct dwarf_index *index, uint64_t image_address,
			  struct dwarf_frame *frames, size_t max)
{
	const struct nested_range *first = range_table_find(&index->ranges, image_address);

	for (const struct nested_range *range = first; range;
	     range = range_table_find_outer(&index->ranges, range, image_address)) {
		size_t count =
			find_frames(index, read_unit(index, unit_from_last(index, range->number)),
				    image_address, frames, max);

		if (count)
			return count;
	}
	if (!first || !max)
		return 0;
	return find_line(index, read_unit(index, unit_from_last(index, first->number)),
			 image_address, &frames[0]);
}

const char *dwarf_index_missing(const struct dwarf_index *index)
{
	return index->missing;
}
