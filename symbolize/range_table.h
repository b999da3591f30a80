/* SPDX-License-Identifier: MIT */
/*
 * Address ranges that may nest or overlap, found by address.
 *
 * You give ranges [start, end) with a number each, then sort once; you get the innermost range
 * around an address, and from there the ranges around it, outwards. It never knows what a number
 * stands for. 24 bytes a range, and half a byte for the way to it.
 */
#ifndef SYMBOLIZE_RANGE_TABLE_H
#define SYMBOLIZE_RANGE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct nested_range {
	uint64_t start, end;
	uint32_t number;
	uint32_t
		outer; /* place of a range that began before and may reach further; set by sorting */
};

struct range_table {
	struct nested_range *ranges;
	size_t count, capacity;
	uint64_t *steps; /* every 16th start: they stay in the CPU's caches; set by sorting */
};

/* A zeroed table is an empty one. */
void range_table_deinit(struct range_table *table);

/* Empty ranges are left out. */
void range_table_add(struct range_table *table, uint64_t start, uint64_t end, uint32_t number);

/* To be called once, after the last range and before the first question. */
void range_table_sort(struct range_table *table);

/* The range around `address` that starts last; of equal starts the shortest; of equal ranges the
 * one with the greatest number. NULL: none. */
const struct nested_range *range_table_find(const struct range_table *table, uint64_t address);

/* The next range outwards from `inner` that is also around `address`. NULL: none. */
const struct nested_range *range_table_find_outer(const struct range_table *table,
						  const struct nested_range *inner,
						  uint64_t address);

/* How many ranges start at or below `address`: the place of the first that starts behind it. */
size_t range_table_count_upto(const struct range_table *table, uint64_t address);

#endif
