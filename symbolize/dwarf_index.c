/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_index.h"

#include "jitdump/xalloc.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

struct unit {
	Dwarf_Die entry;
	Dwarf_Die skeleton;	 /* equal to entry, but for split DWARF */
	struct dwarf_unit *read; /* NULL: not hit yet */
};

struct dwarf_index {
	Dwarf *dwarf;
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

struct dwarf_index *dwarf_index_create(const struct elf_file *file)
{
	struct dwarf_index *index = xcalloc(1, sizeof(*index));
	Dwarf_CU *cu = NULL;
	Dwarf_Die entry, split;
	uint8_t type;

	index->dwarf = dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);
	if (!index->dwarf)
		return index;
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
	const struct range *first = range_table_find(&index->ranges, image_address);

	for (const struct range *range = first; range;
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
