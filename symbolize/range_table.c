/* SPDX-License-Identifier: MIT */
#include "symbolize/range_table.h"

#include "jitdump/xalloc.h"
#include "symbolize/address_sort.h"

#include <stdbool.h>
#include <stdlib.h>

#define NO_RANGE UINT32_MAX

enum { STEP = 16 };

void range_table_deinit(struct range_table *table)
{
	free(table->ranges);
	free(table->steps);
	*table = (struct range_table){ 0 };
}

void range_table_add(struct range_table *table, uint64_t start, uint64_t end, uint32_t number)
{
	if (start >= end || table->count >= NO_RANGE)
		return;
	table->ranges =
		xgrow(table->ranges, table->count, &table->capacity, sizeof(*table->ranges));
	table->ranges[table->count++] =
		(struct nested_range){ .start = start, .end = end, .number = number };
}

static int compare_ranges(const void *a, const void *b)
{
	const struct nested_range *first = a, *second = b;

	if (first->start != second->start)
		return first->start < second->start ? -1 : 1;
	if (first->end != second->end)
		return first->end > second->end ? -1 : 1;
	return first->number < second->number ? -1 : first->number > second->number;
}

static bool is_sorted(const struct range_table *table)
{
	for (size_t i = 1; i < table->count; i++)
		if (compare_ranges(&table->ranges[i - 1], &table->ranges[i]) > 0)
			return false;
	return true;
}

static void sort_runs_of_equal_starts(struct range_table *table)
{
	size_t end;

	for (size_t i = 0; i < table->count; i = end) {
		for (end = i + 1; end < table->count; end++)
			if (table->ranges[end].start != table->ranges[i].start)
				break;
		if (end - i > 1)
			qsort(&table->ranges[i], end - i, sizeof(*table->ranges), compare_ranges);
	}
}

static void sort_few(struct range_table *table)
{
	for (size_t i = 1; i < table->count; i++) {
		struct nested_range range = table->ranges[i];
		size_t place = i;

		for (; place && compare_ranges(&table->ranges[place - 1], &range) > 0; place--)
			table->ranges[place] = table->ranges[place - 1];
		table->ranges[place] = range;
	}
}

/* A program has a million ranges, a function a few: comparing all would take five times as long. */
static void sort(struct range_table *table)
{
	enum { FEW = 32 };

	if (is_sorted(table))
		return;
	if (table->count <= FEW) {
		sort_few(table);
		return;
	}
	table->ranges = address_sort(table->ranges, table->count, sizeof(*table->ranges));
	table->capacity = table->count;
	sort_runs_of_equal_starts(table);
}

static void set_steps(struct range_table *table)
{
	size_t count = (table->count + STEP - 1) / STEP;

	table->steps = xrealloc(table->steps, count * sizeof(*table->steps));
	for (size_t i = 0; i < count; i++)
		table->steps[i] = table->ranges[i * STEP].start;
}

/*
 * The ranges that are not over yet form a stack, linked by `outer`. One that ended below another
 * that did not stays in it: harmless, since a question skips what has ended.
 */
void range_table_sort(struct range_table *table)
{
	uint32_t top = NO_RANGE;

	sort(table);
	for (uint32_t i = 0; i < table->count; i++) {
		while (top != NO_RANGE && table->ranges[top].end <= table->ranges[i].start)
			top = table->ranges[top].outer;
		table->ranges[i].outer = top;
		top = i;
	}
	if (!table->count)
		return;
	table->ranges = xrealloc(table->ranges, table->count * sizeof(*table->ranges));
	table->capacity = table->count;
	set_steps(table);
}

/* In which STEP ranges the last one is that starts at or below `address`. Without a branch that
 * depends on what is read: it would be mistaken every other time. */
static size_t find_step(const struct range_table *table, uint64_t address)
{
	const uint64_t *first = table->steps;

	for (size_t left = (table->count + STEP - 1) / STEP; left > 1; left -= left / 2)
		first += first[left / 2] <= address ? left / 2 : 0;
	return (size_t)(first - table->steps);
}

size_t range_table_count_upto(const struct range_table *table, uint64_t address)
{
	size_t count;

	if (!table->count)
		return 0;
	count = find_step(table, address) * STEP;
	while (count < table->count && table->ranges[count].start <= address)
		count++;
	return count;
}

static const struct nested_range *first_around(const struct range_table *table, uint32_t place,
					       uint64_t address)
{
	while (place != NO_RANGE && table->ranges[place].end <= address)
		place = table->ranges[place].outer;
	return place == NO_RANGE ? NULL : &table->ranges[place];
}

const struct nested_range *range_table_find(const struct range_table *table, uint64_t address)
{
	size_t count = range_table_count_upto(table, address);

	return count ? first_around(table, (uint32_t)count - 1, address) : NULL;
}

const struct nested_range *range_table_find_outer(const struct range_table *table,
						  const struct nested_range *inner,
						  uint64_t address)
{
	return first_around(table, inner->outer, address);
}
