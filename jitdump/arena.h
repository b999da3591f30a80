/* SPDX-License-Identifier: MIT */
/*
 * Memory that is given back all at once: names, rows and code of one log.
 */
#ifndef JITDUMP_ARENA_H
#define JITDUMP_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *blocks;
	size_t used, room; /* in the first block */
};

/* A zeroed arena is an empty one. */
void arena_deinit(struct arena *arena);

/* `size` bytes, aligned for any type. */
void *arena_reserve(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *bytes, size_t size);

#endif
