/* SPDX-License-Identifier: MIT */
#include "symbolize/kallsyms_lines.h"

#include "jitdump/xalloc.h"
#include "symbolize/symbol_name.h"

#include <stdlib.h>
#include <string.h>

void kallsyms_lines_deinit(struct kallsyms_lines *lines)
{
	free(lines->items);
	free(lines->texts);
	free(lines->modules);
	*lines = (struct kallsyms_lines){ 0 };
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
	const struct kept_line *first = a, *second = b;
	const char *texts = context;

	return compare_lines(
		&(struct kallsyms_line){ first->address, first->type, texts + first->name, "" },
		&(struct kallsyms_line){ second->address, second->type, texts + second->name, "" });
}

static uint32_t keep_text(struct kallsyms_lines *lines, const char *text)
{
	size_t size = strlen(text) + 1, at = lines->text_bytes;

	if (size > lines->text_room - at) {
		lines->text_room = 2 * lines->text_room + size;
		lines->texts = xrealloc(lines->texts, lines->text_room);
	}
	memcpy(lines->texts + at, text, size);
	lines->text_bytes += size;
	return (uint32_t)at;
}

/* Lines of one module mostly follow each other. More modules than fit are the kernel proper. */
static uint16_t keep_module(struct kallsyms_lines *lines, const char *module)
{
	for (size_t i = lines->module_count; i-- > 0;) {
		if (!strcmp(lines->texts + lines->modules[i], module))
			return (uint16_t)i;
	}
	if (lines->module_count > UINT16_MAX)
		return 0;
	lines->modules = xgrow(lines->modules, lines->module_count, &lines->module_capacity,
			       sizeof(*lines->modules));
	lines->modules[lines->module_count] = keep_text(lines, module);
	return (uint16_t)lines->module_count++;
}

/* Beyond 4 GiB of texts there is no line. */
static void keep_line(struct kallsyms_lines *lines, const struct kallsyms_line *line)
{
	if (lines->text_bytes > UINT32_MAX)
		return;
	lines->items = xgrow(lines->items, lines->count, &lines->capacity, sizeof(*lines->items));
	lines->items[lines->count++] = (struct kept_line){
		.address = line->address,
		.name = keep_text(lines, line->name),
		.module = keep_module(lines, line->module),
		.type = line->type,
	};
}

/* By address; at one address the best name comes first. */
static void keep_best_names(struct kallsyms_lines *lines)
{
	size_t kept = 0;

	if (lines->count)
		qsort_r(lines->items, lines->count, sizeof(*lines->items), compare_kept,
			lines->texts);
	for (size_t i = 0; i < lines->count; i++)
		if (!kept || lines->items[kept - 1].address != lines->items[i].address)
			lines->items[kept++] = lines->items[i];
	lines->count = lines->capacity = kept;
	lines->items = xrealloc(lines->items, kept * sizeof(*lines->items));
	lines->text_room = lines->text_bytes;
	lines->texts = xrealloc(lines->texts, lines->text_bytes);
}

bool kernel_addresses_are_in(const struct kernel_addresses *addresses, uint64_t start, uint64_t end)
{
	size_t low = 0, high = addresses->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addresses->addresses[middle] < start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < addresses->count && addresses->addresses[low] < end;
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

static void select_line(struct kallsyms_lines *lines, struct selection *selection,
			const struct kallsyms_line *line)
{
	const struct kallsyms_line *held = &selection->held;
	bool is_wanted_between;

	if (selection->is_holding && held->address == line->address) {
		if (compare_lines(line, held) < 0)
			hold(selection, line);
		return;
	}
	is_wanted_between =
		!selection->wanted || !selection->is_holding || line->address < held->address ||
		kernel_addresses_are_in(selection->wanted, held->address, line->address);
	if (selection->is_holding && (selection->is_held_wanted || is_wanted_between))
		keep_line(lines, held);
	selection->is_held_wanted = is_wanted_between;
	hold(selection, line);
}

/* False if there is no address at all. */
static bool load_lines(struct kallsyms_lines *lines, struct kallsyms *kallsyms,
		       const struct kernel_addresses *wanted)
{
	struct selection selection = { .wanted = wanted };
	struct kallsyms_line line;

	while (kallsyms_next(kallsyms, &line)) {
		if (line.address && is_text(line.type) && !symbol_name_is_mapping(line.name))
			select_line(lines, &selection, &line);
	}
	if (selection.is_holding)
		keep_line(lines, &selection.held);
	return selection.is_holding;
}

bool kallsyms_lines_load(struct kallsyms_lines *lines, const char *path,
			 const struct kernel_addresses *wanted, const char **reason)
{
	struct kallsyms *kallsyms = kallsyms_open(path);

	lines->count = lines->text_bytes = lines->module_count = 0;
	keep_module(lines, "");
	if (!kallsyms) {
		*reason = "the kernel's symbol list (/proc/kallsyms) cannot be read";
		return false;
	}
	if (!load_lines(lines, kallsyms, wanted)) {
		kallsyms_close(kallsyms);
		*reason = "kernel.kptr_restrict hides their addresses: "
			  "`sudo sysctl kernel.kptr_restrict=0`, or run as root";
		return false;
	}
	kallsyms_close(kallsyms);
	keep_best_names(lines);
	return true;
}
