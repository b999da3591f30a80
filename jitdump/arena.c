/* SPDX-License-Identifier: MIT */
#include "jitdump/arena.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 256 * 1024, ALIGNMENT = 16 };

struct arena_block {
	struct arena_block *next;
	_Alignas(ALIGNMENT) unsigned char bytes[];
};

void arena_deinit(struct arena *arena)
{
	for (struct arena_block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	*arena = (struct arena){ 0 };
}

void *arena_reserve(struct arena *arena, size_t size)
{
	size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

	if (arena->room - arena->used < rounded) {
		size_t room = rounded > BLOCK_BYTES ? rounded : BLOCK_BYTES;
		struct arena_block *block = xmalloc(sizeof(*block) + room);

		block->next = arena->blocks;
		arena->blocks = block;
		arena->used = 0;
		arena->room = room;
	}
	void *memory = arena->blocks->bytes + arena->used;

	arena->used += rounded;
	return memory;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
	void *copy = arena_reserve(arena, size);

	if (size)
		memcpy(copy, bytes, size);
	return copy;
}
