/* SPDX-License-Identifier: MIT */
/*
 * What is kept of /proc/kallsyms: text symbols by address, each address once.
 *
 * You give the path, and addresses that will be asked for; you get the lines that name them, in
 * little memory: there are hundreds of thousands, of which few are ever asked for. It never finds an
 * address: symbolize/kernel_symbols.h does.
 */
#ifndef SYMBOLIZE_KALLSYMS_LINES_H
#define SYMBOLIZE_KALLSYMS_LINES_H

#include "symbolize/kallsyms.h"
#include "symbolize/kernel_symbols.h"

struct kept_line {
	uint64_t address;
	uint32_t name;	 /* where it begins in `texts` */
	uint16_t module; /* in `modules` */
	char type;
};

/* Zeroed is empty. */
struct kallsyms_lines {
	struct kept_line *items; /* by address */
	size_t count, capacity;
	char *texts; /* each with a NUL behind it */
	size_t text_bytes, text_room;
	uint32_t *modules; /* where they begin in `texts`; the first is "", the kernel proper */
	size_t module_count, module_capacity;
};

void kallsyms_lines_deinit(struct kallsyms_lines *lines);

/* In the place of what was there; the rest is as in kernel_symbols_load(). May run in any thread. */
bool kallsyms_lines_load(struct kallsyms_lines *lines, const char *path,
			 const struct kernel_addresses *wanted, const char **reason);

static inline const char *kallsyms_lines_name(const struct kallsyms_lines *lines, size_t number)
{
	return lines->texts + lines->items[number].name;
}

static inline const char *kallsyms_lines_module(const struct kallsyms_lines *lines, size_t number)
{
	return lines->texts + lines->modules[lines->items[number].module];
}

/* Whether one of them is in [start, end). */
bool kernel_addresses_are_in(const struct kernel_addresses *addresses, uint64_t start,
			     uint64_t end);

#endif
