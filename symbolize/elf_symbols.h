/* SPDX-License-Identifier: MIT */
/*
 * The functions of an ELF file by address.
 *
 * You give the file, and its separate debug file if there is one; you get the symbol that covers
 * an address: of several names for one place, the one a person would choose. It never demangles,
 * and never guesses beyond the end of a symbol.
 */
#ifndef SYMBOLIZE_ELF_SYMBOLS_H
#define SYMBOLIZE_ELF_SYMBOLS_H

#include "symbolize/elf_file.h"

struct elf_symbols;

struct elf_symbol {
	const char *name;    /* as linked, perhaps with "@VERSION"; in the file */
	uint64_t start, end; /* image addresses */
	bool is_plt_entry;   /* it jumps to the function of this name */
};

/* Both files outlive the symbols; `debug_file` may be NULL. */
struct elf_symbols *elf_symbols_create(const struct elf_file *file,
				       const struct elf_file *debug_file);
void elf_symbols_destroy(struct elf_symbols *symbols);

/* True where only the dynamic symbols are left: static functions have no names. */
bool elf_symbols_are_exported_only(const struct elf_symbols *symbols);

bool elf_symbols_find(const struct elf_symbols *symbols, uint64_t image_address,
		      struct elf_symbol *symbol);

/* Where the next symbol begins; UINT64_MAX behind the last. */
uint64_t elf_symbols_next(const struct elf_symbols *symbols, uint64_t image_address);

#endif
