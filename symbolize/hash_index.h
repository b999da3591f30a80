/* SPDX-License-Identifier: MIT */
/*
 * A hash index over an array that somebody else owns.
 *
 * You give hashes of items that are numbered from 0; you get back the numbers whose hash is equal
 * in its low 32 bits, and compare the items yourself. It never sees an item, and holds 16 to 32
 * bytes for each.
 *
 *     for (struct hash_cursor c = hash_index_begin(&index, hash); hash_index_next(&index, &c);)
 *             if (item_equals(&items[c.number], key))
 *                     return c.number;
 *     hash_index_add(&index, hash, item_count);
 */
#ifndef SYMBOLIZE_HASH_INDEX_H
#define SYMBOLIZE_HASH_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_slot {
	uint32_t hash;
	uint32_t number; /* UINT32_MAX: free */
};

struct hash_index {
	struct hash_slot *slots;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

struct hash_cursor {
	uint32_t hash;
	size_t slot;
	uint32_t number; /* valid after hash_index_next() returned true */
};

/* A zeroed index is an empty one. */
void hash_index_deinit(struct hash_index *index);

struct hash_cursor hash_index_begin(const struct hash_index *index, uint64_t hash);
bool hash_index_next(const struct hash_index *index, struct hash_cursor *cursor);
void hash_index_add(struct hash_index *index, uint64_t hash, uint32_t number);

uint64_t hash_bytes(const void *bytes, size_t size);
uint64_t hash_u64(uint64_t value);
uint64_t hash_pair(uint64_t first, uint64_t second);

#endif
