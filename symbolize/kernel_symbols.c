/* SPDX-License-Identifier: MIT */
#include "symbolize/kernel_symbols.h"

#include "jitdump/xalloc.h"
#include "symbolize/string_pool.h"
#include "symbolize/symbol_name.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

/* One line of kallsyms. */
struct line {
	uint64_t address;
	char type;
	const char *name;
	const char *module; /* "" for the kernel proper */
};

/* Added one by one: by address, without overlaps. */
struct added {
	uint64_t start;
	uint64_t end; /* equal to start: up to the next symbol */
	const char *name, *module;
};

struct kernel_symbols {
	struct string_pool *strings;
	char *text; /* kallsyms, its lines cut into strings */
	struct line *lines;
	size_t line_count, line_capacity;
	struct added *added;
	size_t added_count, added_capacity;
};

struct kernel_symbols *kernel_symbols_create(struct string_pool *strings)
{
	struct kernel_symbols *symbols = xcalloc(1, sizeof(*symbols));

	symbols->strings = strings;
	return symbols;
}

void kernel_symbols_destroy(struct kernel_symbols *symbols)
{
	if (!symbols)
		return;
	free(symbols->text);
	free(symbols->lines);
	free(symbols->added);
	free(symbols);
}

/* The whole file and a NUL; its size is not known before. NULL: it cannot be read. */
static char *read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 0, capacity = 0;
	char *text = NULL;
	ssize_t count;

	if (fd < 0)
		return NULL;
	do {
		if (capacity - size < 1 << 16) {
			capacity = capacity ? 2 * capacity : 1 << 20;
			text = xrealloc(text, capacity);
		}
		count = read(fd, text + size, capacity - size - 1);
		size += count > 0 ? (size_t)count : 0;
	} while (count > 0);
	close(fd);
	text[size] = '\0';
	if (count < 0 || !size) {
		free(text);
		return NULL;
	}
	return text;
}

static uint64_t take_hex(const char **at)
{
	uint64_t value = 0;

	for (;; (*at)++) {
		char c = **at;

		if (c >= '0' && c <= '9')
			value = value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return value;
	}
}

/* Cuts `ADDRESS TYPE NAME[\t[MODULE]]`. False if it is not such a line. */
static bool parse_line(char *text, struct line *line)
{
	const char *at = text;
	char *name, *tab, *close;

	line->address = take_hex(&at);
	if (at == text || at[0] != ' ' || !at[1] || at[2] != ' ' || !at[3])
		return false;
	line->type = at[1];
	name = text + (at - text) + 3;
	line->name = name;
	line->module = "";
	tab = strchr(name, '\t');
	if (!tab)
		return true;
	*tab = '\0';
	close = strchr(tab + 1, ']');
	if (tab[1] == '[' && close) {
		*close = '\0';
		line->module = tab + 2;
	}
	return true;
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
static int compare_lines(const void *a, const void *b)
{
	const struct line *first = a, *second = b;

	if (first->address != second->address)
		return first->address < second->address ? -1 : 1;
	if (binding_rank(first->type) != binding_rank(second->type))
		return binding_rank(first->type) - binding_rank(second->type);
	return symbol_name_compare(first->name, second->name);
}

static void parse_text(struct kernel_symbols *symbols)
{
	struct line line;

	for (char *at = symbols->text, *end; *at; at = end) {
		end = strchrnul(at, '\n');
		if (*end)
			*end++ = '\0';
		if (!parse_line(at, &line) || !line.address || !is_text(line.type) ||
		    symbol_name_is_mapping(line.name))
			continue;
		symbols->lines = xgrow(symbols->lines, symbols->line_count, &symbols->line_capacity,
				       sizeof(*symbols->lines));
		symbols->lines[symbols->line_count++] = line;
	}
}

static void keep_best_names(struct kernel_symbols *symbols)
{
	size_t kept = 0;

	qsort(symbols->lines, symbols->line_count, sizeof(*symbols->lines), compare_lines);
	for (size_t i = 0; i < symbols->line_count; i++)
		if (!kept || symbols->lines[kept - 1].address != symbols->lines[i].address)
			symbols->lines[kept++] = symbols->lines[i];
	symbols->line_count = kept;
}

bool kernel_symbols_load(struct kernel_symbols *symbols, const char *path, const char **reason)
{
	free(symbols->text);
	symbols->line_count = 0;
	symbols->text = read_text(path);
	if (!symbols->text) {
		*reason = "the kernel's symbol list (/proc/kallsyms) cannot be read";
		return false;
	}
	parse_text(symbols);
	if (!symbols->line_count) {
		*reason = "kernel.kptr_restrict hides their addresses: "
			  "`sudo sysctl kernel.kptr_restrict=0`, or run as root";
		return false;
	}
	keep_best_names(symbols);
	return true;
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
	    (line[1].address < end || !strcmp(line[1].module, line->module)))
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

bool kernel_symbols_find(const struct kernel_symbols *symbols, uint64_t address,
			 struct symbol *symbol)
{
	size_t number = count_lines_upto(symbols, address);
	const struct line *line;
	uint64_t end;

	if (find_added(symbols, address, symbol))
		return true;
	if (!number--)
		return false;
	line = &symbols->lines[number];
	end = end_of_line(symbols, number);
	*symbol = (struct symbol){
		.name = string_pool_add(symbols->strings, line->name),
		.start = line->address,
		.size = end - line->address,
		.module = *line->module ? string_pool_add(symbols->strings, line->module) : NULL,
	};
	return address < end;
}
