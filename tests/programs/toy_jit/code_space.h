/* SPDX-License-Identifier: MIT */
/*
 * The memory that generated code runs in, and who lives where in it.
 *
 * You give bytes; you get them at an address of their own pages, never writable and executable at
 * once. Freed pages are given to other code soon: the lowest that are free and suffice. It never
 * locks: the runtime lets one thread at a time change it; code_space_find() may run beside that
 * for code that is in use.
 */
#ifndef TOY_JIT_CODE_SPACE_H
#define TOY_JIT_CODE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emitter.h"

/* One piece of generated code in its place. */
struct code {
	const char *name; /* borrowed */
	uint8_t *address;
	size_t size;
	size_t reserved_bytes; /* behind the code, nobody else's */
	size_t first_page, page_count;
	uint64_t index; /* in the jitdump */
	struct call_site *calls;
	size_t call_count;
};

struct code_space {
	uint8_t *start;
	size_t page_count;
	struct code **owners; /* per page; NULL: free */
	bool *was_used;	      /* per page */
	size_t placed_count;
	size_t reused_count; /* how many of them lie where other code did */
};

void code_space_init(struct code_space *space);
void code_space_deinit(struct code_space *space);

/* Sets the code's address, pages, size and reserved_bytes; the space refers to `code` then. */
void code_space_place(struct code_space *space, struct code *code, const void *bytes, size_t size,
		      size_t reserved_bytes);
void code_space_free(struct code_space *space, struct code *code);

/* The code around an address, or NULL. */
const struct code *code_space_find(const struct code_space *space, uintptr_t address);

#endif
