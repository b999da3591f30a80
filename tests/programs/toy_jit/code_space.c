/* SPDX-License-Identifier: MIT */
#include "code_space.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "jitdump/xalloc.h"

#define PAGE_BYTES    4096u
#define PAGE_COUNT    4096u
#define CODE_BYTES    ((size_t)PAGE_COUNT * PAGE_BYTES)
#define GUARDED_BYTES (CODE_BYTES + 2 * (size_t)PAGE_BYTES)

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

void code_space_init(struct code_space *space)
{
	uint8_t *guarded = mmap(NULL, GUARDED_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t *start = guarded + PAGE_BYTES;

	/* The kernel likes to put a thread's stack right before it. Without a guard a profiler's
	 * copy of that stack runs on into the code space, and perf 6.1 then takes the code's unwind
	 * tables, which it maps there, from that copy. */
	if (guarded == MAP_FAILED || mprotect(start, CODE_BYTES, PROT_READ | PROT_WRITE) != 0)
		fail("toy_jit: mapping the code space");
	*space = (struct code_space){ .start = start, .page_count = PAGE_COUNT };
	space->owners = xcalloc(PAGE_COUNT, sizeof(*space->owners));
	space->was_used = xcalloc(PAGE_COUNT, sizeof(*space->was_used));
}

void code_space_deinit(struct code_space *space)
{
	if (space->start)
		munmap(space->start - PAGE_BYTES, GUARDED_BYTES);
	free(space->owners);
	free(space->was_used);
	*space = (struct code_space){ 0 };
}

static size_t find_free_pages(const struct code_space *space, size_t count)
{
	size_t run = 0;

	for (size_t page = 0; page < space->page_count; page++) {
		run = space->owners[page] ? 0 : run + 1;
		if (run == count)
			return page + 1 - count;
	}
	fprintf(stderr, "toy_jit: no room for code\n");
	exit(1);
}

static void protect(const struct code_space *space, const struct code *code, int protection)
{
	if (mprotect(space->start + code->first_page * PAGE_BYTES, code->page_count * PAGE_BYTES,
		     protection) != 0)
		fail("toy_jit: mprotect");
}

static void set_owner(struct code_space *space, const struct code *code, struct code *owner)
{
	for (size_t page = code->first_page; page < code->first_page + code->page_count; page++)
		__atomic_store_n(&space->owners[page], owner, __ATOMIC_RELEASE);
}

static bool note_use(struct code_space *space, const struct code *code)
{
	bool is_reused = false;

	for (size_t page = code->first_page; page < code->first_page + code->page_count; page++) {
		is_reused |= space->was_used[page];
		space->was_used[page] = true;
	}
	return is_reused;
}

void code_space_place(struct code_space *space, struct code *code, const void *bytes, size_t size,
		      size_t reserved_bytes)
{
	/* Code does not start at the page's, nor always at the same place in it, so that old and
	 * new code overlap in part as they do in a heap. */
	size_t offset = 16 * (1 + space->placed_count % 13);

	code->page_count = (offset + size + reserved_bytes + PAGE_BYTES - 1) / PAGE_BYTES;
	code->first_page = find_free_pages(space, code->page_count);
	code->address = space->start + code->first_page * PAGE_BYTES + offset;
	code->size = size;
	code->reserved_bytes = reserved_bytes;
	protect(space, code, PROT_READ | PROT_WRITE);
	memcpy(code->address, bytes, size);
	protect(space, code, PROT_READ | PROT_EXEC);
	set_owner(space, code, code);
	space->reused_count += note_use(space, code);
	space->placed_count++;
}

void code_space_free(struct code_space *space, struct code *code)
{
	protect(space, code, PROT_READ | PROT_WRITE);
	memset(code->address, 0xcc, code->size); /* int3: running it would be noticed */
	set_owner(space, code, NULL);
}

const struct code *code_space_find(const struct code_space *space, uintptr_t address)
{
	uintptr_t start = (uintptr_t)space->start;
	const struct code *code;

	if (address < start || address >= start + space->page_count * PAGE_BYTES)
		return NULL;
	code = __atomic_load_n(&space->owners[(address - start) / PAGE_BYTES], __ATOMIC_ACQUIRE);
	if (!code || address < (uintptr_t)code->address ||
	    address >= (uintptr_t)code->address + code->size)
		return NULL;
	return code;
}
