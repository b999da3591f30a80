/* SPDX-License-Identifier: MIT */
#include "jitdump/sparse_array.h"

#include "jitdump/xalloc.h"

#include <stdbool.h>
#include <stdlib.h>

void sparse_array_deinit(struct sparse_array *array)
{
	for (size_t i = 0; i < array->chunk_count; i++)
		free(array->chunks[i]);
	free(array->chunks);
	*array = (struct sparse_array){ 0 };
}

size_t sparse_array_add(struct sparse_array *array, void *thing)
{
	size_t number = array->count++, place = number & (SPARSE_CHUNK_THINGS - 1);
	struct sparse_chunk *chunk;

	if (!place) {
		array->chunks = xgrow(array->chunks, array->chunk_count, &array->chunk_capacity,
				      sizeof(*array->chunks));
		array->chunks[array->chunk_count++] = xcalloc(1, sizeof(*chunk));
	}
	chunk = array->chunks[array->chunk_count - 1];
	chunk->things[place] = thing;
	chunk->thing_count++;
	return number;
}

void sparse_array_take_out(struct sparse_array *array, size_t number)
{
	size_t place = number >> SPARSE_CHUNK_SHIFT;
	struct sparse_chunk *chunk = array->chunks[place];
	bool is_filled = (place + 1) << SPARSE_CHUNK_SHIFT <= array->count;

	chunk->things[number & (SPARSE_CHUNK_THINGS - 1)] = NULL;
	if (--chunk->thing_count || !is_filled)
		return;
	free(chunk);
	array->chunks[place] = NULL;
}

size_t sparse_array_next(const struct sparse_array *array, size_t number)
{
	while (number < array->count && !sparse_array_at(array, number)) {
		if (array->chunks[number >> SPARSE_CHUNK_SHIFT])
			number++;
		else
			number = ((number >> SPARSE_CHUNK_SHIFT) + 1) << SPARSE_CHUNK_SHIFT;
	}
	return number < array->count ? number : array->count;
}
