/* SPDX-License-Identifier: MIT */
#include "profiler/address_space.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct image libc_image, libm_image;

static struct address_space *empty(void)
{
	return address_space_create(42, NULL, NULL);
}

static void map_file(struct address_space *space, uint64_t start, uint64_t end, uint64_t from_ns,
		     struct image *image)
{
	address_space_map(space, &(struct mapping){ .start = start,
						    .end = end,
						    .from_ns = from_ns,
						    .kind = MAPPING_FILE,
						    .is_executable = true,
						    .image = image });
}

static void map_anonymous(struct address_space *space, uint64_t start, uint64_t end,
			  uint64_t from_ns)
{
	address_space_map(space, &(struct mapping){ .start = start,
						    .end = end,
						    .from_ns = from_ns,
						    .kind = MAPPING_ANONYMOUS,
						    .is_executable = true });
}

static void a_range_holds_its_start_and_not_its_end(void **state)
{
	(void)state;
	struct address_space *space = empty();

	map_file(space, 0x1000, 0x2000, 10, &libc_image);
	assert_null(address_space_find(space, 0xfff, 20));
	assert_non_null(address_space_find(space, 0x1000, 20));
	assert_non_null(address_space_find(space, 0x1fff, 20));
	assert_null(address_space_find(space, 0x2000, 20));
	address_space_release(space);
}

static void a_newer_mapping_cuts_the_older_one_in_two(void **state)
{
	(void)state;
	struct address_space *space = empty();

	map_file(space, 0x1000, 0x9000, 10, &libc_image);
	map_file(space, 0x3000, 0x4000, 20, &libm_image);
	assert_ptr_equal(address_space_find(space, 0x3800, 30)->image, &libm_image);
	assert_ptr_equal(address_space_find(space, 0x2fff, 30)->image, &libc_image);
	const struct mapping *right = address_space_find(space, 0x4000, 30);

	assert_ptr_equal(right->image, &libc_image);
	assert_int_equal(right->file_offset, 0x3000);
	assert_int_equal(space->mapping_count, 3);
	address_space_release(space);
}

static void an_older_time_finds_what_was_there_then(void **state)
{
	(void)state;
	struct address_space *space = empty();

	map_file(space, 0x1000, 0x2000, 10, &libc_image);
	map_file(space, 0x1000, 0x2000, 20, &libm_image);
	assert_ptr_equal(address_space_find(space, 0x1800, 19)->image, &libc_image);
	assert_ptr_equal(address_space_find(space, 0x1800, 20)->image, &libm_image);
	address_space_release(space);
}

static void a_sample_before_the_first_mapping_takes_the_earliest_later_one(void **state)
{
	(void)state;
	struct address_space *space = empty();

	map_file(space, 0x1000, 0x2000, 10, &libc_image);
	map_file(space, 0x1000, 0x2000, 20, &libm_image);
	assert_ptr_equal(address_space_find(space, 0x1800, 5)->image, &libc_image);
	address_space_release(space);
}

static void a_report_that_comes_late_leaves_the_newer_mapping_alone(void **state)
{
	(void)state;
	struct address_space *space = empty();

	map_file(space, 0x3000, 0x4000, 20, &libm_image);
	map_file(space, 0x1000, 0x9000, 10, &libc_image);
	assert_ptr_equal(address_space_find(space, 0x3800, 30)->image, &libm_image);
	assert_ptr_equal(address_space_find(space, 0x3800, 15)->image, &libc_image);
	assert_ptr_equal(address_space_find(space, 0x2000, 30)->image, &libc_image);
	assert_ptr_equal(address_space_find(space, 0x8000, 30)->image, &libc_image);
	address_space_release(space);
}

static void an_equal_report_keeps_the_first_time(void **state)
{
	(void)state;
	struct address_space *space = empty();

	map_file(space, 0x1000, 0x2000, 10, &libc_image);
	map_file(space, 0x1000, 0x2000, 90, &libc_image);
	assert_int_equal(address_space_find(space, 0x1000, 100)->from_ns, 10);
	address_space_release(space);
}

static void changing_the_protection_of_jit_memory_leaves_no_trace(void **state)
{
	(void)state;
	struct address_space *space = empty();

	map_anonymous(space, 0x10000, 0x90000, 1);
	for (uint64_t time = 2; time < 1000; time++)
		map_anonymous(space, 0x10000 + time % 7 * 0x1000, 0x30000, time);
	assert_int_equal(space->past_count, 0);
	assert_true(space->mapping_count < 20);
	address_space_release(space);
}

static void a_forked_child_keeps_the_parents_mappings_and_its_own_apart(void **state)
{
	(void)state;
	struct address_space *parent = empty();

	map_file(parent, 0x1000, 0x2000, 10, &libc_image);
	struct address_space *child = address_space_fork(parent, 43, 20);

	map_file(child, 0x1000, 0x2000, 30, &libm_image);
	assert_ptr_equal(address_space_find(parent, 0x1000, 40)->image, &libc_image);
	assert_ptr_equal(address_space_find(child, 0x1000, 40)->image, &libm_image);
	address_space_release(parent);
	address_space_release(child);
}

static void an_inherited_dump_counts_until_the_fork_unless_the_memory_is_shared(void **state)
{
	const struct mapping copied = { .start = 0x1000, .end = 0x2000 };
	const struct mapping shared_memory = { .start = 0x1000, .end = 0x2000, .is_shared = true };
	struct address_space *parent = empty();
	struct jit_code *shared = (struct jit_code *)0x10, *own = (struct jit_code *)0x20;

	(void)state;

	address_space_add_jit(parent, shared);
	struct address_space *child = address_space_fork(parent, 43, 20);
	struct address_space *grandchild = address_space_fork(child, 44, 30);

	address_space_add_jit(child, own);
	assert_true(jit_use_until(&parent->jits[0], &copied) == UINT64_MAX);
	assert_int_equal(jit_use_until(&child->jits[0], &copied), 20);
	assert_int_equal(jit_use_until(&child->jits[0], NULL), 20);
	assert_true(jit_use_until(&child->jits[0], &shared_memory) == UINT64_MAX);
	assert_true(jit_use_until(&child->jits[1], &copied) == UINT64_MAX);
	assert_int_equal(jit_use_until(&grandchild->jits[0], &copied), 20);
	address_space_release(grandchild);
	address_space_release(parent);
	address_space_release(child);
	address_space_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_holds_its_start_and_not_its_end),
		cmocka_unit_test(a_newer_mapping_cuts_the_older_one_in_two),
		cmocka_unit_test(an_older_time_finds_what_was_there_then),
		cmocka_unit_test(a_sample_before_the_first_mapping_takes_the_earliest_later_one),
		cmocka_unit_test(a_report_that_comes_late_leaves_the_newer_mapping_alone),
		cmocka_unit_test(an_equal_report_keeps_the_first_time),
		cmocka_unit_test(changing_the_protection_of_jit_memory_leaves_no_trace),
		cmocka_unit_test(a_forked_child_keeps_the_parents_mappings_and_its_own_apart),
		cmocka_unit_test(
			an_inherited_dump_counts_until_the_fork_unless_the_memory_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
