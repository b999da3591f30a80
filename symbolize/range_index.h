/* SPDX-License-Identifier: MIT */
/*
 * Which of many address ranges covers an address: of several, the one that was added last.
 *
 * You give ranges one by one, in any order and overlapping as they like; you get numbers, counted
 * from 0 in the order of adding. It never forgets a range that another one covers in part.
 *
 * A range of size 0 reaches up to the next start of any range, but no further than
 * RANGE_REACH_MAX_BYTES.
 *
 * Ranges lie in sorted runs without overlaps; runs of like weight are merged, so that adding costs
 * O(log n) on the average and finding O(log n) in each of O(log n) runs, whatever comes between.
 */
#ifndef SYMBOLIZE_RANGE_INDEX_H
#define SYMBOLIZE_RANGE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RANGE_RUNS_MAX = 64 };

#define RANGE_REACH_MAX_BYTES 65536u

struct range {
	uint64_t start, end; /* [start, end) */
	uint32_t number;
};

struct open_range {
	uint64_t start;
	uint32_t number;
};

/* Ranges that were added one after another. */
struct range_run {
	struct range *ranges;	  /* sorted; the newest of them wherever some overlapped */
	struct open_range *opens; /* of size 0: sorted; the newest of each start */
	uint64_t *starts;	  /* of all, sorted, each once */
	size_t range_count, open_count, start_count;
	size_t weight; /* how many were added */
};

/* A zeroed index is an empty one. */
struct range_index {
	struct range_run runs[RANGE_RUNS_MAX]; /* the oldest first */
	size_t run_count;
	uint32_t next_number;
};

void range_index_deinit(struct range_index *index);

/* `start + size` must not overflow. */
void range_index_add(struct range_index *index, uint64_t start, uint64_t size);

bool range_index_find(const struct range_index *index, uint64_t address, uint32_t *number);

#endif
