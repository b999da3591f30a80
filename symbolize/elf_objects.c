/* SPDX-License-Identifier: MIT */
#include "symbolize/elf_objects.h"

#include "jitdump/xalloc.h"
#include "symbolize/elf_got.h"

#include <elf.h>
#include <stdlib.h>

struct elf_objects {
	struct elf_symbol_table table;
	struct elf_got got;
};

struct elf_objects *elf_objects_create(const struct elf_file *file,
				       const struct elf_file *debug_file)
{
	struct elf_objects *objects = xcalloc(1, sizeof(*objects));
	struct elf_symbol_table *table = &objects->table;

	elf_got_init(&objects->got, file, true);
	if (!elf_symbol_table_read(table, file, SHT_SYMTAB, ELF_SYMBOLS_OF_DATA) &&
	    !elf_symbol_table_read(table, debug_file, SHT_SYMTAB, ELF_SYMBOLS_OF_DATA))
		elf_symbol_table_read(table, file, SHT_DYNSYM, ELF_SYMBOLS_OF_DATA);
	return objects;
}

void elf_objects_destroy(struct elf_objects *objects)
{
	if (!objects)
		return;
	elf_symbol_table_deinit(&objects->table);
	elf_got_deinit(&objects->got);
	free(objects);
}

static bool find_slot(const struct elf_objects *objects, const struct elf_symbols *functions,
		      uint64_t image_address, struct elf_symbol *symbol)
{
	const struct elf_got_slot *slot = elf_got_find(&objects->got, image_address);
	struct elf_symbol resolver;

	if (!slot)
		return false;
	*symbol = (struct elf_symbol){
		.name = slot->name,
		.start = slot->start,
		.end = slot->start + ELF_GOT_SLOT_BYTES,
		.suffix = "@got",
	};
	if (!symbol->name && elf_symbols_find(functions, slot->resolver, &resolver))
		symbol->name = resolver.name;
	return symbol->name != NULL;
}

/* Slots first: an object may be the whole table. */
bool elf_objects_find(const struct elf_objects *objects, const struct elf_symbols *functions,
		      uint64_t image_address, struct elf_symbol *symbol)
{
	return find_slot(objects, functions, image_address, symbol) ||
	       elf_symbol_table_find(&objects->table, image_address, symbol);
}
