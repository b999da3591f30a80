/* SPDX-License-Identifier: MIT */
#include "profiler/jit_code.h"

#include "jitdump/xalloc.h"
#include "profiler/jit_code_state.h"

#include <stdlib.h>
#include <string.h>

/* A LOAD without code bytes may claim any size: its pages are bounded here. One with bytes is
 * bounded by the file. */
enum { CLAIMED_SIZE_MAX = 1 << 20 };

#define ORIGIN_ITSELF UINT32_MAX

struct jit_code *jit_code_create(struct jitdump_log *log, struct image *image)
{
	struct jit_code *code = xcalloc(1, sizeof(*code));

	code->log = log;
	code->image = image;
	return code;
}

void jit_code_destroy(struct jit_code *code)
{
	if (!code)
		return;
	for (size_t i = 0; i < code->page_count; i++)
		free(code->pages[i].versions);
	for (size_t i = 0; (i = sparse_array_next(&code->versions, i)) < code->versions.count; i++)
		free(sparse_array_at(&code->versions, i));
	sparse_array_deinit(&code->versions);
	free(code->pages);
	hash_index_deinit(&code->page_index);
	jitdump_log_destroy(code->log);
	free(code);
}

void jit_code_set_parent(struct jit_code *code, struct jit_code *parent, uint64_t fork_ns)
{
	parent->has_child = true;
	code->parent = parent;
	code->fork_ns = fork_ns;
}

size_t jit_code_count(const struct jit_code *code)
{
	return code->versions.count;
}

uint64_t jit_code_change_count(const struct jit_code *code)
{
	return code->versions.count + code->forget_count;
}

struct image *jit_code_image(const struct jit_code *code)
{
	return code->image;
}

struct jitdump_log *jit_code_log(const struct jit_code *code)
{
	return code->log;
}

struct jit_version *jit_code_version(const struct jit_code *code, uint32_t number)
{
	return sparse_array_at(&code->versions, number);
}

static struct page *find_page(const struct jit_code *code, uint64_t number)
{
	for (struct hash_cursor c = hash_index_begin(&code->page_index, hash_u64(number));
	     hash_index_next(&code->page_index, &c);) {
		if (code->pages[c.number].number == number)
			return &code->pages[c.number];
	}
	return NULL;
}

static struct page *make_page(struct jit_code *code, uint64_t number)
{
	struct page *page = find_page(code, number);

	if (page)
		return page;
	code->pages =
		xgrow(code->pages, code->page_count, &code->page_capacity, sizeof(*code->pages));
	hash_index_add(&code->page_index, hash_u64(number), (uint32_t)code->page_count);
	page = &code->pages[code->page_count++];
	*page = (struct page){ .number = number };
	return page;
}

/* How many of the page's versions are not newer than the time. */
static size_t count_until(const struct page *page, uint64_t time_ns)
{
	size_t low = 0, high = page->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (page->versions[middle]->time_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Nearly always at the end: dumps are almost in time order (the JVM: up to 1 ms back). */
static void list_in_page(struct page *page, struct jit_version *version)
{
	size_t at = count_until(page, version->time_ns);

	page->versions =
		xgrow(page->versions, page->count, &page->capacity, sizeof(*page->versions));
	memmove(&page->versions[at + 1], &page->versions[at],
		(page->count - at) * sizeof(*page->versions));
	page->versions[at] = version;
	page->count++;
}

static void add_version(struct jit_code *code, const struct jit_version *wanted)
{
	struct jit_version *version = xmalloc(sizeof(*version));
	uint32_t number = (uint32_t)sparse_array_add(&code->versions, version);

	*version = *wanted;
	version->number = number;
	if (wanted->origin == ORIGIN_ITSELF)
		version->origin = number;
	if (version->size == 0 || version->address > UINT64_MAX - version->size)
		return; /* covers nothing: known, never found */
	code->listed_count++;
	uint64_t last = (version->address + version->size - 1) >> PAGE_SHIFT;

	for (uint64_t page = version->address >> PAGE_SHIFT; page <= last; page++)
		list_in_page(make_page(code, page), version);
}

static void add_load(struct jit_code *code, const struct jitdump_entry *entry, uint64_t time_ns)
{
	struct jit_version version = { .load = entry,
				       .address = entry->address,
				       .size = entry->size,
				       .time_ns = time_ns,
				       .origin = ORIGIN_ITSELF };

	if (!entry->code && version.size > CLAIMED_SIZE_MAX)
		version.size = CLAIMED_SIZE_MAX;
	add_version(code, &version);
}

static const struct jit_version *version_at(const struct jit_code *code, uint64_t address,
					    uint64_t time_ns)
{
	const struct jit_version *version = jit_code_find(code, address, time_ns);

	return version && version->address == address ? version : NULL;
}

/* The version that was there when the process was forked, of its parent or of a parent's parent. */
static const struct jit_version *inherited_at(const struct jit_code *code, uint64_t address)
{
	const struct jit_version *version = NULL;

	for (; code->parent && !version; code = code->parent)
		version = version_at(code->parent, address, code->fork_ns);
	return version;
}

/* The same code lives on at the new place; at the old one nothing runs from then on. */
static void add_move(struct jit_code *code, const struct jitdump_entry *entry, uint64_t time_ns)
{
	const struct jit_version *moved = version_at(code, entry->old_address, time_ns);
	bool is_own = moved != NULL;

	if (!moved)
		moved = inherited_at(code, entry->old_address);
	if (!moved)
		return;
	struct jit_version old = { .address = entry->old_address,
				   .size = entry->size < moved->size ? entry->size : moved->size,
				   .time_ns = time_ns,
				   .origin = ORIGIN_ITSELF };
	struct jit_version new = { .load = moved->load,
				   .address = entry->address,
				   .size = old.size,
				   .time_ns = time_ns,
				   .origin = is_own ? moved->origin : ORIGIN_ITSELF };

	if (is_own)
		add_version(code, &old);
	add_version(code, &new);
}

void jit_code_add_provisional(struct jit_code *code, const struct jitdump_entry *like,
			      uint64_t address, uint64_t time_ns)
{
	add_version(code, &(struct jit_version){ .load = like,
						 .address = address,
						 .size = like->size,
						 .time_ns = time_ns,
						 .origin = ORIGIN_ITSELF,
						 .is_provisional = true });
}

static void add_at(struct jit_code *code, const struct jitdump_entry *entry, uint64_t time_ns)
{
	if (entry->kind == JITDUMP_ENTRY_LOAD)
		add_load(code, entry, time_ns);
	else
		add_move(code, entry, time_ns);
}

void jit_code_add(struct jit_code *code, const struct jitdump_entry *entry)
{
	add_at(code, entry, entry->time_ns);
}

/*
 * The CLOCK_MONOTONIC time of a record. False while ticks cannot be placed yet: that takes a second
 * reading of the clocks. Never placed, they count from the beginning.
 */
static bool record_time(const struct jit_code *code, const struct jitdump_entry *entry, bool ended,
			uint64_t *time_ns)
{
	*time_ns = entry->time_ns;
	if (!jitdump_log_is_tsc(code->log))
		return true;
	bool is_ready = tsc_clock_is_ready(&code->tsc);

	*time_ns = is_ready ? tsc_clock_ns(&code->tsc, entry->time_ns) : 0;
	return is_ready || ended;
}

/* Returns how many versions are new. */
static size_t take_entries(struct jit_code *code, bool ended, bool is_live)
{
	size_t before = code->versions.count;

	if (is_live && jitdump_log_is_tsc(code->log))
		tsc_clock_read(&code->tsc);
	for (; code->entries_seen < jitdump_log_count(code->log); code->entries_seen++) {
		const struct jitdump_entry *entry =
			jitdump_log_entry(code->log, code->entries_seen);
		uint64_t time_ns;

		if (!record_time(code, entry, ended, &time_ns))
			break;
		add_at(code, entry, time_ns);
	}
	return code->versions.count - before;
}

size_t jit_code_poll(struct jit_code *code, bool ended, bool is_live)
{
	if (!code->log)
		return 0;
	jitdump_log_poll(code->log, ended);
	return take_entries(code, ended, is_live);
}

size_t jit_code_poll_ahead(struct jit_code *code, uint64_t file_size, const uint8_t *bytes,
			   size_t size)
{
	jitdump_log_poll_ahead(code->log, file_size, bytes, size);
	return take_entries(code, false, true);
}

static bool covers(const struct jit_version *version, uint64_t address)
{
	return address - version->address < version->size;
}

struct jit_version *jit_code_find(const struct jit_code *code, uint64_t address, uint64_t time_ns)
{
	const struct page *page = find_page(code, address >> PAGE_SHIFT);
	struct jit_version *provisional = NULL;

	if (!page)
		return NULL;
	for (size_t i = count_until(page, time_ns); i-- > 0;) {
		struct jit_version *version = page->versions[i];

		if (!covers(version, address))
			continue;
		if (!version->is_provisional)
			return version->load ? version : provisional;
		if (!provisional)
			provisional = version;
	}
	return provisional;
}

struct jit_version *jit_code_find_later(const struct jit_code *code, uint64_t address,
					uint64_t time_ns)
{
	const struct page *page = find_page(code, address >> PAGE_SHIFT);

	if (!page)
		return NULL;
	for (size_t i = count_until(page, time_ns); i < page->count; i++) {
		struct jit_version *version = page->versions[i];

		if (version->time_ns - time_ns > JIT_LATE_LIMIT_NS)
			return NULL;
		if (covers(version, address) && version->load && !version->is_provisional)
			return version;
	}
	return NULL;
}

void jit_code_mark_at(struct jit_code *code, uint64_t address)
{
	const struct page *page = find_page(code, address >> PAGE_SHIFT);

	for (size_t i = 0; page && i < page->count; i++) {
		const struct jit_version *version = page->versions[i];

		if (covers(version, address))
			jit_code_version(code, version->origin)->was_sampled = true;
	}
}

static uint64_t next_in_page(const struct page *page, uint64_t start, uint64_t end,
			     uint64_t from_ns, const struct jit_version *except)
{
	for (size_t i = from_ns ? count_until(page, from_ns - 1) : 0; i < page->count; i++) {
		const struct jit_version *version = page->versions[i];

		if (version != except && version->address < end &&
		    start < version->address + version->size)
			return version->time_ns;
	}
	return UINT64_MAX;
}

uint64_t jit_code_next(const struct jit_code *code, uint64_t start, uint64_t end, uint64_t from_ns,
		       const struct jit_version *except)
{
	uint64_t first = UINT64_MAX;

	for (uint64_t page = start >> PAGE_SHIFT; page <= (end - 1) >> PAGE_SHIFT; page++) {
		const struct page *listed = find_page(code, page);
		uint64_t time_ns = UINT64_MAX;

		if (listed)
			time_ns = next_in_page(listed, start, end, from_ns, except);
		if (time_ns < first)
			first = time_ns;
	}
	return first;
}

bool jit_code_line(const struct jit_code *code, const struct jit_version *version,
		   uint64_t code_offset, struct jitdump_source_line *line)
{
	const struct jitdump_entry *load = version->load;

	if (!load)
		return false;
	if (code->log)
		return jitdump_log_line(code->log, load, code_offset, line);
	/* A recording keeps rows as offsets that are right already. */
	for (size_t i = load->line_count; i-- > 0;) {
		if (load->lines[i].address - load->address <= code_offset) {
			*line = load->lines[i];
			return line->line != 0;
		}
	}
	return false;
}

uint64_t jit_code_line_offset(const struct jit_code *code, const struct jit_version *version,
			      size_t number)
{
	const struct jitdump_entry *load = version->load;
	uint64_t shift = code->log ? jitdump_log_line_shift(code->log) : 0;
	uint64_t address = load->lines[number].address - shift;

	return address < load->address ? 0 : address - load->address;
}
