/* SPDX-License-Identifier: MIT */
/*
 * Items sorted by the address that they begin with.
 *
 * You give an array of items whose first member is a uint64_t; you get it in ascending order, and
 * what is equal stays in its order. It never compares items, which takes five times as long:
 * hundreds of thousands of symbols are sorted while samples wait to be unwound. It is in a header
 * so that the compiler knows the size of an item.
 */
#ifndef SYMBOLIZE_ADDRESS_SORT_H
#define SYMBOLIZE_ADDRESS_SORT_H

#include "jitdump/xalloc.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline uint64_t address_sort_key(const uint8_t *item)
{
	uint64_t address;

	memcpy(&address, item, sizeof(address));
	return address;
}

/* Orders by the byte of the address that `shift` selects. */
static inline void address_sort_by_byte(const uint8_t *from, uint8_t *to, size_t count,
					size_t item_size, unsigned int shift)
{
	size_t places[256] = { 0 }, before = 0;

	for (size_t i = 0; i < count; i++)
		places[address_sort_key(from + i * item_size) >> shift & 0xff]++;
	for (size_t i = 0; i < 256; i++) {
		size_t here = places[i];

		places[i] = before;
		before += here;
	}
	for (size_t i = 0; i < count; i++, from += item_size)
		memcpy(to + places[address_sort_key(from) >> shift & 0xff]++ * item_size, from,
		       item_size);
}

/* Lowest byte first; bytes that all addresses have in common need no pass. Takes `items` over, of
 * the heap; what it returns instead has room for `count` at least. */
static inline void *address_sort(void *items, size_t count, size_t item_size)
{
	uint8_t *from = items, *to = xmalloc((count + 1) * item_size);
	uint64_t differing = 0;

	for (size_t i = 0; i < count; i++)
		differing |= address_sort_key(from + i * item_size) ^ address_sort_key(from);
	for (unsigned int shift = 0; shift < 64; shift += 8) {
		uint8_t *sorted = to;

		if (!(differing >> shift & 0xff))
			continue;
		address_sort_by_byte(from, to, count, item_size, shift);
		to = from;
		from = sorted;
	}
	free(to);
	return from;
}

#endif
