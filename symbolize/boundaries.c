/* SPDX-License-Identifier: MIT */
#include "symbolize/boundaries.h"

#include "jitdump/xalloc.h"

#include <stdbool.h>
#include <stdlib.h>

/* The ranges that were begun, as a heap: the greatest number first. Ended ones go when they come to
 * the top. */
struct begun {
	const struct nested_range **ranges;
	size_t count, capacity;
};

static void push(struct begun *begun, const struct nested_range *range)
{
	size_t place = begun->count;

	begun->ranges = xgrow(begun->ranges, begun->count, &begun->capacity,
			      sizeof(const struct nested_range *));
	begun->count++;
	for (; place; place = (place - 1) / 2) {
		const struct nested_range *above = begun->ranges[(place - 1) / 2];

		if (above->number >= range->number)
			break;
		begun->ranges[place] = above;
	}
	begun->ranges[place] = range;
}

static void pop(struct begun *begun)
{
	const struct nested_range *last = begun->ranges[--begun->count];
	size_t place = 0, child;

	for (; (child = 2 * place + 1) < begun->count; place = child) {
		if (child + 1 < begun->count &&
		    begun->ranges[child + 1]->number > begun->ranges[child]->number)
			child++;
		if (last->number >= begun->ranges[child]->number)
			break;
		begun->ranges[place] = begun->ranges[child];
	}
	begun->ranges[place] = last;
}

static void put(struct boundaries *boundaries, uint64_t address, uint32_t number)
{
	if (boundaries->count && boundaries->items[boundaries->count - 1].number == number)
		return;
	boundaries->items[boundaries->count++] =
		(struct boundary){ (uint32_t)(address - boundaries->base), number };
}

/* Each range makes at most two: where it begins, and where it ends. */
static void sweep(struct boundaries *boundaries, const struct range_table *table)
{
	struct begun begun = { 0 };
	size_t next = 0, count = table->count;
	uint64_t address = boundaries->base;

	while (count && table->ranges[count - 1].start - boundaries->base > UINT32_MAX)
		count--;
	while (next < count || begun.count) {
		for (; next < count && table->ranges[next].start <= address; next++)
			push(&begun, &table->ranges[next]);
		while (begun.count && begun.ranges[0]->end <= address)
			pop(&begun);
		put(boundaries, address, begun.count ? begun.ranges[0]->number : BOUNDARY_NONE);
		if (begun.count)
			address = begun.ranges[0]->end;
		if (next < count && (!begun.count || table->ranges[next].start < address))
			address = table->ranges[next].start;
		if (address - boundaries->base > UINT32_MAX)
			break;
	}
	free(begun.ranges);
}

void boundaries_init(struct boundaries *boundaries, struct range_table *ranges)
{
	*boundaries = (struct boundaries){ 0 };
	if (!ranges->count)
		return;
	range_table_sort(ranges);
	boundaries->base = ranges->ranges[0].start;
	boundaries->items = xmalloc((2 * ranges->count + 1) * sizeof(*boundaries->items));
	sweep(boundaries, ranges);
	boundaries->items =
		xrealloc(boundaries->items, boundaries->count * sizeof(*boundaries->items));
}

void boundaries_deinit(struct boundaries *boundaries)
{
	free(boundaries->items);
	*boundaries = (struct boundaries){ 0 };
}

/* Without a branch that depends on what is read: it would be mistaken every other time. */
uint32_t boundaries_find(const struct boundaries *boundaries, uint64_t address)
{
	const struct boundary *first = boundaries->items;
	uint64_t offset = address - boundaries->base;

	if (!boundaries->count || offset > UINT32_MAX)
		return BOUNDARY_NONE;
	/* The first one is at offset 0; the wanted one is among `left` from `first` on. */
	for (size_t left = boundaries->count; left > 1; left -= left / 2)
		first += first[left / 2].offset <= offset ? left / 2 : 0;
	return first->number;
}
