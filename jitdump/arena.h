/* SPDX-License-Identifier: MIT */
/*
 * Memory that is given back all at once.
 *
 * You give sizes; you get zeroed memory, aligned for any number, that stays where it is. It never
 * gives back one piece alone. Not thread-safe.
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

/*
 * A copy that takes no more memory than what was handed out, and where a piece of the arena is in
 * it. A pointer that is not into the arena stays as it is.
 */
struct arena arena_packed(const struct arena *arena);
const void *arena_piece_in(const struct arena *packed, const struct arena *arena,
			   const void *piece);

void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
void *arena_copy(struct arena *arena, const void *bytes, size_t size)
	__attribute__((returns_nonnull));

#endif
