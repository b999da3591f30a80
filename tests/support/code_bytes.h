/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a file's code, numbered: what a random address is drawn from.
 */
#ifndef SUPPORT_CODE_BYTES_H
#define SUPPORT_CODE_BYTES_H

#include "symbolize/elf_file.h"

struct code_part {
	uint64_t start, end; /* image addresses */
	uint64_t first;	     /* the number of its first byte */
};

/* Ordered; no byte is in two. */
struct code_bytes {
	struct code_part *parts;
	size_t count, capacity;
	uint64_t size;
};

/* Of functions, as the symbol table has them: the larger the more likely. */
void code_bytes_of_functions(struct code_bytes *bytes, const struct elf_file *file);

/* Of sections with code: also what lies between functions. */
void code_bytes_of_sections(struct code_bytes *bytes, const struct elf_file *file);

/* `number` is below the size. */
uint64_t code_bytes_address(const struct code_bytes *bytes, uint64_t number);
void code_bytes_deinit(struct code_bytes *bytes);

#endif
