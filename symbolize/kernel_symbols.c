/* SPDX-License-Identifier: MIT */
#include "symbolize/kernel_symbols.h"

#include "jitdump/xalloc.h"
#include "symbolize/kallsyms_lines.h"
#include "symbolize/string_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_BYTES = 4096 };

/* Added one by one: by address, without overlaps. */
struct added {
	uint64_t start;
	uint64_t end; /* equal to start: up to the next symbol */
	const char *name, *module;
};

struct loading {
	struct kallsyms_lines lines;
	bool is_on, has_thread;
	pthread_t thread;
};

struct kernel_symbols {
	struct string_pool *strings;
	struct kallsyms_lines lines;
	struct added *added;
	size_t added_count, added_capacity;
	char *later_path;	      /* what is to be loaded when it is needed; NULL: nothing */
	struct kernel_addresses here; /* of it is here what these need; ascending */
	struct loading loading;	      /* what they need, on its way */
};

struct kernel_symbols *kernel_symbols_create(struct string_pool *strings)
{
	struct kernel_symbols *symbols = xcalloc(1, sizeof(*symbols));

	symbols->strings = strings;
	return symbols;
}

/* In its own thread, which has no other part of the symbols. */
static void *load_wanted(void *opaque)
{
	struct kernel_symbols *symbols = opaque;
	struct loading *loading = &symbols->loading;
	const char *reason;

	kallsyms_lines_load(&loading->lines, symbols->later_path, &symbols->here, &reason);
	return NULL;
}

/* Should there be no thread, it is done at once. */
static void begin_loading(struct kernel_symbols *symbols)
{
	struct loading *loading = &symbols->loading;

	*loading = (struct loading){ .is_on = true };
	loading->has_thread = !pthread_create(&loading->thread, NULL, load_wanted, symbols);
	if (!loading->has_thread)
		load_wanted(symbols);
}

/* Whatever is being loaded is here. */
static void finish_loading(struct kernel_symbols *symbols)
{
	struct loading *loading = &symbols->loading;

	if (!loading->is_on)
		return;
	if (loading->has_thread)
		pthread_join(loading->thread, NULL);
	kallsyms_lines_deinit(&symbols->lines);
	symbols->lines = loading->lines;
	*loading = (struct loading){ 0 };
}

static void forget_later(struct kernel_symbols *symbols)
{
	finish_loading(symbols);
	free(symbols->later_path);
	free((uint64_t *)symbols->here.addresses);
	symbols->later_path = NULL;
	symbols->here = (struct kernel_addresses){ 0 };
}

void kernel_symbols_destroy(struct kernel_symbols *symbols)
{
	if (!symbols)
		return;
	forget_later(symbols);
	kallsyms_lines_deinit(&symbols->lines);
	free(symbols->added);
	free(symbols);
}

bool kernel_symbols_load(struct kernel_symbols *symbols, const char *path,
			 const struct kernel_addresses *wanted, const char **reason)
{
	finish_loading(symbols);
	return kallsyms_lines_load(&symbols->lines, path, wanted, reason);
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

	/* A second time all is loaded, when it is asked for. */
	if (!symbols->later_path || symbols->here.count || !count)
		return;
	wanted = xmalloc(count * sizeof(*wanted));
	memcpy(wanted, addresses, count * sizeof(*wanted));
	qsort(wanted, count, sizeof(*wanted), compare_addresses);
	symbols->here = (struct kernel_addresses){ wanted, count };
	begin_loading(symbols);
}

/* What is to be loaded later is loaded now, unless the address has its name already. */
static void load_for(struct kernel_symbols *symbols, uint64_t address)
{
	const char *reason;

	finish_loading(symbols);
	if (!symbols->later_path || kernel_addresses_are_in(&symbols->here, address, address + 1))
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
	size_t low = 0, high = symbols->lines.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->lines.items[middle].address <= address)
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
	const struct kept_line *line = &symbols->lines.items[number];
	uint64_t end = (line->address | (PAGE_BYTES - 1)) + 1;

	if (number + 1 < symbols->lines.count &&
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
	if (line < symbols->lines.count && symbols->lines.items[line].address < end)
		end = symbols->lines.items[line].address;
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
	const char *module;
	uint64_t start, end;
	size_t number;

	load_for(symbols, address);
	if (find_added(symbols, address, symbol))
		return true;
	number = count_lines_upto(symbols, address);
	if (!number--)
		return false;
	start = symbols->lines.items[number].address;
	end = end_of_line(symbols, number);
	module = kallsyms_lines_module(&symbols->lines, number);
	*symbol = (struct symbol){
		.name = string_pool_add(symbols->strings,
					kallsyms_lines_name(&symbols->lines, number)),
		.start = start,
		.size = end - start,
		.module = *module ? string_pool_add(symbols->strings, module) : NULL,
	};
	return address < end;
}
