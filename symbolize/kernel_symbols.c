/* SPDX-License-Identifier: MIT */
#include "symbolize/kernel_symbols.h"

#include "jitdump/xalloc.h"
#include "symbolize/kallsyms.h"
#include "symbolize/string_pool.h"
#include "symbolize/symbol_name.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_BYTES = 4096 };

/* Added one by one: by address, without overlaps. */
struct added {
	uint64_t start;
	uint64_t end; /* equal to start: up to the next symbol */
	const char *name, *module;
};

/* There are hundreds of thousands, of which few are ever asked for. */
struct line {
	uint64_t address;
	uint32_t name;	 /* where it begins in `names` */
	uint16_t module; /* index in `modules` */
	char type;
};

struct kernel_symbols {
	struct string_pool *strings;
	struct line *lines; /* by address, each once */
	size_t line_count, line_capacity;
	char *names; /* each with a NUL behind it */
	size_t names_size, names_capacity;
	const char **modules; /* interned; those of neighbouring lines mostly are the same */
	size_t module_count, module_capacity;
	struct added *added;
	size_t added_count, added_capacity;
	char *later_path;	      /* what is to be loaded when it is needed; NULL: nothing */
	struct kernel_addresses here; /* of it is here what these need; ascending */
};

struct kernel_symbols *kernel_symbols_create(struct string_pool *strings)
{
	struct kernel_symbols *symbols = xcalloc(1, sizeof(*symbols));

	symbols->strings = strings;
	return symbols;
}

static void forget_later(struct kernel_symbols *symbols)
{
	free(symbols->later_path);
	free((uint64_t *)symbols->here.addresses);
	symbols->later_path = NULL;
	symbols->here = (struct kernel_addresses){ 0 };
}

void kernel_symbols_destroy(struct kernel_symbols *symbols)
{
	if (!symbols)
		return;
	free(symbols->lines);
	free(symbols->names);
	free(symbols->modules);
	free(symbols->added);
	forget_later(symbols);
	free(symbols);
}

static bool is_text(char type)
{
	return strchr("tTwWiI", type);
}

static int binding_rank(char type)
{
	switch (type) {
	case 'T':
		return 0;
	case 'W':
	case 'w':
		return 1;
	default:
		return 2;
	}
}

/* By address; at one address the best name comes first. */
static int compare_lines(const struct kallsyms_line *first, const struct kallsyms_line *second)
{
	if (first->address != second->address)
		return first->address < second->address ? -1 : 1;
	if (binding_rank(first->type) != binding_rank(second->type))
		return binding_rank(first->type) - binding_rank(second->type);
	return symbol_name_compare(first->name, second->name);
}

static int compare_kept(const void *a, const void *b, void *context)
{
	const struct line *first = a, *second = b;
	const char *names = context;

	return compare_lines(
		&(struct kallsyms_line){ first->address, first->type, names + first->name, "" },
		&(struct kallsyms_line){ second->address, second->type, names + second->name, "" });
}

static uint32_t keep_name(struct kernel_symbols *symbols, const char *name)
{
	size_t size = strlen(name) + 1, at = symbols->names_size;

	if (size > symbols->names_capacity - at) {
		symbols->names_capacity = 2 * symbols->names_capacity + size;
		symbols->names = xrealloc(symbols->names, symbols->names_capacity);
	}
	memcpy(symbols->names + at, name, size);
	symbols->names_size += size;
	return (uint32_t)at;
}

static uint16_t keep_module(struct kernel_symbols *symbols, const char *module)
{
	const char *interned = string_pool_add(symbols->strings, module);

	for (size_t i = symbols->module_count; i-- > 0;) {
		if (symbols->modules[i] == interned)
			return (uint16_t)i;
	}
	if (symbols->module_count > UINT16_MAX)
		return 0;
	symbols->modules = xgrow(symbols->modules, symbols->module_count, &symbols->module_capacity,
				 sizeof(*symbols->modules));
	symbols->modules[symbols->module_count] = interned;
	return (uint16_t)symbols->module_count++;
}

/* Beyond 4 GiB of names there is no line. */
static void keep_line(struct kernel_symbols *symbols, const struct kallsyms_line *line)
{
	if (symbols->names_size > UINT32_MAX)
		return;
	symbols->lines = xgrow(symbols->lines, symbols->line_count, &symbols->line_capacity,
			       sizeof(*symbols->lines));
	symbols->lines[symbols->line_count++] = (struct line){
		.address = line->address,
		.type = line->type,
		.name = keep_name(symbols, line->name),
		.module = keep_module(symbols, line->module),
	};
}

/* By address; at one address the best name comes first. */
static void keep_best_names(struct kernel_symbols *symbols)
{
	size_t kept = 0;

	if (symbols->line_count)
		qsort_r(symbols->lines, symbols->line_count, sizeof(*symbols->lines), compare_kept,
			symbols->names);
	for (size_t i = 0; i < symbols->line_count; i++)
		if (!kept || symbols->lines[kept - 1].address != symbols->lines[i].address)
			symbols->lines[kept++] = symbols->lines[i];
	symbols->line_count = symbols->line_capacity = kept;
	symbols->names_capacity = symbols->names_size;
	symbols->lines = xrealloc(symbols->lines, kept * sizeof(*symbols->lines));
	symbols->names = xrealloc(symbols->names, symbols->names_size);
}

/* Whether one of them is in [start, end). */
static bool is_wanted(const struct kernel_addresses *wanted, uint64_t start, uint64_t end)
{
	size_t low = 0, high = wanted->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (wanted->addresses[middle] < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < wanted->count && wanted->addresses[low] < end;
}

/*
 * The best line of an address is held back until the next address is known: it is kept if something
 * wanted lies between the two, or between it and the one before, whose end it is. Where the file
 * goes back (a module's symbols are not sorted) nothing is known, and both sides are kept.
 */
struct selection {
	const struct kernel_addresses *wanted; /* NULL: all */
	struct kallsyms_line held;
	char name[1024], module[128]; /* of the held line */
	bool is_holding, is_held_wanted;
};

static void copy_text(char *to, size_t size, const char *from)
{
	size_t length = strnlen(from, size - 1);

	memcpy(to, from, length);
	to[length] = '\0';
}

static void hold(struct selection *selection, const struct kallsyms_line *line)
{
	copy_text(selection->name, sizeof(selection->name), line->name);
	copy_text(selection->module, sizeof(selection->module), line->module);
	selection->held = *line;
	selection->held.name = selection->name;
	selection->held.module = selection->module;
	selection->is_holding = true;
}

static void select_line(struct kernel_symbols *symbols, struct selection *selection,
			const struct kallsyms_line *line)
{
	const struct kallsyms_line *held = &selection->held;
	bool is_wanted_between;

	if (selection->is_holding && held->address == line->address) {
		if (compare_lines(line, held) < 0)
			hold(selection, line);
		return;
	}
	is_wanted_between = !selection->wanted || !selection->is_holding ||
			    line->address < held->address ||
			    is_wanted(selection->wanted, held->address, line->address);
	if (selection->is_holding && (selection->is_held_wanted || is_wanted_between))
		keep_line(symbols, held);
	selection->is_held_wanted = is_wanted_between;
	hold(selection, line);
}

/* False if there is no address at all. */
static bool load_lines(struct kernel_symbols *symbols, struct kallsyms *kallsyms,
		       const struct kernel_addresses *wanted)
{
	struct selection selection = { .wanted = wanted };
	struct kallsyms_line line;

	while (kallsyms_next(kallsyms, &line)) {
		if (line.address && is_text(line.type) && !symbol_name_is_mapping(line.name))
			select_line(symbols, &selection, &line);
	}
	if (selection.is_holding)
		keep_line(symbols, &selection.held);
	return selection.is_holding;
}

bool kernel_symbols_load(struct kernel_symbols *symbols, const char *path,
			 const struct kernel_addresses *wanted, const char **reason)
{
	struct kallsyms *kallsyms = kallsyms_open(path);

	symbols->line_count = symbols->names_size = 0;
	if (!kallsyms) {
		*reason = "the kernel's symbol list (/proc/kallsyms) cannot be read";
		return false;
	}
	if (!load_lines(symbols, kallsyms, wanted)) {
		kallsyms_close(kallsyms);
		*reason = "kernel.kptr_restrict hides their addresses: "
			  "`sudo sysctl kernel.kptr_restrict=0`, or run as root";
		return false;
	}
	kallsyms_close(kallsyms);
	keep_best_names(symbols);
	return true;
}

void kernel_symbols_load_later(struct kernel_symbols *symbols, const char *path)
{
	forget_later(symbols);
	symbols->later_path = xstrdup(path);
}

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t *first = a, *second = b;

	return *first < *second ? -1 : *first > *second;
}

void kernel_symbols_prepare(struct kernel_symbols *symbols, const uint64_t *addresses, size_t count)
{
	uint64_t *wanted;
	const char *reason;

	/* A second time all is loaded, when it is asked for. */
	if (!symbols->later_path || symbols->here.count || !count)
		return;
	wanted = xmalloc(count * sizeof(*wanted));
	memcpy(wanted, addresses, count * sizeof(*wanted));
	qsort(wanted, count, sizeof(*wanted), compare_addresses);
	symbols->here = (struct kernel_addresses){ wanted, count };
	kernel_symbols_load(symbols, symbols->later_path, &symbols->here, &reason);
}

/* What is to be loaded later is loaded now, unless the address has its name already. */
static void load_for(struct kernel_symbols *symbols, uint64_t address)
{
	const char *reason;

	if (!symbols->later_path || is_wanted(&symbols->here, address, address + 1))
		return;
	kernel_symbols_load(symbols, symbols->later_path, NULL, &reason);
	forget_later(symbols);
}

/* How many of the added symbols start at or below the address. */
static size_t count_added_upto(const struct kernel_symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->added_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->added[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t count_lines_upto(const struct kernel_symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->line_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->lines[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Cuts what was added before back to what lies outside [start, end); what began before and
 * reached further loses the part behind. Returns the place for a symbol at start. */
static size_t make_room(struct kernel_symbols *symbols, uint64_t start, uint64_t end)
{
	size_t place = count_added_upto(symbols, start), last;

	if (place && symbols->added[place - 1].start == start)
		place--;
	else if (place && symbols->added[place - 1].end > start)
		symbols->added[place - 1].end = start;
	for (last = place; last < symbols->added_count; last++)
		if (symbols->added[last].start >= end && symbols->added[last].start != start)
			break;
	memmove(symbols->added + place, symbols->added + last,
		(symbols->added_count - last) * sizeof(*symbols->added));
	symbols->added_count -= last - place;
	return place;
}

void kernel_symbols_add(struct kernel_symbols *symbols, uint64_t address, uint64_t size,
			const char *name, const char *module)
{
	uint64_t end = address + size < address ? UINT64_MAX : address + size;
	size_t place;

	if (symbols->added_count)
		place = make_room(symbols, address, end);
	else
		place = 0;
	symbols->added = xgrow(symbols->added, symbols->added_count, &symbols->added_capacity,
			       sizeof(*symbols->added));
	memmove(symbols->added + place + 1, symbols->added + place,
		(symbols->added_count - place) * sizeof(*symbols->added));
	symbols->added[place] = (struct added){
		.start = address,
		.end = end,
		.name = string_pool_add_printable(symbols->strings, name, strlen(name)),
		.module = module && *module ? string_pool_add_printable(symbols->strings, module,
									strlen(module))
					    : NULL,
	};
	symbols->added_count++;
}

/* Where a symbol of unknown size ends: at the next one; where that is of another module, or there
 * is none, with its page. */
static uint64_t end_of_line(const struct kernel_symbols *symbols, size_t number)
{
	const struct line *line = &symbols->lines[number];
	uint64_t end = (line->address | (PAGE_BYTES - 1)) + 1;

	if (number + 1 < symbols->line_count &&
	    (line[1].address < end || line[1].module == line->module))
		end = line[1].address;
	return end;
}

static uint64_t end_of_added(const struct kernel_symbols *symbols, size_t number)
{
	const struct added *added = &symbols->added[number];
	size_t line = count_lines_upto(symbols, added->start);
	uint64_t end = (added->start | (PAGE_BYTES - 1)) + 1;

	if (added->end != added->start)
		return added->end;
	if (number + 1 < symbols->added_count && added[1].start < end)
		end = added[1].start;
	if (line < symbols->line_count && symbols->lines[line].address < end)
		end = symbols->lines[line].address;
	return end;
}

static bool find_added(const struct kernel_symbols *symbols, uint64_t address,
		       struct symbol *symbol)
{
	size_t number = count_added_upto(symbols, address);
	const struct added *added;
	uint64_t end;

	if (!number--)
		return false;
	added = &symbols->added[number];
	end = end_of_added(symbols, number);
	*symbol = (struct symbol){
		.name = added->name,
		.start = added->start,
		.size = end - added->start,
		.module = added->module,
	};
	return address < end;
}

bool kernel_symbols_find(struct kernel_symbols *symbols, uint64_t address, struct symbol *symbol)
{
	const struct line *line;
	uint64_t end;
	size_t number;

	load_for(symbols, address);
	if (find_added(symbols, address, symbol))
		return true;
	number = count_lines_upto(symbols, address);
	if (!number--)
		return false;
	line = &symbols->lines[number];
	end = end_of_line(symbols, number);
	*symbol = (struct symbol){
		.name = string_pool_add(symbols->strings, symbols->names + line->name),
		.start = line->address,
		.size = end - line->address,
		.module = *symbols->modules[line->module] ? symbols->modules[line->module] : NULL,
	};
	return address < end;
}
