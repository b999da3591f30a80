/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_index.h"

#include "jitdump/xalloc.h"
#include "symbolize/build_id.h"

#include <dwarf.h>
#include <elfutils/libdwelf.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	Dwarf_Die entry;
	Dwarf_Die skeleton;	 /* equal to entry, but for split DWARF */
	struct dwarf_unit *read; /* NULL: not hit yet */
};

struct dwarf_index {
	Dwarf *dwarf;
	struct elf_file *shared_file; /* what dwz moved out of several files; NULL: none */
	Dwarf *shared;
	struct range_table code;   /* the executable sections */
	struct range_table ranges; /* of the units, numbered by unit */
	struct unit *units;
	size_t unit_count, unit_capacity;
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

static void find_code(struct dwarf_index *index, const struct elf_file *file)
{
	struct elf_section section;

	for (size_t i = 1; i < elf_file_section_count(file); i++)
		if (elf_file_section_at(file, i, &section) && (section.flags & SHF_EXECINSTR))
			range_table_add(&index->code, section.image_address,
					section.image_address + section.size, 0);
	range_table_sort(&index->code);
}

/* Some units have code but do not say where: then their functions do. */
static void add_ranges_of_functions(struct dwarf_index *index, Dwarf_Die *entry, uint32_t number)
{
	Dwarf_Die child;

	for (int none = dwarf_child(entry, &child); !none; none = dwarf_siblingof(&child, &child))
		if (dwarf_tag(&child) == DW_TAG_subprogram)
			dwarf_add_ranges(&child, &index->code, number, &index->ranges);
}

static void add_unit(struct dwarf_index *index, Dwarf_Die *skeleton, Dwarf_Die *split)
{
	Dwarf_Die *entry = split->cu ? split : skeleton;
	uint32_t number = (uint32_t)index->unit_count;
	bool says_where =
		dwarf_hasattr(skeleton, DW_AT_ranges) || dwarf_hasattr(skeleton, DW_AT_high_pc);

	if (!dwarf_add_ranges(skeleton, &index->code, number, &index->ranges) && !says_where)
		add_ranges_of_functions(index, entry, number);
	index->units = xgrow(index->units, index->unit_count, &index->unit_capacity,
			     sizeof(*index->units));
	index->units[index->unit_count++] = (struct unit){ .entry = *entry, .skeleton = *skeleton };
}

/*
 * libdw opens the file that .gnu_debugaltlink names by itself, but where the name is relative: to
 * the file that has it, which libdw no longer knows.
 */
static void open_shared(struct dwarf_index *index, const struct elf_file *file)
{
	struct build_id build_id = { 0 };
	const char *name, *slash = strrchr(file->path, '/');
	const void *bytes;
	ssize_t size = dwelf_dwarf_gnu_debugaltlink(index->dwarf, &name, &bytes);
	char *path;

	if (size <= 0 || size > IMAGE_BUILD_ID_MAX || name[0] == '/')
		return;
	build_id.size = (uint8_t)size;
	memcpy(build_id.bytes, bytes, build_id.size);
	path = xasprintf("%.*s/%s", slash ? (int)(slash - file->path) : 0, file->path, name);
	index->shared_file = elf_file_open_path(path);
	free(path);
	if (!index->shared_file || !build_id_is_equal(&index->shared_file->build_id, &build_id))
		return;
	index->shared = dwarf_begin_elf(index->shared_file->elf, DWARF_C_READ, NULL);
	if (index->shared)
		dwarf_setalt(index->dwarf, index->shared);
}

struct dwarf_index *dwarf_index_create(const struct elf_file *file)
{
	struct dwarf_index *index = xcalloc(1, sizeof(*index));
	Dwarf_CU *cu = NULL;
	Dwarf_Die entry, split;
	uint8_t type;

	index->dwarf = dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);
	if (!index->dwarf)
		return index;
	open_shared(index, file);
	find_code(index, file);
	while (!dwarf_get_units(index->dwarf, cu, &cu, NULL, &type, &entry, &split))
		if (type == DW_UT_compile || type == DW_UT_partial || type == DW_UT_skeleton)
			add_unit(index, &entry, &split);
	range_table_sort(&index->ranges);
	return index;
}

void dwarf_index_destroy(struct dwarf_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < index->unit_count; i++)
		dwarf_unit_destroy(index->units[i].read);
	free(index->units);
	range_table_deinit(&index->ranges);
	range_table_deinit(&index->code);
	dwarf_end(index->dwarf);
	dwarf_end(index->shared);
	elf_file_close(index->shared_file);
	free(index);
}

static struct dwarf_unit *read_unit(struct dwarf_index *index, uint32_t number)
{
	struct unit *unit = &index->units[number];

	if (!unit->read)
		unit->read = dwarf_unit_create(&unit->entry, &unit->skeleton, &index->code);
	return unit->read;
}

/* Linkers fold equal functions of several units into one: any that has the function will do. */
size_t dwarf_index_frames(struct dwarf_index *index, uint64_t image_address,
			  struct dwarf_frame *frames, size_t max)
{
	const struct nested_range *first = range_table_find(&index->ranges, image_address);

	for (const struct nested_range *range = first; range;
	     range = range_table_find_outer(&index->ranges, range, image_address)) {
		struct dwarf_unit *unit = read_unit(index, range->number);
		size_t count = dwarf_unit_frames(unit, image_address, frames, max);

		if (count)
			return count;
	}
	if (!first || !max)
		return 0;
	frames[0] = (struct dwarf_frame){ 0 };
	return dwarf_unit_line(read_unit(index, first->number), image_address, &frames[0]);
}
