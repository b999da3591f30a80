/* SPDX-License-Identifier: MIT */
/*
 * Things by number, of which most are gone.
 *
 * You give a thing and get its number, from 0 on; by its number you get it back, or NULL once it was
 * taken out. It takes the memory of the numbers that have a thing, and one byte for eight that have
 * not. It never owns a thing, and never gives a number twice.
 */
#ifndef JITDUMP_SPARSE_ARRAY_H
#define JITDUMP_SPARSE_ARRAY_H

#include <stddef.h>

enum { SPARSE_CHUNK_SHIFT = 6, SPARSE_CHUNK_THINGS = 1 << SPARSE_CHUNK_SHIFT };

struct sparse_chunk {
	void *things[SPARSE_CHUNK_THINGS];
	size_t thing_count;
};

/* A zeroed one is empty. */
struct sparse_array {
	struct sparse_chunk **chunks; /* NULL: nothing of it is left */
	size_t chunk_count, chunk_capacity;
	size_t count; /* of the numbers given */
};
void sparse_array_deinit(struct sparse_array *array);

size_t sparse_array_add(struct sparse_array *array, void *thing);
void sparse_array_take_out(struct sparse_array *array, size_t number);

/* The first number from `number` on that has a thing; array->count if there is none. */
size_t sparse_array_next(const struct sparse_array *array, size_t number);

static inline void *sparse_array_at(const struct sparse_array *array, size_t number)
{
	const struct sparse_chunk *chunk =
		number < array->count ? array->chunks[number >> SPARSE_CHUNK_SHIFT] : NULL;

	return chunk ? chunk->things[number & (SPARSE_CHUNK_THINGS - 1)] : NULL;
}

#endif
