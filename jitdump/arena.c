/* SPDX-License-Identifier: MIT */
#include "jitdump/arena.h"

#include "jitdump/xalloc.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Blocks double from the least to the most: an arena may be for one record's few bytes. */
enum { LEAST_BLOCK_BYTES = 64, MOST_BLOCK_BYTES = 64 << 10 };

struct arena_block {
	struct arena_block *next;
	size_t size;
	alignas(16) uint8_t bytes[];
};

void arena_deinit(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	*arena = (struct arena){ 0 };
}

static struct arena_block *make_block(size_t size)
{
	struct arena_block *block = xcalloc(1, sizeof(*block) + size);

	block->size = size;
	return block;
}

/* A large piece gets a block of its own, behind the newest, which goes on being filled. */
static void *alloc_large(struct arena *arena, size_t size)
{
	struct arena_block *block = make_block(size);

	if (!arena->blocks) {
		arena->blocks = block;
		return block->bytes;
	}
	block->next = arena->blocks->next;
	arena->blocks->next = block;
	return block->bytes;
}

static size_t next_block_bytes(const struct arena *arena)
{
	size_t bytes = arena->blocks ? 2 * arena->blocks->size : LEAST_BLOCK_BYTES;

	return bytes < MOST_BLOCK_BYTES ? bytes : MOST_BLOCK_BYTES;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size = (size + 7) & ~(size_t)7;
	if (size > arena->left) {
		size_t block_bytes = next_block_bytes(arena);

		if (size > block_bytes / 4)
			return alloc_large(arena, size);
		struct arena_block *block = make_block(block_bytes);

		block->next = arena->blocks;
		arena->blocks = block;
		arena->left = block_bytes;
	}
	uint8_t *piece = arena->blocks->bytes + arena->blocks->size - arena->left;

	arena->left -= size;
	return piece;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
	void *copy = arena_alloc(arena, size);

	if (size > 0)
		memcpy(copy, bytes, size);
	return copy;
}

/* Behind what was handed out of a block that others came after, some bytes may be free. */
static size_t used_bytes(const struct arena *arena, const struct arena_block *block)
{
	return block == arena->blocks ? block->size - arena->left : block->size;
}

struct arena arena_packed(const struct arena *arena)
{
	struct arena packed = { 0 };
	size_t size = 0;

	for (const struct arena_block *block = arena->blocks; block; block = block->next)
		size += used_bytes(arena, block);
	if (!size)
		return packed;
	packed.blocks = make_block(size);
	for (const struct arena_block *block = arena->blocks; block; block = block->next) {
		size -= used_bytes(arena, block);
		memcpy(packed.blocks->bytes + size, block->bytes, used_bytes(arena, block));
	}
	return packed;
}

const void *arena_piece_in(const struct arena *packed, const struct arena *arena, const void *piece)
{
	uintptr_t address = (uintptr_t)piece;
	size_t at = packed->blocks ? packed->blocks->size : 0;

	for (const struct arena_block *block = arena->blocks; block; block = block->next) {
		size_t used = used_bytes(arena, block);

		at -= used;
		if (address - (uintptr_t)block->bytes < used)
			return packed->blocks->bytes + at + (address - (uintptr_t)block->bytes);
	}
	return piece;
}
