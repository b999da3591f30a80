/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_unit.h"

#include "jitdump/xalloc.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#define NO_SCOPE UINT32_MAX

enum {
	/* Deeper trees are no compiler's. */
	DEPTH_MAX = 256,
	/* More parts than this of one function or unit are no compiler's either. */
	PARTS_MAX = 1 << 20,
};

/* A function, or one that was inlined. */
struct scope {
	Dwarf_Die entry;
	uint32_t parent;		 /* the function it was inlined into */
	uint32_t call_file;		 /* number in the unit's file table */
	uint32_t call_line, call_column; /* in the parent */
	bool is_inlined;
};

struct dwarf_unit {
	struct range_table ranges; /* numbered by scope */
	struct scope *scopes;
	size_t scope_count, scope_capacity;
	Dwarf_Lines *lines; /* sorted by address */
	size_t line_count;
	Dwarf_Files *files;
	const char *directory; /* where the compiler ran */
	Dwarf_Off walked;      /* up to this entry */
};

size_t dwarf_add_ranges(Dwarf_Die *entry, const struct range_table *code, uint32_t number,
			struct range_table *table)
{
	Dwarf_Addr base, start, end;
	size_t before = table->count;
	ptrdiff_t offset = 0;

	for (int parts = 0; parts < PARTS_MAX; parts++) {
		offset = dwarf_ranges(entry, offset, &base, &start, &end);
		if (offset <= 0)
			break;
		if (range_table_find(code, start))
			range_table_add(table, start, end, number);
	}
	return table->count - before;
}

static uint32_t number_attribute(Dwarf_Die *entry, unsigned int name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr(entry, name, &attribute) || dwarf_formudata(&attribute, &value) ||
	    value > UINT32_MAX)
		return 0;
	return (uint32_t)value;
}

/* What is inlined at a place becomes a scope if it has code. */
static uint32_t add_scope(struct dwarf_unit *unit, Dwarf_Die *entry, uint32_t parent,
			  const struct range_table *code)
{
	uint32_t number = (uint32_t)unit->scope_count;

	if (!dwarf_add_ranges(entry, code, number, &unit->ranges))
		return NO_SCOPE;
	unit->scopes = xgrow(unit->scopes, unit->scope_count, &unit->scope_capacity,
			     sizeof(*unit->scopes));
	unit->scopes[unit->scope_count++] = (struct scope){
		.entry = *entry,
		.parent = parent,
		.is_inlined = dwarf_tag(entry) == DW_TAG_inlined_subroutine,
		.call_file = number_attribute(entry, DW_AT_call_file),
		.call_line = number_attribute(entry, DW_AT_call_line),
		.call_column = number_attribute(entry, DW_AT_call_column),
	};
	return number;
}

/* Code can be in functions, and these in namespaces and types (Rust), blocks, or each other. */
static void add_scopes_below(struct dwarf_unit *unit, Dwarf_Die *entry, uint32_t parent,
			     const struct range_table *code, int depth)
{
	Dwarf_Die child;
	int has_child = depth < DEPTH_MAX ? dwarf_child(entry, &child) : 1;

	for (; has_child == 0; has_child = dwarf_siblingof(&child, &child)) {
		uint32_t scope = parent;

		/* A damaged DW_AT_sibling leads into what was walked already, or will be. */
		if (dwarf_dieoffset(&child) <= unit->walked)
			return;
		unit->walked = dwarf_dieoffset(&child);
		switch (dwarf_tag(&child)) {
		case DW_TAG_subprogram:
		case DW_TAG_inlined_subroutine:
			scope = add_scope(unit, &child, parent, code);
			/* Without code of its own there is none within. */
			if (scope == NO_SCOPE)
				continue;
			break;
		case DW_TAG_entry_point:
		case DW_TAG_enumeration_type:
		case DW_TAG_subroutine_type:
			continue;
		default:
			break;
		}
		if (dwarf_haschildren(&child) == 1)
			add_scopes_below(unit, &child, scope, code, depth + 1);
	}
}

struct dwarf_unit *dwarf_unit_create(Dwarf_Die *unit_entry, Dwarf_Die *skeleton,
				     const struct range_table *code)
{
	struct dwarf_unit *unit = xcalloc(1, sizeof(*unit));
	Dwarf_Attribute directory;
	size_t file_count;

	if (dwarf_getsrclines(skeleton, &unit->lines, &unit->line_count))
		unit->lines = NULL;
	if (dwarf_getsrcfiles(unit_entry, &unit->files, &file_count) &&
	    dwarf_getsrcfiles(skeleton, &unit->files, &file_count))
		unit->files = NULL;
	if (dwarf_attr(skeleton, DW_AT_comp_dir, &directory))
		unit->directory = dwarf_formstring(&directory);
	unit->walked = dwarf_dieoffset(unit_entry);
	add_scopes_below(unit, unit_entry, NO_SCOPE, code, 0);
	range_table_sort(&unit->ranges);
	return unit;
}

void dwarf_unit_destroy(struct dwarf_unit *unit)
{
	if (!unit)
		return;
	range_table_deinit(&unit->ranges);
	free(unit->scopes);
	free(unit);
}

static void set_file(const struct dwarf_unit *unit, struct dwarf_frame *frame, const char *file)
{
	/* libdw's name for the numbers that are no file. */
	if (!file || !strcmp(file, "???"))
		return;
	frame->file = file;
	frame->directory = unit->directory;
}

static uint64_t line_address(const struct dwarf_unit *unit, size_t number)
{
	Dwarf_Addr address = 0;

	dwarf_lineaddr(dwarf_onesrcline(unit->lines, number), &address);
	return address;
}

/* The last row at or below the address. */
static Dwarf_Line *find_line(const struct dwarf_unit *unit, uint64_t address)
{
	size_t low = 0, high = unit->lines ? unit->line_count : 0;
	Dwarf_Line *line;
	bool is_end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (line_address(unit, middle) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	line = dwarf_onesrcline(unit->lines, low - 1);
	return dwarf_lineendsequence(line, &is_end) || is_end ? NULL : line;
}

bool dwarf_unit_line(struct dwarf_unit *unit, uint64_t address, struct dwarf_frame *frame)
{
	Dwarf_Line *line = find_line(unit, address);
	int number;

	if (!line)
		return false;
	set_file(unit, frame, dwarf_linesrc(line, NULL, NULL));
	frame->line = dwarf_lineno(line, &number) ? 0 : (uint32_t)number;
	frame->column = dwarf_linecol(line, &number) ? 0 : (uint32_t)number;
	return true;
}

/* Through DW_AT_abstract_origin and DW_AT_specification to where the function is declared. */
static const char *name_of(Dwarf_Die *entry)
{
	Dwarf_Attribute attribute;
	const char *name = NULL;

	if (dwarf_attr_integrate(entry, DW_AT_linkage_name, &attribute) ||
	    dwarf_attr_integrate(entry, DW_AT_MIPS_linkage_name, &attribute))
		name = dwarf_formstring(&attribute);
	if (!name)
		name = dwarf_diename(entry);
	return name && *name ? name : NULL;
}

size_t dwarf_unit_frames(struct dwarf_unit *unit, uint64_t address, struct dwarf_frame *frames,
			 size_t max)
{
	const struct nested_range *range = range_table_find(&unit->ranges, address);
	struct dwarf_frame place = { 0 };
	size_t count = 0;

	if (!range)
		return 0;
	dwarf_unit_line(unit, address, &place);
	for (uint32_t number = range->number; number != NO_SCOPE && count < max;) {
		struct scope *scope = &unit->scopes[number];

		frames[count] = place;
		frames[count].name = name_of(&scope->entry);
		frames[count++].is_inlined = scope->is_inlined;
		if (!scope->is_inlined)
			break;
		place = (struct dwarf_frame){
			.line = scope->call_line,
			.column = scope->call_column,
		};
		set_file(unit, &place, dwarf_filesrc(unit->files, scope->call_file, NULL, NULL));
		number = scope->parent;
	}
	return count;
}
