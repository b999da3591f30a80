/* SPDX-License-Identifier: MIT */
/*
 * Rows by location: what was worked out once for a pc, for all processes that run it.
 *
 * You give the key of a pc (profiler/code_range.h); you get its row, or a place to put it. It has a
 * fixed size; a newer row takes the place of the older of two. It never allocates after it was
 * created.
 */
#ifndef PROFILER_ROW_CACHE_H
#define PROFILER_ROW_CACHE_H

#include "profiler/cfi_row.h"

/* 1 MiB: the pcs of a large program, and they need not all fit. */
enum { ROW_CACHE_BITS = 15 };

struct cached_row {
	uint64_t key; /* 0: none, and its row is unfit */
	struct cfi_row row;
};

/* Two rows whose keys have the same hash, the newer one first. */
struct row_pair {
	struct cached_row rows[2];
};

struct row_cache {
	struct row_pair pairs[1 << ROW_CACHE_BITS];
};

static inline struct row_pair *row_cache_pair(struct row_cache *cache, uint64_t key)
{
	return &cache->pairs[key * UINT64_C(0x9e3779b97f4a7c15) >> (64 - ROW_CACHE_BITS)];
}

/* NULL: not known. */
static inline const struct cfi_row *row_cache_find(struct row_cache *cache, uint64_t key)
{
	const struct row_pair *pair = row_cache_pair(cache, key);

	if (pair->rows[0].key == key)
		return &pair->rows[0].row;
	return pair->rows[1].key == key ? &pair->rows[1].row : NULL;
}

/* Borrowed until the next row is added. */
static inline const struct cfi_row *row_cache_add(struct row_cache *cache, uint64_t key,
						  struct cfi_row row)
{
	struct row_pair *pair = row_cache_pair(cache, key);

	pair->rows[1] = pair->rows[0];
	pair->rows[0] = (struct cached_row){ key, row };
	return &pair->rows[0].row;
}

#endif
