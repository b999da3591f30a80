/* SPDX-License-Identifier: MIT */
#include "symbolize/elf_symbols.h"

#include "jitdump/xalloc.h"
#include "symbolize/elf_plt.h"

#include <elf.h>
#include <stdlib.h>

/* What is exported, and what MiniDebugInfo adds to it; else one table has it all. */
enum { TABLE_COUNT = 2 };

struct elf_symbols {
	struct elf_symbol_table tables[TABLE_COUNT];
	struct elf_plt plt;
	bool is_exported_only;
};

bool elf_symbols_are_in(const struct elf_file *file)
{
	struct elf_section section;

	return elf_file_section_of_type(file, SHT_SYMTAB, &section) && section.bytes;
}

struct elf_symbols *elf_symbols_create(const struct elf_file *file,
				       const struct elf_file *debug_file,
				       const struct elf_file *mini_debug_file)
{
	struct elf_symbols *symbols = xcalloc(1, sizeof(*symbols));
	struct elf_symbol_table *tables = symbols->tables;

	elf_plt_init(&symbols->plt, file);
	if (!elf_symbol_table_read(&tables[0], file, SHT_SYMTAB, ELF_SYMBOLS_OF_CODE) &&
	    !elf_symbol_table_read(&tables[0], debug_file, SHT_SYMTAB, ELF_SYMBOLS_OF_CODE)) {
		elf_symbol_table_read(&tables[0], file, SHT_DYNSYM, ELF_SYMBOLS_OF_CODE);
		symbols->is_exported_only = !elf_symbol_table_read(&tables[1], mini_debug_file,
								   SHT_SYMTAB, ELF_SYMBOLS_OF_CODE);
	}
	return symbols;
}

void elf_symbols_destroy(struct elf_symbols *symbols)
{
	if (!symbols)
		return;
	for (size_t i = 0; i < TABLE_COUNT; i++)
		elf_symbol_table_deinit(&symbols->tables[i]);
	elf_plt_deinit(&symbols->plt);
	free(symbols);
}

bool elf_symbols_are_exported_only(const struct elf_symbols *symbols)
{
	return symbols->is_exported_only;
}

/* Of two tables' functions around the address, the one that starts last. */
static bool find_function(const struct elf_symbols *symbols, uint64_t image_address,
			  struct elf_symbol *symbol)
{
	bool is_found = false;

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		struct elf_symbol found;

		if (!elf_symbol_table_find(&symbols->tables[i], image_address, &found) ||
		    (is_found && found.start <= symbol->start))
			continue;
		*symbol = found;
		is_found = true;
	}
	return is_found;
}

static bool find_plt_entry(const struct elf_symbols *symbols, uint64_t image_address,
			   struct elf_symbol *symbol)
{
	const struct elf_plt_entry *entry = elf_plt_find(&symbols->plt, image_address);
	struct elf_symbol resolver;

	if (!entry)
		return false;
	*symbol = (struct elf_symbol){
		.name = entry->name,
		.start = entry->start,
		.end = entry->end,
		.suffix = "@plt",
	};
	if (!symbol->name && find_function(symbols, entry->resolver, &resolver))
		symbol->name = resolver.name;
	return symbol->name != NULL;
}

bool elf_symbols_find(const struct elf_symbols *symbols, uint64_t image_address,
		      struct elf_symbol *symbol)
{
	return find_function(symbols, image_address, symbol) ||
	       find_plt_entry(symbols, image_address, symbol);
}

uint64_t elf_symbols_next(const struct elf_symbols *symbols, uint64_t image_address)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < TABLE_COUNT; i++) {
		const struct range_table *functions = &symbols->tables[i].ranges;
		size_t place = range_table_count_upto(functions, image_address);

		if (place < functions->count && functions->ranges[place].start < next)
			next = functions->ranges[place].start;
	}
	return next;
}
