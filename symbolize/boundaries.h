/* SPDX-License-Identifier: MIT */
/*
 * Which of many overlapping ranges is the one for an address: the one with the greatest number.
 *
 * You give ranges once, in any order; you get the number for an address. It never keeps the ranges:
 * what is left is one boundary wherever the answer changes, 8 bytes each.
 *
 *     ranges         0 [-----------------)   1 [------)  2 [--)
 *     boundaries     ^0      ^1   ^2  ^1  ^0            ^none
 */
#ifndef SYMBOLIZE_BOUNDARIES_H
#define SYMBOLIZE_BOUNDARIES_H

#include "symbolize/range_table.h"

struct boundary {
	uint32_t offset; /* from the base */
	uint32_t number; /* of the range from here on; BOUNDARY_NONE */
};

#define BOUNDARY_NONE UINT32_MAX

struct boundaries {
	uint64_t base; /* the lowest address of any range */
	struct boundary *items;
	uint32_t count;
};

/* Sorts the table's ranges. Those that start 4 GiB or more above the lowest one are left out. */
void boundaries_init(struct boundaries *boundaries, struct range_table *ranges);
void boundaries_deinit(struct boundaries *boundaries);

/* BOUNDARY_NONE: no range holds the address. */
uint32_t boundaries_find(const struct boundaries *boundaries, uint64_t address);

#endif
