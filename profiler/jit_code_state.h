/* SPDX-License-Identifier: MIT */
/* The inside of a dump's JIT code, shared by jit_code.c and jit_code_forget.c. */
#ifndef PROFILER_JIT_CODE_STATE_H
#define PROFILER_JIT_CODE_STATE_H

#include "jitdump/sparse_array.h"
#include "profiler/jit_code.h"
#include "profiler/tsc_clock.h"
#include "symbolize/hash_index.h"

/*
 * Versions are found by the page of the address: each page lists the versions that touch it, by
 * (time, number), so that a lookup is a binary search for the time and a short walk back.
 */
enum { PAGE_SHIFT = 12 };

struct page {
	uint64_t number;
	struct jit_version **versions;
	size_t count, capacity;
};

struct jit_code {
	struct jitdump_log *log;
	size_t entries_seen;
	struct tsc_clock tsc; /* for a log of that clock */
	struct image *image;
	const struct jit_code *parent; /* whose code was there at the fork; NULL: none */
	uint64_t fork_ns;
	bool has_child;		      /* that may move what is announced here */
	struct sparse_array versions; /* of struct jit_version; they never move */
	size_t listed_count;	      /* of versions that are in pages */
	size_t listed_before;	      /* the same, when it last forgot */
	size_t seen_before;	      /* how many versions there were then */
	size_t forget_count;	      /* how often it forgot */
	/* How many versions, and listed ones, it was first asked to forget of; how many there were at
	 * the last mark, and at the one before, a minute or more ago. */
	size_t first_count, first_listed, marked_count, settled_count;
	uint64_t marked_ns;
	struct page *pages;
	size_t page_count, page_capacity;
	struct hash_index page_index;
};

#endif
