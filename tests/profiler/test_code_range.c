/* SPDX-License-Identifier: MIT */
/* Kept ranges say what code_find() says, whatever was mapped and announced before and after. */
#include "profiler/code_range.h"

#include "profiler/address_space.h"
#include "profiler/jit_code.h"
#include "symbolize/symbolizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { MEMORY = 0x100000, MEMORY_SIZE = 0x4000, ENTRIES = 4096 };

/* The last dump is not the space's to begin with. */
enum { DUMPS = 3, OWN = DUMPS - 1 };

struct world {
	struct symbolizer *symbolizer;
	struct image *file, *gone; /* which cannot be read */
	struct jit_code *codes[DUMPS];
	struct address_space *space;
	struct jitdump_entry entries[ENTRIES];
	size_t entry_count;
	uint32_t random;
};

static int create(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	char path[4096] = "";

	assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	world->random = 1;
	world->symbolizer = symbolizer_create(&(struct symbolizer_options){ 0 });
	world->file =
		symbolizer_elf_image(world->symbolizer, &(struct image_identity){ .path = path });
	world->gone = symbolizer_elf_image(world->symbolizer,
					   &(struct image_identity){ .path = "/nonexistent" });
	world->space = address_space_create(1, symbolizer_unknown_image(world->symbolizer),
					    symbolizer_unknown_image(world->symbolizer));
	for (size_t i = 0; i < DUMPS; i++) {
		world->codes[i] = jit_code_create(
			NULL, symbolizer_add_image(world->symbolizer, IMAGE_JIT, "[jit]", NULL));
		if (i != OWN)
			address_space_add_jit(world->space, world->codes[i]);
	}
	*state = world;
	return 0;
}

static int destroy(void **state)
{
	struct world *world = *state;

	address_space_release(world->space);
	for (size_t i = 0; i < DUMPS; i++)
		jit_code_destroy(world->codes[i]);
	symbolizer_destroy(world->symbolizer);
	free(world);
	return 0;
}

static void announce(struct world *world, size_t dump, uint64_t address, uint64_t size,
		     uint64_t time_ns)
{
	struct jitdump_entry *entry = &world->entries[world->entry_count++];

	assert_true(world->entry_count <= ENTRIES);
	*entry = (struct jitdump_entry){
		.address = address, .size = size, .time_ns = time_ns, .name = "f"
	};
	jit_code_add(world->codes[dump], entry);
}

/* Of the pages every second one is shared with forked children, and of files the latter half cannot
 * be read. */
static void map(struct world *world, enum mapping_kind kind, uint64_t start, uint64_t end,
		uint64_t from_ns)
{
	struct mapping mapping = { .start = start,
				   .end = end,
				   .file_offset = start - MEMORY,
				   .from_ns = from_ns,
				   .until_ns = UINT64_MAX,
				   .kind = kind,
				   .is_executable = true,
				   .is_shared = start >> 12 & 1,
				   .image = start < MEMORY + MEMORY_SIZE / 2 ? world->file
									     : world->gone };

	if (kind != MAPPING_FILE)
		mapping.image = NULL;
	address_space_map(world->space, &mapping);
}

static const struct code_range *keep(struct world *world, uint64_t address, uint64_t time_ns)
{
	struct code_ranges *ranges = code_ranges_of(world->space);
	struct code code;

	code_find(world->space, address, time_ns, &code);
	return code_ranges_add(ranges, address, time_ns, &code);
}

static const struct code_range *kept(struct world *world, uint64_t address, uint64_t time_ns)
{
	return code_ranges_find(code_ranges_of(world->space), address, time_ns);
}

static void expect_same_code(const struct code_range *range, uint64_t address,
			     const struct code *found)
{
	struct code code;

	code_range_code(range, address, &code);
	assert_int_equal(code.kind, found->kind);
	assert_ptr_equal(code.image, found->image);
	assert_int_equal(code.image_address, found->image_address);
	assert_int_equal(code.bias, found->bias);
	assert_ptr_equal(code.version, found->version);
	assert_false(found->is_late || found->is_provisional || found->live_pid);
}

static void code_is_kept_until_newer_code_lies_over_it(void **state)
{
	struct world *world = *state;

	announce(world, 0, MEMORY, 0x100, 10);
	announce(world, 1, MEMORY + 0x80, 0x10, 20);
	assert_non_null(keep(world, MEMORY + 1, 15));
	assert_non_null(kept(world, MEMORY + 0xff, 10));
	assert_null(kept(world, MEMORY + 0xff, 9));
	assert_null(kept(world, MEMORY + 0xff, 20));
	assert_null(kept(world, MEMORY + 0x100, 15));
	assert_null(keep(world, MEMORY + 1, 25));
}

static void ranges_are_forgotten_when_something_is_added(void **state)
{
	struct world *world = *state;

	announce(world, 0, MEMORY, 0x100, 10);
	keep(world, MEMORY, 15);
	assert_non_null(kept(world, MEMORY, 15));
	announce(world, 0, MEMORY, 0x100, 12);
	assert_null(kept(world, MEMORY, 15));
	keep(world, MEMORY, 15);
	assert_non_null(kept(world, MEMORY, 15));
	map(world, MAPPING_FILE, MEMORY, MEMORY + 0x1000, 14);
	assert_null(kept(world, MEMORY, 15));
}

static void what_may_still_change_is_not_kept(void **state)
{
	struct world *world = *state;

	map(world, MAPPING_ANONYMOUS, MEMORY, MEMORY + 0x1000, 0);
	assert_null(keep(world, MEMORY + 0x800, 15)); /* nobody described it */
	announce(world, 0, MEMORY, 0x100, 20);
	assert_null(keep(world, MEMORY, 15)); /* late */
	assert_null(keep(world, MEMORY + 0x2000, 15));
}

static void a_file_that_cannot_be_read_is_kept_page_by_page(void **state)
{
	struct world *world = *state;
	uint64_t page = MEMORY + MEMORY_SIZE / 2;
	struct code code;

	map(world, MAPPING_FILE, page, page + 0x2000, 0);
	assert_non_null(keep(world, page + 0x10, 15));
	assert_null(kept(world, page + 0x1010, 15));
	code_find(world->space, page + 0x20, 15, &code);
	expect_same_code(kept(world, page + 0x20, 15), page + 0x20, &code);
}

static void code_that_is_forgotten_is_not_kept(void **state)
{
	struct world *world = *state;

	announce(world, 0, MEMORY, 0x100, 10);
	assert_non_null(keep(world, MEMORY, 15));
	jit_code_forget(world->codes[0], 20, false);
	assert_null(kept(world, MEMORY, 15));
}

static void keys_tell_every_place_apart(void **state)
{
	struct world *world = *state;
	const struct code_range *range;
	uint64_t key;

	announce(world, 0, MEMORY, 0x100, 10);
	range = keep(world, MEMORY + 8, 10);
	key = code_range_key(range, MEMORY + 8, true);
	assert_int_not_equal(key, 0);
	assert_int_not_equal(key, code_range_key(range, MEMORY + 8, false));
	assert_int_not_equal(key, code_range_key(range, MEMORY + 9, true));
	range = keep(world, MEMORY + 0x90, 10);
	assert_int_equal(key, code_range_key(range, MEMORY + 8, true));
	announce(world, 0, MEMORY, 0x100, 20);
	range = keep(world, MEMORY + 8, 20);
	assert_int_not_equal(key, code_range_key(range, MEMORY + 8, true));
	map(world, MAPPING_FILE, MEMORY, MEMORY + 0x1000, 30);
	range = keep(world, MEMORY + 8, 30);
	assert_int_not_equal(key, code_range_key(range, MEMORY + 8, true));
}

static uint32_t next_random(struct world *world, uint32_t below)
{
	world->random = world->random * 1664525 + 1013904223;
	return (world->random >> 8) % below;
}

/* The range that is kept is right if it gives the code that is found, and a fresh one for the same
 * place gives the same key. */
static size_t compare(struct world *world, uint64_t address, uint64_t time_ns)
{
	const struct code_range *range = kept(world, address, time_ns);
	struct code_range fresh;
	struct code code;

	if (!range) {
		keep(world, address, time_ns);
		return 0;
	}
	code_find(world->space, address, time_ns, &code);
	expect_same_code(range, address, &code);
	assert_true(code_range_find(world->space, address, time_ns, &code, &fresh));
	assert_int_equal(code_range_key(range, address, true),
			 code_range_key(&fresh, address, true));
	assert_true(code_range_covers(&fresh, address, time_ns));
	return 1;
}

static void change(struct world *world, uint64_t now_ns)
{
	uint64_t address = MEMORY + 16 * next_random(world, MEMORY_SIZE / 16);
	uint64_t page = address & ~UINT64_C(0xfff);
	uint32_t what = next_random(world, 20);

	if (what == 0)
		map(world, MAPPING_FILE, page, page + 0x1000, now_ns);
	else if (what == 1)
		map(world, MAPPING_ANONYMOUS, page, page + 0x1000, now_ns);
	else
		announce(world, what % 3, address, 16 + next_random(world, 700),
			 now_ns - next_random(world, 4));
}

/* From now on the world's space is that of a child, whose parent lives on. */
static void fork_world(struct world *world, uint64_t now_ns)
{
	struct address_space *parent = world->space;

	world->space = address_space_fork(parent, 2, now_ns);
	address_space_release(parent);
}

static void ranges_say_what_is_found(void **state)
{
	struct world *world = *state;
	size_t compared = 0;

	for (uint64_t now_ns = 100; now_ns < 2000; now_ns++) {
		change(world, now_ns);
		if (now_ns == 900)
			fork_world(world, now_ns);
		if (now_ns == 1500)
			address_space_add_jit(world->space, world->codes[OWN]);
		for (unsigned i = 0; i < 300; i++)
			compared += compare(world, MEMORY + next_random(world, MEMORY_SIZE),
					    now_ns - next_random(world, 20));
	}
	assert_true(compared > 10000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)
	const struct CMUnitTest tests[] = {
		TEST(code_is_kept_until_newer_code_lies_over_it),
		TEST(ranges_are_forgotten_when_something_is_added),
		TEST(what_may_still_change_is_not_kept),
		TEST(a_file_that_cannot_be_read_is_kept_page_by_page),
		TEST(code_that_is_forgotten_is_not_kept),
		TEST(keys_tell_every_place_apart),
		TEST(ranges_say_what_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
