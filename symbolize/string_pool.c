/* SPDX-License-Identifier: MIT */
#include "symbolize/string_pool.h"

#include "jitdump/text.h"
#include "jitdump/xalloc.h"
#include "symbolize/hash_index.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024 };

/* Texts lie one after another in blocks that never move. */
struct block {
	struct block *next;
	char bytes[];
};

struct string_pool {
	struct hash_index index;
	const char **texts;
	size_t count, capacity;
	struct block *blocks; /* the first is the one being filled */
	size_t used, room;    /* in it */
	size_t bytes;	      /* of all blocks */
};

struct string_pool *string_pool_create(void)
{
	return xcalloc(1, sizeof(struct string_pool));
}

void string_pool_destroy(struct string_pool *pool)
{
	if (!pool)
		return;
	for (struct block *block = pool->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	hash_index_deinit(&pool->index);
	free(pool->texts);
	free(pool);
}

size_t string_pool_bytes(const struct string_pool *pool)
{
	return pool->bytes;
}

static char *reserve(struct string_pool *pool, size_t size)
{
	if (pool->room - pool->used < size) {
		size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
		struct block *block = xmalloc(sizeof(*block) + room);

		block->next = pool->blocks;
		pool->blocks = block;
		pool->used = 0;
		pool->room = room;
		pool->bytes += room;
	}
	char *bytes = pool->blocks->bytes + pool->used;

	pool->used += size;
	return bytes;
}

const char *string_pool_add(struct string_pool *pool, const char *text)
{
	return string_pool_add_bytes(pool, text, strlen(text));
}

const char *string_pool_add_bytes(struct string_pool *pool, const char *bytes, size_t length)
{
	uint64_t hash = hash_bytes(bytes, length);

	for (struct hash_cursor c = hash_index_begin(&pool->index, hash);
	     hash_index_next(&pool->index, &c);) {
		const char *text = pool->texts[c.number];

		if (strlen(text) == length && !memcmp(text, bytes, length))
			return text;
	}
	char *copy = reserve(pool, length + 1);

	memcpy(copy, bytes, length);
	copy[length] = '\0';
	pool->texts = xgrow(pool->texts, pool->count, &pool->capacity, sizeof(*pool->texts));
	hash_index_add(&pool->index, hash, (uint32_t)pool->count);
	pool->texts[pool->count++] = copy;
	return copy;
}

const char *string_pool_add_printable(struct string_pool *pool, const char *bytes, size_t length)
{
	char *copy = xstrndup(bytes, length);
	const char *text;

	text_replace_controls(copy, strlen(copy));
	text = string_pool_add(pool, copy);
	free(copy);
	return text;
}
