/* SPDX-License-Identifier: MIT */
/*
 * The slots of an x86-64 file's global offset table that the dynamic linker fills: what with.
 *
 * You give the file; you get the slot at an address, by the relocations. It never tells what is in a
 * slot that holds an address of the file itself. Other machines' tables are empty.
 */
#ifndef SYMBOLIZE_ELF_GOT_H
#define SYMBOLIZE_ELF_GOT_H

#include "symbolize/elf_file.h"

struct elf_got_slot {
	uint64_t start;	   /* image address; a slot has ELF_GOT_SLOT_BYTES */
	const char *name;  /* of the dynamic symbol; in the file. NULL: the resolver's */
	uint64_t resolver; /* image address of an IFUNC's resolver */
};

enum { ELF_GOT_SLOT_BYTES = 8 };

struct elf_got {
	struct elf_got_slot *slots;	 /* in the order of the relocations */
	struct elf_got_slot *by_address; /* the same */
	size_t count, capacity;
	size_t lazy_count; /* the first ones, in the order of .rela.plt */
};

/* The slots that functions are called through lazily; and, where they are wanted, those that are
 * filled at once, which may be many. `file` outlives the table. */
void elf_got_init(struct elf_got *got, const struct elf_file *file, bool with_all);
void elf_got_deinit(struct elf_got *got);

/* The slot that the address is in; NULL: none. */
const struct elf_got_slot *elf_got_find(const struct elf_got *got, uint64_t image_address);

#endif
