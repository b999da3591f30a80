/* SPDX-License-Identifier: MIT */
/*
 * The entries of an x86-64 file's procedure linkage table: which function each one jumps to.
 *
 * You give the file; you get the entry around an address. It knows .plt, .plt.sec and .plt.got by
 * their instructions and the relocations of the slots they jump through, so the order that a
 * linker chose does not matter. Other machines' tables are empty.
 */
#ifndef SYMBOLIZE_ELF_PLT_H
#define SYMBOLIZE_ELF_PLT_H

#include "symbolize/elf_file.h"

struct elf_plt_entry {
	uint64_t start, end; /* image addresses */
	const char *name;    /* of the dynamic symbol; in the file. NULL: the resolver's */
	uint64_t resolver;   /* image address of an IFUNC's resolver */
};

struct elf_plt {
	struct elf_plt_entry *entries; /* by address */
	size_t count, capacity;
};

/* `file` outlives the table. */
void elf_plt_init(struct elf_plt *plt, const struct elf_file *file);
void elf_plt_deinit(struct elf_plt *plt);

/* NULL: none. */
const struct elf_plt_entry *elf_plt_find(const struct elf_plt *plt, uint64_t image_address);

#endif
