/* SPDX-License-Identifier: MIT */
#include "symbolize/range_index.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

static void run_deinit(struct range_run *run)
{
	free(run->ranges);
	free(run->opens);
	free(run->starts);
	*run = (struct range_run){ 0 };
}

void range_index_deinit(struct range_index *index)
{
	for (size_t i = 0; i < index->run_count; i++)
		run_deinit(&index->runs[i]);
	*index = (struct range_index){ 0 };
}

static void put_range(struct range_run *run, uint64_t start, uint64_t end, uint32_t number)
{
	if (start < end)
		run->ranges[run->range_count++] = (struct range){ start, end, number };
}

/* What the newer run leaves of the older one's ranges, and all of its own. */
static void merge_ranges(const struct range_run *older, const struct range_run *newer,
			 struct range_run *merged)
{
	const struct range *over = newer->ranges;
	size_t j = 0, count = newer->range_count;

	/* Each newer range can cut an older one in two. */
	merged->ranges = xcalloc(older->range_count + 2 * count, sizeof(*over));
	for (size_t i = 0; i < older->range_count; i++) {
		struct range rest = older->ranges[i];

		for (; j < count && over[j].end <= rest.start; j++)
			put_range(merged, over[j].start, over[j].end, over[j].number);
		while (j < count && over[j].start < rest.end) {
			put_range(merged, rest.start, over[j].start, rest.number);
			rest.start = over[j].end;
			if (over[j].end >= rest.end)
				break; /* it may cover the next older one too */
			put_range(merged, over[j].start, over[j].end, over[j].number);
			j++;
		}
		put_range(merged, rest.start, rest.end, rest.number);
	}
	for (; j < count; j++)
		put_range(merged, over[j].start, over[j].end, over[j].number);
}

static void merge_opens(const struct range_run *older, const struct range_run *newer,
			struct range_run *merged)
{
	size_t i = 0, j = 0;

	merged->opens = xcalloc(older->open_count + newer->open_count, sizeof(*merged->opens));
	while (i < older->open_count || j < newer->open_count) {
		bool take_older =
			i < older->open_count &&
			(j == newer->open_count || older->opens[i].start < newer->opens[j].start);
		struct open_range open = take_older ? older->opens[i++] : newer->opens[j++];

		if (!take_older && i < older->open_count && older->opens[i].start == open.start)
			i++;
		merged->opens[merged->open_count++] = open;
	}
}

static void merge_starts(const struct range_run *older, const struct range_run *newer,
			 struct range_run *merged)
{
	size_t i = 0, j = 0;

	merged->starts = xcalloc(older->start_count + newer->start_count, sizeof(*merged->starts));
	while (i < older->start_count || j < newer->start_count) {
		bool take_older = i < older->start_count &&
				  (j == newer->start_count || older->starts[i] < newer->starts[j]);
		uint64_t start = take_older ? older->starts[i++] : newer->starts[j++];

		if (!merged->start_count || merged->starts[merged->start_count - 1] != start)
			merged->starts[merged->start_count++] = start;
	}
}

/* Puts the two newest runs together. */
static void merge_newest(struct range_index *index)
{
	struct range_run *older = &index->runs[index->run_count - 2];
	struct range_run *newer = &index->runs[index->run_count - 1];
	struct range_run merged = { .weight = older->weight + newer->weight };

	merge_ranges(older, newer, &merged);
	merge_opens(older, newer, &merged);
	merge_starts(older, newer, &merged);
	run_deinit(older);
	run_deinit(newer);
	*older = merged;
	index->run_count--;
}

void range_index_add(struct range_index *index, uint64_t start, uint64_t size)
{
	struct range_run *run = &index->runs[index->run_count++];
	uint32_t number = index->next_number++;

	*run = (struct range_run){ .weight = 1, .start_count = 1 };
	run->starts = xcalloc(1, sizeof(*run->starts));
	run->starts[0] = start;
	if (size > 0) {
		run->ranges = xcalloc(1, sizeof(*run->ranges));
		run->ranges[run->range_count++] = (struct range){ start, start + size, number };
	} else {
		run->opens = xcalloc(1, sizeof(*run->opens));
		run->opens[run->open_count++] = (struct open_range){ start, number };
	}
	/* Weights at least double from run to run: 64 runs hold more than memory does. */
	while (index->run_count > 1 &&
	       index->runs[index->run_count - 2].weight <= index->runs[index->run_count - 1].weight)
		merge_newest(index);
}

static bool find_range(const struct range_run *run, uint64_t address, uint32_t *number)
{
	size_t low = 0, high = run->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (run->ranges[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || address >= run->ranges[low - 1].end)
		return false;
	*number = run->ranges[low - 1].number;
	return true;
}

/* The last start at or before the address; false if there is none. */
static bool find_start(const struct range_run *run, uint64_t address, uint64_t *start)
{
	size_t low = 0, high = run->start_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (run->starts[middle] <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0)
		*start = run->starts[low - 1];
	return low > 0;
}

static bool find_open(const struct range_run *run, uint64_t start, uint32_t *number)
{
	size_t low = 0, high = run->open_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (run->opens[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == run->open_count || run->opens[low].start != start)
		return false;
	*number = run->opens[low].number;
	return true;
}

/* The newest range of size 0 that begins at the last start of all before the address. */
static bool find_newest_open(const struct range_index *index, uint64_t address, uint32_t *number)
{
	uint64_t last = 0, start;
	bool has_start = false;

	for (size_t i = 0; i < index->run_count; i++) {
		if (!find_start(&index->runs[i], address, &start))
			continue;
		if (!has_start || start > last)
			last = start;
		has_start = true;
	}
	if (!has_start || address - last >= RANGE_REACH_MAX_BYTES)
		return false;
	for (size_t i = index->run_count; i-- > 0;) {
		if (find_open(&index->runs[i], last, number))
			return true;
	}
	return false;
}

bool range_index_find(const struct range_index *index, uint64_t address, uint32_t *number)
{
	uint32_t open_number;
	bool is_found = false;

	for (size_t i = index->run_count; i-- > 0 && !is_found;)
		is_found = find_range(&index->runs[i], address, number);
	if (!find_newest_open(index, address, &open_number))
		return is_found;
	if (!is_found || open_number > *number)
		*number = open_number;
	return true;
}
