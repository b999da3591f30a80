/* SPDX-License-Identifier: MIT */
#include "profiler/address_space.h"

#include "jitdump/xalloc.h"
#include "profiler/code_range.h"

#include <stdlib.h>
#include <string.h>

struct address_space *address_space_create(uint32_t pid, struct image *unknown,
					   struct image *unknown_jit)
{
	struct address_space *space = xcalloc(1, sizeof(*space));

	space->pid = pid;
	space->unknown = unknown;
	space->unknown_jit = unknown_jit;
	space->references = 1;
	return space;
}

struct address_space *address_space_hold(struct address_space *space)
{
	space->references++;
	return space;
}

void address_space_release(struct address_space *space)
{
	if (!space || --space->references)
		return;
	free(space->mappings);
	free(space->past);
	free(space->jits);
	code_ranges_destroy(space->ranges);
	free(space);
}

struct address_space *address_space_fork(const struct address_space *parent, uint32_t pid,
					 uint64_t time_ns)
{
	struct address_space *child =
		address_space_create(pid, parent->unknown, parent->unknown_jit);

	child->mapping_count = child->mapping_capacity = parent->mapping_count;
	child->mappings = xmalloc(parent->mapping_count * sizeof(*child->mappings));
	if (parent->mapping_count)
		memcpy(child->mappings, parent->mappings,
		       parent->mapping_count * sizeof(*child->mappings));

	child->jit_count = child->jit_capacity = parent->jit_count;
	child->jits = xmalloc(parent->jit_count * sizeof(*child->jits));
	for (size_t i = 0; i < parent->jit_count; i++) {
		child->jits[i] = parent->jits[i];
		if (child->jits[i].forked_ns == UINT64_MAX)
			child->jits[i].forked_ns = time_ns;
	}
	child->is_live = parent->is_live;
	child->parent_perf_map = parent->perf_map ? parent->perf_map : parent->parent_perf_map;
	return child;
}

/* The number of mappings that end at or before `address`: where the first that may cover it is. */
static size_t first_above(const struct address_space *space, uint64_t address)
{
	size_t low = 0, high = space->mapping_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (space->mappings[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void cut(struct mapping *piece, uint64_t start, uint64_t end)
{
	piece->file_offset += start - piece->start;
	piece->start = start;
	piece->end = end;
}

static void remember_past(struct address_space *space, const struct mapping *piece, uint64_t start,
			  uint64_t end, uint64_t until_ns)
{
	space->past =
		xgrow(space->past, space->past_count, &space->past_capacity, sizeof(*space->past));
	struct mapping *past = &space->past[space->past_count++];

	*past = *piece;
	cut(past, start, end);
	past->until_ns = until_ns;
	space->change_count++;
	if (until_ns > space->last_end_ns)
		space->last_end_ns = until_ns;
}

static void insert(struct address_space *space, size_t at, const struct mapping *mapping)
{
	space->mappings = xgrow(space->mappings, space->mapping_count, &space->mapping_capacity,
				sizeof(*space->mappings));
	memmove(&space->mappings[at + 1], &space->mappings[at],
		(space->mapping_count - at) * sizeof(*space->mappings));
	space->mappings[at] = *mapping;
	space->mapping_count++;
	space->change_count++;
}

/* JITs change the protection of their memory all the time: nothing to remember of that. */
static bool is_still_anonymous(const struct mapping *old, const struct mapping *by)
{
	return old->kind == MAPPING_ANONYMOUS && by->kind == MAPPING_ANONYMOUS &&
	       old->is_executable == by->is_executable && old->is_shared == by->is_shared;
}

/* Ends what [start, end) of the piece at `at` held; what stands out on either side stays. Returns
 * where the room for the new mapping begins. */
static size_t end_overlap(struct address_space *space, size_t at, const struct mapping *by)
{
	struct mapping old = space->mappings[at];
	uint64_t start = old.start > by->start ? old.start : by->start;
	uint64_t end = old.end < by->end ? old.end : by->end;

	if (!is_still_anonymous(&old, by))
		remember_past(space, &old, start, end, by->from_ns);
	memmove(&space->mappings[at], &space->mappings[at + 1],
		(space->mapping_count - at - 1) * sizeof(*space->mappings));
	space->mapping_count--;
	if (old.end > end) {
		struct mapping right = old;

		cut(&right, end, old.end);
		insert(space, at, &right);
	}
	if (old.start < start) {
		struct mapping left = old;

		cut(&left, old.start, start);
		insert(space, at++, &left);
	}
	return at;
}

static bool is_the_same(const struct mapping *a, const struct mapping *b)
{
	return a->start == b->start && a->end == b->end && a->file_offset == b->file_offset &&
	       a->kind == b->kind && a->image == b->image && a->is_executable == b->is_executable &&
	       a->is_shared == b->is_shared;
}

void address_space_map(struct address_space *space, const struct mapping *mapping)
{
	struct mapping rest = *mapping; /* what is still to be placed */
	size_t at = first_above(space, mapping->start);

	if (mapping->start >= mapping->end)
		return;
	rest.until_ns = UINT64_MAX;
	while (at < space->mapping_count && space->mappings[at].start < rest.end) {
		const struct mapping *there = &space->mappings[at];

		if (is_the_same(there, mapping))
			return;
		if (there->from_ns <= mapping->from_ns) {
			at = end_overlap(space, at, &rest);
			continue;
		}
		/* A report that comes late: what is newer stays, the rest goes around it. */
		uint64_t newer_start = there->start, newer_end = there->end;
		uint64_t start = rest.start > newer_start ? rest.start : newer_start;
		uint64_t end = rest.end < newer_end ? rest.end : newer_end;

		remember_past(space, &rest, start, end, there->from_ns);
		if (rest.start < newer_start) {
			struct mapping left = rest;

			cut(&left, rest.start, newer_start);
			insert(space, at++, &left);
		}
		if (rest.end <= newer_end)
			return;
		cut(&rest, newer_end, rest.end);
		at++;
	}
	insert(space, at, &rest);
}

const struct mapping *address_space_find(const struct address_space *space, uint64_t address,
					 uint64_t time_ns)
{
	size_t at = first_above(space, address);
	const struct mapping *later = NULL;

	if (at < space->mapping_count && space->mappings[at].start <= address) {
		if (space->mappings[at].from_ns <= time_ns)
			return &space->mappings[at];
		later = &space->mappings[at];
	}
	for (size_t i = space->past_count; i-- > 0;) {
		const struct mapping *past = &space->past[i];

		if (address < past->start || address >= past->end)
			continue;
		if (past->from_ns <= time_ns && time_ns < past->until_ns)
			return past;
		if (past->from_ns > time_ns && (!later || past->from_ns < later->from_ns))
			later = past;
	}
	return later;
}

void address_space_forget_past(struct address_space *space, uint64_t before_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < space->past_count; i++) {
		if (space->past[i].until_ns >= before_ns)
			space->past[kept++] = space->past[i];
	}
	space->past_count = kept;
}

uint64_t address_space_next_file(const struct address_space *space, uint64_t start, uint64_t end,
				 uint64_t after_ns)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = first_above(space, start);
	     i < space->mapping_count && space->mappings[i].start < end; i++) {
		const struct mapping *mapping = &space->mappings[i];

		if (mapping->kind == MAPPING_FILE && mapping->from_ns > after_ns &&
		    mapping->from_ns < first)
			first = mapping->from_ns;
	}
	return first;
}

void address_space_add_jit(struct address_space *space, struct jit_code *code)
{
	for (size_t i = 0; i < space->jit_count; i++) {
		if (space->jits[i].code == code)
			return;
	}
	space->jits =
		xgrow(space->jits, space->jit_count, &space->jit_capacity, sizeof(*space->jits));
	space->change_count++;
	space->jits[space->jit_count++] = (struct jit_use){ code, UINT64_MAX };
}
