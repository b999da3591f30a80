/* SPDX-License-Identifier: MIT */
/* Where an address points, at a time: every rule between JIT code, files, anonymous memory, maps. */
#include "profiler/code.h"

#include "profiler/address_space.h"
#include "profiler/jit_code.h"
#include "support/memory_file.h"
#include "symbolize/perf_map.h"
#include "symbolize/symbolizer.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PID = 10, ENTRIES_MAX = 8 };

static struct symbolizer *symbolizer;
static struct address_space *space;
static struct jit_code *dump;
static struct jitdump_entry entries[ENTRIES_MAX];
static size_t entry_count;
static const uint8_t bytes[0x10000];

static int begin(void **state)
{
	(void)state;
	symbolizer = symbolizer_create(&(struct symbolizer_options){ 0 });
	space = address_space_create(
		PID, symbolizer_unknown_image(symbolizer),
		symbolizer_add_image(symbolizer, IMAGE_UNKNOWN, "[jit?]", NULL));
	dump = jit_code_create(NULL, symbolizer_add_image(symbolizer, IMAGE_JIT, "[jit]", NULL));
	entry_count = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	address_space_release(space);
	jit_code_destroy(dump);
	symbolizer_destroy(symbolizer);
	return 0;
}

static void load(struct jit_code *code, uint64_t time_ns, uint64_t address, uint64_t size,
		 const char *name)
{
	assert_true(entry_count < ENTRIES_MAX);
	entries[entry_count] = (struct jitdump_entry){ .kind = JITDUMP_ENTRY_LOAD,
						       .time_ns = time_ns,
						       .address = address,
						       .size = size,
						       .name = name,
						       .code = bytes };
	jit_code_add(code, &entries[entry_count++]);
}

/* Memory that forked children share. */
static void map_shared(uint64_t start, uint64_t end_address)
{
	const struct mapping mapping = { .start = start,
					 .end = end_address,
					 .kind = MAPPING_ANONYMOUS,
					 .is_executable = true,
					 .is_shared = true };

	address_space_map(space, &mapping);
}

static void map(enum mapping_kind kind, uint64_t from_ns, uint64_t start, uint64_t end_address)
{
	const struct image_identity identity = { .path = "/nowhere/libgone.so" };
	struct mapping mapping = { .start = start,
				   .end = end_address,
				   .file_offset = 0x3000,
				   .from_ns = from_ns,
				   .kind = kind,
				   .is_executable = true };

	if (kind == MAPPING_FILE)
		mapping.image = symbolizer_elf_image(symbolizer, &identity);
	address_space_map(space, &mapping);
}

static struct image *perf_map_of(const char *text)
{
	struct memory_file file = memory_file_create();
	struct perf_map *perf_map =
		perf_map_create(memory_file_reader(&file), symbolizer_strings(symbolizer));

	memory_file_append_text(&file, text);
	perf_map_poll(perf_map, true);
	memory_file_close(&file);
	return symbolizer_add_image(symbolizer, IMAGE_PERF_MAP, "/tmp/perf-10.map", perf_map);
}

static struct code find(uint64_t address, uint64_t time_ns)
{
	struct code code;

	memset(&code, 0xff, sizeof(code));
	code_find(space, address, time_ns, &code);
	assert_non_null(code.image);
	return code;
}

/* The name of the version there, or what kind of code it is. */
static const char *found(uint64_t address, uint64_t time_ns)
{
	struct code code = find(address, time_ns);

	switch (code.kind) {
	case CODE_JIT:
		return code.version ? code.version->load->name : "map";
	case CODE_FILE:
		return "file";
	case CODE_JIT_UNKNOWN:
		return "unknown";
	case CODE_UNMAPPED:
		break;
	}
	return "unmapped";
}

static void of_jit_code_and_a_file_the_newer_is_there(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	map(MAPPING_FILE, 10, 0x1000, 0x2000); /* as V8's builtins lie in node itself */
	load(dump, 20, 0x1000, 0x100, "builtin");
	map(MAPPING_FILE, 30, 0x1000, 0x2000);
	assert_string_equal(found(0x1000, 19), "file");
	assert_string_equal(found(0x1000, 20), "builtin");
	assert_string_equal(found(0x1100, 20), "file");
	assert_string_equal(found(0x1000, 29), "builtin");
}

static void a_file_that_replaces_freed_jit_memory_ends_the_code_from_then_on(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	load(dump, 20, 0x1000, 0x100, "freed");
	map(MAPPING_FILE, 30, 0x1000, 0x2000);
	assert_string_equal(found(0x1000, 30), "file");
	assert_string_equal(found(0x1000, 29), "freed");
}

static void anonymous_memory_and_markers_never_end_jit_code(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	load(dump, 10, 0x1000, 0x100, "fib");
	map(MAPPING_ANONYMOUS, 20, 0x1000, 0x2000);
	assert_string_equal(found(0x1000, 25), "fib");
	map(MAPPING_MARKER, 30, 0x1000, 0x2000);
	assert_string_equal(found(0x1000, 35), "fib");
}

static void of_several_dumps_the_newest_version_wins(void **state)
{
	struct jit_code *second =
		jit_code_create(NULL, symbolizer_add_image(symbolizer, IMAGE_JIT, "[jit]", NULL));

	(void)state;
	address_space_add_jit(space, dump);
	address_space_add_jit(space, second);
	load(dump, 10, 0x1000, 0x100, "old");
	load(second, 20, 0x1000, 0x100, "new");
	load(dump, 30, 0x1000, 0x100, "newest");
	assert_string_equal(found(0x1000, 15), "old");
	assert_string_equal(found(0x1000, 25), "new");
	assert_ptr_equal(find(0x1000, 25).image, jit_code_image(second));
	assert_string_equal(found(0x1000, 35), "newest");
	address_space_release(space);
	space = NULL;
	jit_code_destroy(second);
}

static void a_late_version_names_only_what_nothing_else_does(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	load(dump, JIT_LATE_LIMIT_NS, 0x1000, 0x100, "late");
	assert_string_equal(found(0x1000, 0), "late");
	assert_true(find(0x1000, 0).is_late);
	assert_false(find(0x1000, JIT_LATE_LIMIT_NS).is_late);
	load(dump, JIT_LATE_LIMIT_NS + 11, 0x3000, 0x100, "too late");
	map(MAPPING_ANONYMOUS, 0, 0x3000, 0x4000);
	assert_string_equal(found(0x3000, 10), "unknown");
	map(MAPPING_FILE, 0, 0x1000, 0x2000);
	assert_string_equal(found(0x1000, 0), "file");
}

static void of_late_versions_the_earliest_names(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	load(dump, 300, 0x1000, 0x100, "second");
	load(dump, 200, 0x1000, 0x100, "first");
	assert_string_equal(found(0x1000, 100), "first");
}

static void a_version_that_is_valid_is_never_late(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	load(dump, 100, 0x1000, 0x100, "valid");
	load(dump, 300, 0x1000, 0x100, "next");
	assert_string_equal(found(0x1000, 200), "valid");
	assert_false(find(0x1000, 200).is_late);
}

static void a_forked_child_runs_what_its_family_announces_in_the_shared_dump(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	map_shared(0x1000, 0x2000);
	load(dump, 10, 0x1000, 0x100, "before");
	load(dump, 10, 0x1800, 0x100, "before");
	struct address_space *parent = space;

	space = address_space_fork(parent, PID + 1, 20);
	load(dump, 30, 0x1800, 0x100, "after");
	assert_string_equal(found(0x1000, 40), "before");
	assert_string_equal(found(0x1800, 29), "before");
	assert_string_equal(found(0x1800, 40), "after");
	address_space_release(parent);
}

static void what_the_parent_writes_to_its_copy_is_not_the_childs(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	map(MAPPING_ANONYMOUS, 0, 0x1000, 0x3000);
	load(dump, 10, 0x1000, 0x100, "inherited");
	struct address_space *parent = space;

	space = address_space_fork(parent, PID + 1, 20);
	load(dump, 30, 0x1000, 0x100, "the parent's");
	load(dump, 30, 0x2000, 0x100, "new");
	assert_string_equal(found(0x1000, 40), "inherited");
	/* The child itself may have written on into the dump. */
	assert_string_equal(found(0x2000, 40), "new");
	address_space_release(space);
	space = parent;
	assert_string_equal(found(0x1000, 40), "the parent's");
}

static void a_child_with_a_dump_of_its_own_keeps_the_parents_code_until_the_fork(void **state)
{
	struct jit_code *own =
		jit_code_create(NULL, symbolizer_add_image(symbolizer, IMAGE_JIT, "[jit]", NULL));
	struct address_space *parent = space;

	(void)state;
	address_space_add_jit(parent, dump);
	load(dump, 10, 0x1000, 0x100, "inherited");
	space = address_space_fork(parent, PID + 1, 20);
	address_space_add_jit(space, own);
	load(dump, 40, 0x1000, 0x100, "the parent's");
	load(dump, 40, 0x2000, 0x100, "the parent's");
	load(own, 50, 0x2000, 0x100, "the child's");
	assert_string_equal(found(0x1000, 60), "inherited");
	assert_string_equal(found(0x2000, 60), "the child's");
	assert_string_equal(found(0x2000, 45), "the child's"); /* late, not the parent's */
	address_space_release(space);
	space = parent;
	assert_string_equal(found(0x1000, 60), "the parent's");
	address_space_release(space);
	space = NULL;
	jit_code_destroy(own);
}

static void a_perf_map_names_what_no_dump_does(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	map(MAPPING_ANONYMOUS, 0, 0x1000, 0x3000);
	space->perf_map = perf_map_of("1000 200 mapped\n2000 100 elsewhere\n");
	load(dump, 10, 0x1000, 0x100, "dumped");
	assert_string_equal(found(0x1000, 20), "dumped");
	assert_string_equal(found(0x1100, 20), "map");
	assert_int_equal(find(0x1100, 20).image_address, 0x1100);
	assert_string_equal(found(0x2fff, 20), "unknown");
}

static void a_childs_own_map_goes_before_its_parents(void **state)
{
	struct address_space *parent = space;

	(void)state;
	parent->perf_map = perf_map_of("1000 100 parents\n2000 100 parents\n");
	space = address_space_fork(parent, PID + 1, 20);
	address_space_release(parent);
	assert_ptr_equal(find(0x1000, 30).image, space->parent_perf_map);
	space->perf_map = perf_map_of("1000 100 own\n");
	assert_ptr_equal(find(0x1000, 30).image, space->perf_map);
	assert_ptr_equal(find(0x2000, 30).image, space->parent_perf_map);
}

static void memory_that_can_run_is_unknown_code_and_other_memory_is_none(void **state)
{
	const struct mapping data = {
		.start = 0x2000, .end = 0x3000, .kind = MAPPING_ANONYMOUS, .is_executable = false
	};

	(void)state;
	map(MAPPING_ANONYMOUS, 0, 0x1000, 0x2000);
	address_space_map(space, &data);
	assert_string_equal(found(0x1000, 5), "unknown");
	assert_string_equal(found(0x1fff, 5), "unknown");
	assert_string_equal(found(0x2000, 5), "unmapped");
	assert_string_equal(found(0x0, 5), "unmapped");
	assert_string_equal(found(UINT64_MAX, 5), "unmapped");
	assert_ptr_equal(find(0x1000, 5).image, space->unknown_jit);
	assert_ptr_equal(find(0x2000, 5).image, space->unknown);
}

static void where_code_moved_away_nothing_is_known(void **state)
{
	static const struct jitdump_entry move = { .kind = JITDUMP_ENTRY_MOVE,
						   .time_ns = 20,
						   .old_address = 0x1000,
						   .address = 0x2000,
						   .size = 0x100,
						   .name = "" };

	(void)state;
	address_space_add_jit(space, dump);
	map(MAPPING_ANONYMOUS, 0, 0x1000, 0x3000);
	load(dump, 10, 0x1000, 0x100, "moved");
	jit_code_add(dump, &move);
	assert_string_equal(found(0x1000, 15), "moved");
	assert_string_equal(found(0x1000, 20), "unknown");
	assert_string_equal(found(0x2000, 20), "moved");
}

static void a_place_in_a_file_that_is_gone_is_told_by_its_offset(void **state)
{
	struct code code;

	(void)state;
	map(MAPPING_FILE, 0, 0x1000, 0x2000);
	code = find(0x1234, 5);
	assert_int_equal(code.kind, CODE_FILE);
	assert_int_equal(code.image_address, 0x3234);
	assert_int_equal(code.bias, (uint64_t)0x1000 - 0x3000);
	assert_string_equal(code.image->name, "libgone.so");
}

/* The mapping of this program that holds `address`. */
static struct mapping own_mapping(uint64_t address)
{
	struct mapping mapping = { .kind = MAPPING_FILE, .is_executable = true };
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4096];

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		assert_int_equal(sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64,
					&mapping.start, &mapping.end, &mapping.file_offset),
				 3);
		if (address >= mapping.start && address < mapping.end)
			break;
	}
	fclose(maps);
	return mapping;
}

static void a_place_in_a_file_is_its_address_in_the_image(void **state)
{
	const struct image_identity identity = { .path = "/proc/self/exe" };
	uint64_t address = (uintptr_t)own_mapping;
	struct mapping mapping = own_mapping(address);
	struct symbol symbol;

	(void)state;
	mapping.image = symbolizer_elf_image(symbolizer, &identity);
	address_space_map(space, &mapping);
	struct code code = find(address, 5);

	assert_int_equal(code.kind, CODE_FILE);
	assert_int_equal(code.image_address + code.bias, address);
	assert_true(image_symbol(code.image, code.image_address, &symbol));
	assert_string_equal(symbol.name, "own_mapping");
	assert_int_equal(symbol.start, code.image_address);
}

static void a_location_outlives_process_addresses(void **state)
{
	(void)state;
	address_space_add_jit(space, dump);
	load(dump, 10, 0x1000, 0x100, "first");
	load(dump, 20, 0x1000, 0x100, "second");
	uint64_t first = find(0x1010, 10).image_address, second = find(0x1010, 20).image_address;

	assert_int_not_equal(first, second);
	assert_int_equal(jit_version_number(first), 0);
	assert_int_equal(jit_version_number(second), 1);
	assert_int_equal(jit_version_offset(second), 0x10);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(of_jit_code_and_a_file_the_newer_is_there),
		EACH(a_file_that_replaces_freed_jit_memory_ends_the_code_from_then_on),
		EACH(anonymous_memory_and_markers_never_end_jit_code),
		EACH(of_several_dumps_the_newest_version_wins),
		EACH(a_late_version_names_only_what_nothing_else_does),
		EACH(of_late_versions_the_earliest_names),
		EACH(a_version_that_is_valid_is_never_late),
		EACH(a_forked_child_runs_what_its_family_announces_in_the_shared_dump),
		EACH(what_the_parent_writes_to_its_copy_is_not_the_childs),
		EACH(a_child_with_a_dump_of_its_own_keeps_the_parents_code_until_the_fork),
		EACH(a_perf_map_names_what_no_dump_does),
		EACH(a_childs_own_map_goes_before_its_parents),
		EACH(memory_that_can_run_is_unknown_code_and_other_memory_is_none),
		EACH(where_code_moved_away_nothing_is_known),
		EACH(a_place_in_a_file_that_is_gone_is_told_by_its_offset),
		EACH(a_place_in_a_file_is_its_address_in_the_image),
		EACH(a_location_outlives_process_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
