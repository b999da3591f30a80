/* SPDX-License-Identifier: MIT */
/*
 * The functions of an ELF file by address.
 *
 * You give the file, and those that have the rest of its symbols if there are any; you get the
 * symbol that covers an address: of several names for one place, the one a person would choose. It
 * never demangles, and never guesses beyond the end of a symbol.
 */
#ifndef SYMBOLIZE_ELF_SYMBOLS_H
#define SYMBOLIZE_ELF_SYMBOLS_H

#include "symbolize/elf_symbol_table.h"

struct elf_symbols;

/* True where there is a symbol table besides the dynamic one. */
bool elf_symbols_are_in(const struct elf_file *file);

/* The files outlive the symbols. The debug file counts where the file itself is stripped; the mini
 * debug file where that has no symbols either. Both may be NULL. */
struct elf_symbols *elf_symbols_create(const struct elf_file *file,
				       const struct elf_file *debug_file,
				       const struct elf_file *mini_debug_file);
void elf_symbols_destroy(struct elf_symbols *symbols);

/* True where only the dynamic symbols are left: static functions have no names. */
bool elf_symbols_are_exported_only(const struct elf_symbols *symbols);

bool elf_symbols_find(const struct elf_symbols *symbols, uint64_t image_address,
		      struct elf_symbol *symbol);

/* Where the next symbol begins; UINT64_MAX behind the last. */
uint64_t elf_symbols_next(const struct elf_symbols *symbols, uint64_t image_address);

#endif
