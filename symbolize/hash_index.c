/* SPDX-License-Identifier: MIT */
#include "symbolize/hash_index.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define FREE_SLOT UINT32_MAX

void hash_index_deinit(struct hash_index *index)
{
	free(index->slots);
	*index = (struct hash_index){ 0 };
}

struct hash_cursor hash_index_begin(const struct hash_index *index, uint64_t hash)
{
	return (struct hash_cursor){
		.hash = (uint32_t)hash,
		.slot = index->capacity ? hash & (index->capacity - 1) : 0,
		.number = FREE_SLOT,
	};
}

bool hash_index_next(const struct hash_index *index, struct hash_cursor *cursor)
{
	if (!index->capacity)
		return false;
	for (;;) {
		struct hash_slot slot = index->slots[cursor->slot];

		if (slot.number == FREE_SLOT)
			return false;
		cursor->slot = (cursor->slot + 1) & (index->capacity - 1);
		if (slot.hash == cursor->hash) {
			cursor->number = slot.number;
			return true;
		}
	}
}

static void place(struct hash_index *index, struct hash_slot placed)
{
	size_t slot = placed.hash & (index->capacity - 1);

	while (index->slots[slot].number != FREE_SLOT)
		slot = (slot + 1) & (index->capacity - 1);
	index->slots[slot] = placed;
}

static void grow(struct hash_index *index)
{
	struct hash_index old = *index;

	index->capacity = old.capacity ? old.capacity * 2 : 64;
	index->slots = xmalloc(index->capacity * sizeof(*index->slots));
	memset(index->slots, 0xff, index->capacity * sizeof(*index->slots));
	for (size_t slot = 0; slot < old.capacity; slot++) {
		if (old.slots[slot].number != FREE_SLOT)
			place(index, old.slots[slot]);
	}
	hash_index_deinit(&old);
}

void hash_index_add(struct hash_index *index, uint64_t hash, uint32_t number)
{
	/* At most half full: a miss, the common case of interning something new, stays short. */
	if (index->count * 2 >= index->capacity)
		grow(index);
	place(index, (struct hash_slot){ (uint32_t)hash, number });
	index->count++;
}

/* The finalizer of splitmix64: every input bit reaches the low bits, which choose the slot. */
uint64_t hash_u64(uint64_t value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
	return value ^ (value >> 31);
}

uint64_t hash_pair(uint64_t first, uint64_t second)
{
	return hash_u64(first + 0x9e3779b97f4a7c15u * (second + 1));
}

uint64_t hash_bytes(const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	uint64_t hash = hash_u64(size);

	for (; size >= sizeof(uint64_t); at += sizeof(uint64_t), size -= sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, at, sizeof(word));
		hash = hash_pair(hash, word);
	}
	if (size) {
		uint64_t word = 0;

		memcpy(&word, at, size);
		hash = hash_pair(hash, word);
	}
	return hash;
}
