/* SPDX-License-Identifier: MIT */
/*
 * The data of an ELF file by address: its objects, and the slots of its global offset table.
 *
 * You give the file, and the one that has the rest of its symbols if there is one; you get what
 * covers an address that code reads or writes. It never tells functions (elf_symbols.h does), and
 * has no answer between objects: what is after one need not belong to it.
 */
#ifndef SYMBOLIZE_ELF_OBJECTS_H
#define SYMBOLIZE_ELF_OBJECTS_H

#include "symbolize/elf_symbols.h"

struct elf_objects;

/* The files outlive the objects. The debug file, which may be NULL, counts where the file itself is
 * stripped. */
struct elf_objects *elf_objects_create(const struct elf_file *file,
				       const struct elf_file *debug_file);
void elf_objects_destroy(struct elf_objects *objects);

/* `functions`: of the same file, for the names of slots that are an IFUNC's. */
bool elf_objects_find(const struct elf_objects *objects, const struct elf_symbols *functions,
		      uint64_t image_address, struct elf_symbol *symbol);

#endif
