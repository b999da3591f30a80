/* SPDX-License-Identifier: MIT */
/* JIT code that no sample can meet any more, as newer code lies where it was. */
#include "profiler/jit_code_state.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_SIZE = 1 << PAGE_SHIFT, WORD_BITS = 64 };

/* It is only worth looking for what is dead when some have come that may lie over it. */
enum { LEAST_NEW = 1024 };

/* Of these the code bytes stay: copies of the newest function are known by them. */
enum { NEWEST = 16 };

/* Which bytes of a page have newer code. */
struct coverage {
	uint64_t words[PAGE_SIZE / WORD_BITS];
};

/* The bits of word `number` that are in [start, end). */
static uint64_t bits_in(size_t number, size_t start, size_t end)
{
	size_t first = number * WORD_BITS, last = first + WORD_BITS;
	size_t from = start > first ? start - first : 0;
	size_t to = end < last ? end - first : WORD_BITS;

	return UINT64_MAX << from & UINT64_MAX >> (WORD_BITS - to);
}

static bool is_covered(const struct coverage *coverage, size_t start, size_t end)
{
	for (size_t i = start / WORD_BITS; i * WORD_BITS < end; i++) {
		if (~coverage->words[i] & bits_in(i, start, end))
			return false;
	}
	return true;
}

static void cover(struct coverage *coverage, size_t start, size_t end)
{
	for (size_t i = start / WORD_BITS; i * WORD_BITS < end; i++)
		coverage->words[i] |= bits_in(i, start, end);
}

/* Counts for each version in how many pages it lies under newer ones. */
static void cover_page(const struct page *page, uint64_t before_ns)
{
	struct coverage coverage = { 0 };
	uint64_t page_start = page->number << PAGE_SHIFT;

	for (size_t i = page->count; i-- > 0;) {
		struct jit_version *version = page->versions[i];
		uint64_t end = version->address + version->size;
		size_t from = version->address > page_start ? version->address - page_start : 0;
		size_t to = end - page_start < PAGE_SIZE ? end - page_start : PAGE_SIZE;

		version->covered_pages += is_covered(&coverage, from, to);
		if (version->time_ns < before_ns && !version->is_provisional)
			cover(&coverage, from, to);
	}
}

static uint64_t page_count(const struct jit_version *version)
{
	if (version->size == 0 || version->address > UINT64_MAX - version->size)
		return 0;
	return ((version->address + version->size - 1) >> PAGE_SHIFT) -
	       (version->address >> PAGE_SHIFT) + 1;
}

static void unlist_dead(struct page *page)
{
	size_t kept = 0;

	for (size_t i = 0; i < page->count; i++) {
		if (!page->versions[i]->is_dead)
			page->versions[kept++] = page->versions[i];
	}
	page->count = kept;
	if (kept)
		return;
	free(page->versions);
	page->versions = NULL;
	page->capacity = 0;
}

/* For showing it, code is read from the dump again. */
static bool needs_code(const struct jit_code *code, const struct jit_version *version)
{
	return !version->is_dead && version->number + NEWEST >= code->versions.count;
}

/* What is to stay of the log's entry. */
static void mark_load(struct jit_code *code, const struct jit_version *version)
{
	if (version->load && code->log)
		jitdump_log_mark(code->log, version->load, needs_code(code, version));
}

static void bury(struct jit_code *code, struct jit_version *version)
{
	version->is_dead = true;
	code->listed_count -= page_count(version) > 0;
}

static void bury_covered(struct jit_code *code, bool is_used)
{
	const struct sparse_array *versions = &code->versions;

	for (size_t i = 0; (i = sparse_array_next(versions, i)) < versions->count; i++) {
		struct jit_version *version = sparse_array_at(versions, i);

		if (!version->is_dead &&
		    (!is_used || version->covered_pages == page_count(version)))
			bury(code, version);
		version->covered_pages = 0;
	}
}

/* The JIT may have freed it long ago: it never says so. */
static void bury_oldest(struct jit_code *code, size_t from, size_t until, size_t max,
			uint64_t before_ns)
{
	const struct sparse_array *versions = &code->versions;

	for (size_t i = from;
	     (i = sparse_array_next(versions, i)) < until && code->listed_count > max; i++) {
		struct jit_version *version = sparse_array_at(versions, i);

		if (!version->is_dead && !version->was_sampled && version->time_ns < before_ns)
			bury(code, version);
	}
}

/* Times of records do not tell since when the code is known: a program may have run for long. */
static void mark_time(struct jit_code *code, uint64_t now_ns)
{
	if (!code->marked_ns) {
		code->first_count = code->versions.count;
		code->first_listed = code->listed_count;
	} else if (now_ns < code->marked_ns + JIT_SETTLED_NS) {
		return;
	}
	code->settled_count = code->marked_count;
	code->marked_count = code->versions.count;
	code->marked_ns = now_ns;
}

static bool is_worth_it(const struct jit_code *code, bool is_used)
{
	return !is_used ||
	       code->versions.count > code->seen_before + code->listed_before / 16 + LEAST_NEW;
}

void jit_code_unmark(struct jit_code *code)
{
	const struct sparse_array *versions = &code->versions;

	for (size_t i = 0; (i = sparse_array_next(versions, i)) < versions->count; i++)
		((struct jit_version *)sparse_array_at(versions, i))->was_sampled = false;
}

/* Returns how many versions are left. */
static size_t forget_dead(struct jit_code *code)
{
	struct sparse_array *versions = &code->versions;
	size_t left = 0;

	for (size_t i = 0; i < code->page_count; i++)
		unlist_dead(&code->pages[i]);
	for (size_t i = 0; (i = sparse_array_next(versions, i)) < versions->count; i++) {
		struct jit_version *version = sparse_array_at(versions, i);

		if (!version->is_dead || version->was_sampled) {
			mark_load(code, version);
			left++;
			continue;
		}
		free(version);
		sparse_array_take_out(versions, i);
	}
	return left;
}

bool jit_code_forget(struct jit_code *code, uint64_t before_ns, bool is_used)
{
	/* A child may move what its parent announced, at any time. */
	if (code->has_child || code->parent)
		return false;
	mark_time(code, before_ns);
	if (!is_worth_it(code, is_used))
		return false;
	for (size_t i = 0; i < code->page_count; i++)
		cover_page(&code->pages[i], before_ns);
	bury_covered(code, is_used);
	bury_oldest(code, 0, code->settled_count, JIT_LISTED_MAX, before_ns);
	bury_oldest(code, code->first_count, code->versions.count,
		    code->first_listed + JIT_LISTED_MAX, before_ns);
	size_t left = forget_dead(code);

	if (code->log)
		jitdump_log_forget_unmarked(code->log, code->entries_seen);
	code->listed_before = code->listed_count;
	code->seen_before = code->versions.count;
	code->forget_count++;
	return !is_used && left == 0;
}
