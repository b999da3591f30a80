/* SPDX-License-Identifier: MIT */
/*
 * The compressed sections of one ELF file that libelf cannot inflate: those of zstd, which elfutils
 * reads since 0.189.
 *
 * You give a section; you get its bytes, inflated once and kept. It never trusts the sizes that the
 * file tells.
 */
#ifndef SYMBOLIZE_INFLATED_SECTIONS_H
#define SYMBOLIZE_INFLATED_SECTIONS_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inflated_section {
	size_t number;
	uint8_t *bytes; /* NULL: it cannot be inflated */
	size_t size;
};

/* Zeroed is empty. */
struct inflated_sections {
	struct inflated_section *items;
	size_t count, capacity;
};

void inflated_sections_deinit(struct inflated_sections *sections);

/* Of the same `elf` every time. NULL: it is not compressed with zstd, or damaged. The bytes live
 * until deinit. */
const uint8_t *inflated_sections_get(struct inflated_sections *sections, Elf *elf, Elf_Scn *scn,
				     size_t *size);

#endif
