/* SPDX-License-Identifier: MIT */
/*
 * Names of kernel addresses.
 *
 * You give /proc/kallsyms text, or single symbols (a recording's own, BPF programs from KSYMBOL
 * events); you get the symbol that covers an address. It never decides whether a kallsyms belongs
 * to the boot that was recorded: the profiler does, before it loads one.
 */
#ifndef SYMBOLIZE_KERNEL_SYMBOLS_H
#define SYMBOLIZE_KERNEL_SYMBOLS_H

#include "symbolize/image.h"

struct kernel_symbols;
struct string_pool;

struct kernel_symbols *kernel_symbols_create(struct string_pool *strings);
void kernel_symbols_destroy(struct kernel_symbols *symbols);

/* Addresses that will be asked for, ascending. */
struct kernel_addresses {
	const uint64_t *addresses;
	size_t count;
};

/*
 * Reads text symbols from a file like /proc/kallsyms: all, or (`wanted` not NULL) those that name
 * the wanted addresses; others may then have no name or a wrong one. False if the file cannot be
 * read or all its addresses are 0 (kernel.kptr_restrict): *reason is a static sentence with the
 * remedy then.
 */
bool kernel_symbols_load(struct kernel_symbols *symbols, const char *path,
			 const struct kernel_addresses *wanted, const char **reason);

/* The same, of all, when an address is first asked for: it takes 0.1 s, and many recordings have
 * no kernel address. Where the file cannot be read then, nothing has a name. */
void kernel_symbols_load_later(struct kernel_symbols *symbols, const char *path);

/* Begins to load what names these addresses (in any order), of what is to be loaded later: the first
 * that is asked for waits until it is there. Any other address still has its right name. */
void kernel_symbols_prepare(struct kernel_symbols *symbols, const uint64_t *addresses,
			    size_t count);

/* `size` 0: up to the next symbol. `module` may be NULL. A later symbol over the same range wins. */
void kernel_symbols_add(struct kernel_symbols *symbols, uint64_t address, uint64_t size,
			const char *name, const char *module);

bool kernel_symbols_find(struct kernel_symbols *symbols, uint64_t address, struct symbol *symbol);

/* The table of the kernel image of a symbolizer; owned by it. */
struct kernel_symbols *symbolizer_kernel_symbols(struct symbolizer *symbolizer);

#endif
