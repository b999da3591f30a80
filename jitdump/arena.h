/* SPDX-License-Identifier: MIT */
/*
 * Memory that is given back all at once.
 *
 * You give sizes; you get zeroed memory, aligned for any number, that stays where it is. It never
 * gives back one piece alone.
 */
#ifndef JITDUMP_ARENA_H
#define JITDUMP_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *blocks; /* the newest first */
	size_t left;		    /* free bytes at the end of the newest */
};

/* A zeroed arena is an empty one. */
void arena_deinit(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
void *arena_copy(struct arena *arena, const void *bytes, size_t size)
	__attribute__((returns_nonnull));

#endif
