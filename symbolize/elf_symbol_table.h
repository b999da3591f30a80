/* SPDX-License-Identifier: MIT */
/*
 * One symbol table of an ELF file by address.
 *
 * You give the file, which of its tables, and whether its code or its data is meant; you get the
 * symbol that covers an address: of several names for one place, the one a person would choose. It
 * never demangles, and never guesses beyond the end of a symbol.
 */
#ifndef SYMBOLIZE_ELF_SYMBOL_TABLE_H
#define SYMBOLIZE_ELF_SYMBOL_TABLE_H

#include "symbolize/elf_file.h"
#include "symbolize/range_table.h"

struct elf_symbol {
	const char *name;    /* as linked, perhaps with "@VERSION"; in the file */
	uint64_t start, end; /* image addresses */
	const char *suffix;  /* NULL, or it is not what has this name: "@plt" jumps to it, "@got"
				holds its address */
};

/* A zeroed one is empty. */
struct elf_symbol_table {
	struct range_table ranges; /* numbered by their names' offset in `names` */
	const char *names;
};

enum elf_symbols_of {
	ELF_SYMBOLS_OF_CODE, /* functions, labels, and tables that lie among them */
	ELF_SYMBOLS_OF_DATA, /* objects whose size is known */
};

/* `type`: SHT_SYMTAB or SHT_DYNSYM. The file, which may be NULL, outlives the table. False: it has
 * no such table, or nothing that is meant in it. */
bool elf_symbol_table_read(struct elf_symbol_table *table, const struct elf_file *file,
			   uint32_t type, enum elf_symbols_of meant);
void elf_symbol_table_deinit(struct elf_symbol_table *table);

bool elf_symbol_table_find(const struct elf_symbol_table *table, uint64_t image_address,
			   struct elf_symbol *symbol);

#endif
