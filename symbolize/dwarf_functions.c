/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_functions.h"

#include "jitdump/xalloc.h"
#include "symbolize/boundaries.h"

#include <dwarf.h>
#include <stdlib.h>

#define NO_SCOPE UINT32_MAX

/* Deeper trees are no compiler's. */
enum { DEPTH_MAX = 512 };

/* A call that was inlined into a function. Rarely, a function within another one. */
struct call {
	uint32_t entry;	 /* offset in the unit */
	uint32_t parent; /* the call it is in; NO_SCOPE: the function itself */
	uint32_t scope;	 /* NO_SCOPE: not read yet */
};

/* The calls in one function, by the order of their entries. */
struct calls {
	struct boundaries boundaries;
	struct call items[];
};

struct function {
	uint32_t entry;	     /* offset in the unit */
	uint32_t scope;	     /* NO_SCOPE: not read yet */
	struct calls *calls; /* NULL: not read yet */
};

struct dwarf_functions {
	struct dwarf_unit *unit;
	const struct range_table *code;
	struct range_table ranges; /* numbered by function */
	struct function *items;
	size_t count, capacity;
	struct dwarf_scope *scopes; /* what was read */
	size_t scope_count, scope_capacity;
};

/*
 * A way through the entries of a unit, in their order. It is inlined, and its address is not given
 * away where it is used: so it stays in registers, and a program has ten million entries.
 */
struct walk {
	const struct dwarf_abbrevs *abbrevs;
	const uint8_t *section; /* .debug_info */
	struct dwarf_cursor cursor;
	const struct dwarf_abbrev *abbrev; /* of the entry that was come to */
	uint64_t entry;			   /* its offset in .debug_info */
	unsigned int depth;
};

static struct walk walk_begin(struct dwarf_unit *unit, uint64_t entry)
{
	return (struct walk){
		.abbrevs = dwarf_unit_abbrevs(unit),
		.section = unit->file->sections[DWARF_INFO].next,
		.cursor = dwarf_unit_at(unit, entry),
	};
}

/* Comes to the next entry, whose values are to be read or skipped. False: there is none within the
 * one that was begun with. */
static inline bool walk_next(struct walk *walk)
{
	uint64_t code;

	for (;;) {
		walk->entry = (uint64_t)(walk->cursor.next - walk->section);
		code = dwarf_cursor_uleb(&walk->cursor);
		if (code)
			break;
		if (walk->depth <= 1 || walk->cursor.has_failed)
			return false;
		walk->depth--;
	}
	walk->abbrev = dwarf_abbrevs_find(walk->abbrevs, code);
	return walk->abbrev != NULL;
}

static inline void walk_skip(struct walk *walk)
{
	if (walk->abbrev->size)
		dwarf_cursor_skip(&walk->cursor, walk->abbrev->size);
	else
		walk->cursor = dwarf_abbrevs_skip(walk->abbrevs, walk->abbrev, walk->cursor);
}

/* Reads the entry instead of skipping it. */
static inline bool walk_read(struct walk *walk, struct dwarf_unit *unit, struct dwarf_entry *entry)
{
	struct dwarf_cursor cursor = walk->cursor;
	bool is_read = dwarf_entry_read_values(unit, walk->abbrev, &cursor, entry);

	walk->cursor = cursor;
	return is_read;
}

/* False: the entry has no children. `depth` is theirs then. */
static inline bool walk_descend(struct walk *walk)
{
	walk->depth += walk->abbrev->has_children;
	return walk->abbrev->has_children;
}

static void add_function(struct dwarf_functions *functions, uint64_t offset,
			 const struct dwarf_entry *entry)
{
	uint32_t number = (uint32_t)functions->count;

	if (!dwarf_ranges_add(entry, functions->code, number, &functions->ranges))
		return;
	functions->items = xgrow(functions->items, functions->count, &functions->capacity,
				 sizeof(*functions->items));
	functions->items[functions->count++] = (struct function){
		.entry = (uint32_t)(offset - functions->unit->offset),
		.scope = NO_SCOPE,
	};
}

/*
 * All entries are looked at, though GCC says of many where the next one is: within types and
 * functions without code there can be methods that have some (of local classes and lambdas).
 */
static void find_functions(struct dwarf_functions *functions)
{
	struct dwarf_unit *unit = functions->unit;
	struct walk walk = walk_begin(unit, unit->entries);
	struct dwarf_entry entry;

	while (walk_next(&walk)) {
		if (walk.abbrev->tag != DW_TAG_subprogram || !walk.abbrev->has_code)
			walk_skip(&walk);
		else if (walk_read(&walk, unit, &entry))
			add_function(functions, walk.entry, &entry);
		walk_descend(&walk);
	}
	range_table_sort(&functions->ranges);
	functions->items =
		xrealloc(functions->items, (functions->count + 1) * sizeof(*functions->items));
}

struct dwarf_functions *dwarf_functions_create(struct dwarf_unit *unit,
					       const struct range_table *code)
{
	struct dwarf_functions *functions = xcalloc(1, sizeof(*functions));

	functions->unit = unit;
	functions->code = code;
	find_functions(functions);
	return functions;
}

void dwarf_functions_destroy(struct dwarf_functions *functions)
{
	if (!functions)
		return;
	for (size_t i = 0; i < functions->count; i++) {
		if (functions->items[i].calls)
			boundaries_deinit(&functions->items[i].calls->boundaries);
		free(functions->items[i].calls);
	}
	free(functions->items);
	free(functions->scopes);
	range_table_deinit(&functions->ranges);
	free(functions);
}

/* The calls of one function while they are being found. */
struct found_calls {
	struct call *items;
	size_t count, capacity;
	struct range_table ranges;
	uint32_t within[DEPTH_MAX]; /* by depth: the call that entries there are in */
};

static void add_call(struct found_calls *found, const struct dwarf_functions *functions,
		     uint64_t offset, uint32_t parent, const struct dwarf_entry *entry)
{
	dwarf_ranges_add(entry, functions->code, (uint32_t)found->count, &found->ranges);
	found->items = xgrow(found->items, found->count, &found->capacity, sizeof(*found->items));
	found->items[found->count++] = (struct call){
		.entry = (uint32_t)(offset - functions->unit->offset),
		.parent = parent,
		.scope = NO_SCOPE,
	};
}

static bool is_scope(const struct dwarf_abbrev *abbrev)
{
	return abbrev->tag == DW_TAG_inlined_subroutine ||
	       (abbrev->tag == DW_TAG_subprogram && abbrev->has_code);
}

static void find_calls(struct dwarf_functions *functions, uint64_t function,
		       struct found_calls *found)
{
	struct dwarf_unit *unit = functions->unit;
	struct walk walk = walk_begin(unit, function);
	struct dwarf_entry entry;

	if (!walk_next(&walk))
		return;
	walk_skip(&walk);
	if (!walk_descend(&walk))
		return;
	found->within[walk.depth] = NO_SCOPE;
	while (walk_next(&walk) && walk.depth + 1 < DEPTH_MAX) {
		uint32_t within = found->within[walk.depth];

		if (!is_scope(walk.abbrev)) {
			walk_skip(&walk);
		} else if (walk_read(&walk, unit, &entry)) {
			add_call(found, functions, walk.entry, within, &entry);
			within = (uint32_t)found->count - 1;
		}
		if (walk_descend(&walk))
			found->within[walk.depth] = within;
	}
}

/* Numbers those calls that an address can be in; the others get NO_SCOPE. */
static uint32_t number_used(const struct found_calls *found, const struct boundaries *boundaries,
			    uint32_t *numbers)
{
	uint32_t count = 0;

	memset(numbers, 0xff, found->count * sizeof(*numbers));
	for (uint32_t i = 0; i < boundaries->count; i++)
		for (uint32_t call = boundaries->items[i].number;
		     call != NO_SCOPE && numbers[call] == NO_SCOPE;
		     call = found->items[call].parent)
			numbers[call] = 0;
	for (size_t i = 0; i < found->count; i++)
		if (numbers[i] != NO_SCOPE)
			numbers[i] = count++;
	return count;
}

/* A third of the calls that compilers tell of have no code left. */
static struct calls *keep_used(const struct found_calls *found, struct boundaries *boundaries)
{
	uint32_t *numbers = xmalloc((found->count + 1) * sizeof(*numbers));
	uint32_t count = number_used(found, boundaries, numbers);
	struct calls *calls = xmalloc(sizeof(*calls) + count * sizeof(*calls->items));

	for (size_t i = 0; i < found->count; i++) {
		struct call call = found->items[i];

		if (numbers[i] == NO_SCOPE)
			continue;
		if (call.parent != NO_SCOPE)
			call.parent = numbers[call.parent];
		calls->items[numbers[i]] = call;
	}
	for (uint32_t i = 0; i < boundaries->count; i++)
		if (boundaries->items[i].number != BOUNDARY_NONE)
			boundaries->items[i].number = numbers[boundaries->items[i].number];
	calls->boundaries = *boundaries;
	free(numbers);
	return calls;
}

static void read_calls(struct dwarf_functions *functions, struct function *function)
{
	struct found_calls found = { 0 };
	struct boundaries boundaries;

	find_calls(functions, functions->unit->offset + function->entry, &found);
	boundaries_init(&boundaries, &found.ranges);
	function->calls = keep_used(&found, &boundaries);
	free(found.items);
	range_table_deinit(&found.ranges);
}

static uint32_t clamp(uint64_t number)
{
	return number <= UINT32_MAX ? (uint32_t)number : 0;
}

/* Reads an entry's scope unless it was. Returns its number. */
static uint32_t read_scope(struct dwarf_functions *functions, uint64_t offset, uint32_t *number)
{
	struct dwarf_scope scope = { 0 };
	struct dwarf_entry entry;

	if (*number != NO_SCOPE)
		return *number;
	if (dwarf_entry_read(functions->unit, offset, &entry)) {
		scope.name = dwarf_entry_name(&entry);
		scope.is_inlined = entry.tag == DW_TAG_inlined_subroutine;
		scope.call_file = clamp(dwarf_entry_number(&entry, DWARF_CALL_FILE));
		scope.call_line = clamp(dwarf_entry_number(&entry, DWARF_CALL_LINE));
		scope.call_column = clamp(dwarf_entry_number(&entry, DWARF_CALL_COLUMN));
	}
	functions->scopes = xgrow(functions->scopes, functions->scope_count,
				  &functions->scope_capacity, sizeof(*functions->scopes));
	*number = (uint32_t)functions->scope_count;
	functions->scopes[functions->scope_count++] = scope;
	return *number;
}

struct dwarf_scope *dwarf_functions_scope(struct dwarf_functions *functions, uint32_t number)
{
	return &functions->scopes[number];
}

/* The calls around the address, and at last the function: that of the address, or one within it. */
static size_t find_scopes(struct dwarf_functions *functions, struct function *function,
			  uint64_t address, uint32_t *scopes, size_t max)
{
	uint32_t number;
	size_t count = 0;

	if (!function->calls)
		read_calls(functions, function);
	number = boundaries_find(&function->calls->boundaries, address);
	while (number != NO_SCOPE && count < max) {
		struct call *call = &function->calls->items[number];

		scopes[count] =
			read_scope(functions, functions->unit->offset + call->entry, &call->scope);
		if (!functions->scopes[scopes[count++]].is_inlined)
			return count;
		number = call->parent;
	}
	if (count < max)
		scopes[count++] = read_scope(functions, functions->unit->offset + function->entry,
					     &function->scope);
	return count;
}

size_t dwarf_functions_find(struct dwarf_functions *functions, uint64_t address, uint32_t *scopes,
			    size_t max)
{
	const struct nested_range *range = range_table_find(&functions->ranges, address);

	return range ? find_scopes(functions, &functions->items[range->number], address, scopes,
				   max)
		     : 0;
}

void dwarf_functions_add_ranges(const struct dwarf_functions *functions, uint32_t number,
				struct range_table *table)
{
	for (size_t i = 0; i < functions->ranges.count; i++)
		range_table_add(table, functions->ranges.ranges[i].start,
				functions->ranges.ranges[i].end, number);
}
