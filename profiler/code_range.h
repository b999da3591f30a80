/* SPDX-License-Identifier: MIT */
/*
 * Where code_find() answers alike: the code around an address, for how long it is there.
 *
 * You give an address, a time and what code_find() said; you get the range of addresses and times
 * for which it would say the same, with a key for every place in it. code_ranges keeps the ranges
 * that one address space was asked for lately: they are what makes the walk from a pc to its row
 * cheap. It never keeps what may still change by itself (late, provisional and unknown JIT code).
 */
#ifndef PROFILER_CODE_RANGE_H
#define PROFILER_CODE_RANGE_H

#include "profiler/code.h"

struct code_range {
	uint64_t start, end;	    /* process addresses */
	uint64_t from_ns, until_ns; /* when it is there */
	uint64_t key_base;	    /* see code_range_key() */
	struct image *image;
	const struct jit_version *version; /* NULL: a file */
	uint64_t bias;			   /* of a file: as in struct code */
	uint32_t live_pid;		   /* as there */
};

/* False where no such range is known. */
bool code_range_find(const struct address_space *space, uint64_t address, uint64_t time_ns,
		     const struct code *code, struct code_range *range);

static inline bool code_range_covers(const struct code_range *range, uint64_t address,
				     uint64_t time_ns)
{
	return address - range->start < range->end - range->start &&
	       time_ns - range->from_ns < range->until_ns - range->from_ns;
}

/* A number for the location of an address in the range, and for whether it was reached by a return
 * address: never used for another, in no process. 0 is no key. */
static inline uint64_t code_range_key(const struct code_range *range, uint64_t address,
				      bool is_return)
{
	return range->key_base + 2 * address + is_return;
}

/* Fills *code with what code_find() says of an address in the range, at any of its times. */
void code_range_code(const struct code_range *range, uint64_t address, struct code *code);

struct code_ranges;

/* The ranges of the space, made when first asked for and owned by it; those that are no longer so,
 * because mappings or JIT code were added, are forgotten. */
struct code_ranges *code_ranges_of(struct address_space *space);
void code_ranges_destroy(struct code_ranges *ranges);

/* The kept range that covers the address, or NULL: borrowed until the next call with `ranges`. */
const struct code_range *code_ranges_find(const struct code_ranges *ranges, uint64_t address,
					  uint64_t time_ns);

/* Keeps the range of the code at `address`, if it has one. */
const struct code_range *code_ranges_add(struct code_ranges *ranges, uint64_t address,
					 uint64_t time_ns, const struct code *code);

#endif
