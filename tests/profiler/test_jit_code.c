/* SPDX-License-Identifier: MIT */
#include "profiler/jit_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const uint8_t bytes[0x10000];

static struct jitdump_entry load(uint64_t time_ns, uint64_t address, uint64_t size,
				 const char *name)
{
	return (struct jitdump_entry){ .kind = JITDUMP_ENTRY_LOAD,
				       .time_ns = time_ns,
				       .address = address,
				       .size = size,
				       .name = name,
				       .code = bytes };
}

static struct jitdump_entry move(uint64_t time_ns, uint64_t old_address, uint64_t address,
				 uint64_t size)
{
	return (struct jitdump_entry){ .kind = JITDUMP_ENTRY_MOVE,
				       .time_ns = time_ns,
				       .old_address = old_address,
				       .address = address,
				       .size = size,
				       .name = "" };
}

static const struct jitdump_entry model = { .kind = JITDUMP_ENTRY_LOAD, .name = "model" };

static const char *name_at(const struct jit_code *code, uint64_t address, uint64_t time_ns)
{
	const struct jit_version *version = jit_code_find(code, address, time_ns);

	return version ? version->load->name : "";
}

static void the_newest_load_that_is_not_newer_than_the_sample_names_it(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry first = load(10, 0x1000, 0x100, "first");
	struct jitdump_entry second = load(20, 0x1000, 0x100, "second");

	jit_code_add(code, &first);
	jit_code_add(code, &second);
	assert_string_equal(name_at(code, 0x1080, 9), "");
	assert_string_equal(name_at(code, 0x1080, 10), "first");
	assert_string_equal(name_at(code, 0x1080, 19), "first");
	assert_string_equal(name_at(code, 0x1080, 20), "second");
	assert_string_equal(name_at(code, 0x1100, 20), "");
	jit_code_destroy(code);
}

static void of_equal_times_the_last_in_the_file_wins(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry first = load(10, 0x1000, 0x100, "first");
	struct jitdump_entry second = load(10, 0x1000, 0x100, "second");

	jit_code_add(code, &first);
	jit_code_add(code, &second);
	assert_string_equal(name_at(code, 0x1000, 10), "second");
	jit_code_destroy(code);
}

static void a_partial_overlap_cuts_and_does_not_drop(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry large = load(10, 0x1000, 0x3000, "large");
	struct jitdump_entry small = load(20, 0x2000, 0x100, "small");

	jit_code_add(code, &large);
	jit_code_add(code, &small);
	assert_string_equal(name_at(code, 0x1fff, 30), "large");
	assert_string_equal(name_at(code, 0x2000, 30), "small");
	assert_string_equal(name_at(code, 0x2100, 30), "large");
	assert_string_equal(name_at(code, 0x3fff, 30), "large");
	jit_code_destroy(code);
}

static void loads_that_come_out_of_order_are_found_by_their_time(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry newer = load(20, 0x1000, 0x100, "newer");
	struct jitdump_entry older = load(10, 0x1000, 0x100, "older");

	jit_code_add(code, &newer);
	jit_code_add(code, &older);
	assert_string_equal(name_at(code, 0x1000, 15), "older");
	assert_string_equal(name_at(code, 0x1000, 25), "newer");
	jit_code_destroy(code);
}

static void a_moved_function_runs_at_its_new_place_and_nowhere_else(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry loaded = load(10, 0x1000, 0x100, "fib");
	struct jitdump_entry moved = move(20, 0x1000, 0x5000, 0x100);

	jit_code_add(code, &loaded);
	jit_code_add(code, &moved);
	assert_string_equal(name_at(code, 0x1010, 19), "fib");
	assert_string_equal(name_at(code, 0x1010, 20), "");
	assert_string_equal(name_at(code, 0x5010, 20), "fib");
	const struct jit_version *version = jit_code_find(code, 0x5010, 20);

	assert_int_equal(version->address, 0x5000);
	assert_int_equal(version->origin, 0);
	assert_int_not_equal(version->number, 0);
	jit_code_destroy(code);
}

static void a_move_by_less_than_its_size_keeps_the_new_place(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry loaded = load(10, 0x1000, 0x100, "fib");
	struct jitdump_entry moved = move(20, 0x1000, 0x1040, 0x100);

	jit_code_add(code, &loaded);
	jit_code_add(code, &moved);
	assert_string_equal(name_at(code, 0x1000, 20), "");
	assert_string_equal(name_at(code, 0x1040, 20), "fib");
	assert_string_equal(name_at(code, 0x1100, 20), "fib");
	jit_code_destroy(code);
}

static void a_move_of_nothing_known_changes_nothing(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry moved = move(20, 0x1000, 0x1040, 0x100);

	jit_code_add(code, &moved);
	assert_int_equal(jit_code_count(code), 0);
	jit_code_destroy(code);
}

static void a_child_moves_what_its_parent_announced(void **state)
{
	(void)state;
	struct jit_code *parent = jit_code_create(NULL, NULL);
	struct jit_code *child = jit_code_create(NULL, NULL);
	struct jitdump_entry loaded = load(10, 0x1000, 0x100, "fib");
	struct jitdump_entry reloaded = load(25, 0x1000, 0x100, "after the fork");
	struct jitdump_entry moved = move(30, 0x1000, 0x5000, 0x100);

	jit_code_add(parent, &loaded);
	jit_code_add(parent, &reloaded);
	jit_code_set_parent(child, parent, 20);
	jit_code_add(child, &moved);
	assert_string_equal(name_at(child, 0x5010, 30), "fib");
	assert_string_equal(name_at(child, 0x5010, 29), "");
	jit_code_destroy(child);
	jit_code_destroy(parent);
}

static void a_grandchild_moves_what_its_parents_parent_announced(void **state)
{
	(void)state;
	struct jit_code *first = jit_code_create(NULL, NULL);
	struct jit_code *second = jit_code_create(NULL, NULL);
	struct jit_code *third = jit_code_create(NULL, NULL);
	struct jitdump_entry loaded = load(10, 0x1000, 0x100, "fib");
	struct jitdump_entry moved = move(40, 0x1000, 0x5000, 0x100);

	jit_code_add(first, &loaded);
	jit_code_set_parent(second, first, 20);
	jit_code_set_parent(third, second, 30);
	jit_code_add(third, &moved);
	assert_string_equal(name_at(third, 0x5010, 40), "fib");
	jit_code_destroy(third);
	jit_code_destroy(second);
	jit_code_destroy(first);
}

static void a_late_load_is_found_up_to_the_limit(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry loaded = load(JIT_LATE_LIMIT_NS + 100, 0x1000, 0x100, "fib");

	jit_code_add(code, &loaded);
	assert_null(jit_code_find(code, 0x1000, 100));
	assert_non_null(jit_code_find_later(code, 0x1000, 100));
	assert_null(jit_code_find_later(code, 0x1000, 99));
	assert_null(jit_code_find_later(code, 0x1100, 100));
	jit_code_destroy(code);
}

static void a_load_that_claims_a_huge_size_without_bytes_is_bounded(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry claims = load(10, 0x1000, UINT64_MAX / 2, "claims");
	struct jitdump_entry wraps = load(10, UINT64_MAX - 10, 0x100, "wraps");
	struct jitdump_entry empty = load(10, 0x2000, 0, "empty");

	claims.code = NULL;
	jit_code_add(code, &claims);
	jit_code_add(code, &wraps);
	jit_code_add(code, &empty);
	assert_string_equal(name_at(code, 0x1000, 10), "claims");
	assert_string_equal(name_at(code, 0x40000000, 10), "");
	assert_int_equal(jit_code_count(code), 3);
	jit_code_destroy(code);
	jit_code_destroy(NULL);
}

static void an_image_address_tells_version_and_offset(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry entries[3];

	for (int i = 0; i < 3; i++) {
		entries[i] = load(10, 0x1000 * (uint64_t)(i + 1), 0x100, "f");
		jit_code_add(code, &entries[i]);
	}
	const struct jit_version *version = jit_code_find(code, 0x3010, 10);
	uint64_t image_address = jit_image_address(version, 0x3010);

	assert_int_equal(jit_version_number(image_address), 2);
	assert_int_equal(jit_version_offset(image_address), 0x10);
	assert_ptr_equal(jit_code_version(code, 2), version);
	assert_null(jit_code_version(code, 3));
	jit_code_destroy(code);
}

static void what_newer_code_covers_is_forgotten_unless_it_is_named(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry lower = load(10, 0x1f80, 0x80, "lower");
	struct jitdump_entry named = load(11, 0x2000, 0x80, "named");
	struct jitdump_entry partly = load(12, 0x2080, 0x110, "partly");
	struct jitdump_entry newer = load(20, 0x1f80, 0x200, "newer");
	struct jitdump_entry recent = load(30, 0x1f80, 0x300, "recent");
	struct jitdump_entry other = load(10, 0x9000, 0x10, "other");

	jit_code_add(code, &lower);
	jit_code_add(code, &named);
	jit_code_add(code, &partly);
	jit_code_add(code, &newer);
	jit_code_add(code, &recent);
	for (uint64_t i = 0; i < 10000; i++)
		jit_code_add(code, &other);
	jit_code_version(code, 1)->was_sampled = true;
	assert_false(jit_code_forget(code, 25, true));
	/* Over two pages, and all of it. */
	assert_string_equal(name_at(code, 0x1f80, 15), "");
	assert_string_equal(name_at(code, 0x2000, 15), "");
	assert_null(jit_code_version(code, 0));
	assert_string_equal(jit_code_version(code, 1)->load->name, "named");
	/* Of this a part is still to be seen, and what covers that is too new. */
	assert_string_equal(name_at(code, 0x2080, 15), "partly");
	assert_string_equal(name_at(code, 0x2000, 25), "newer");
	assert_string_equal(name_at(code, 0x2000, 35), "recent");
	assert_string_equal(name_at(code, 0x9000, 15), "other");
	assert_null(jit_code_version(code, 64)); /* of the many that are one */

	jit_code_unmark(code);
	for (uint64_t i = 0; i < 10000; i++)
		jit_code_add(code, &other);
	jit_code_forget(code, 35, true);
	assert_null(jit_code_version(code, 1));
	jit_code_destroy(code);
}

static void code_that_nobody_runs_is_forgotten_when_nothing_names_it(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jitdump_entry first = load(10, 0x1000, 0x80, "first");
	struct jitdump_entry second = load(11, 0x1100, 0x80, "second");

	jit_code_add(code, &first);
	jit_code_add(code, &second);
	jit_code_version(code, 1)->was_sampled = true;
	assert_false(jit_code_forget(code, 100, false));
	assert_string_equal(name_at(code, 0x1100, 100), "");
	assert_string_equal(jit_code_version(code, 1)->load->name, "second");
	jit_code_unmark(code);
	assert_true(jit_code_forget(code, 100, false));
	jit_code_destroy(code);
}

/* 16 bytes each, side by side. */
static void add_many(struct jit_code *code, uint64_t count)
{
	for (; count--;) {
		uint64_t number = jit_code_count(code);
		struct jitdump_entry entry = load(10, 0x100000 + number * 16, 16, "function");

		jit_code_add(code, &entry);
		jit_code_version(code, (uint32_t)number)->load = &model;
	}
}

static bool is_there(const struct jit_code *code, uint64_t number)
{
	return *name_at(code, 0x100000 + number * 16, 20) != '\0';
}

static void of_too_much_code_the_oldest_that_is_not_named_is_forgotten(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);

	add_many(code, 10);
	jit_code_forget(code, 20, true);
	add_many(code, JIT_LISTED_MAX + 100);
	jit_code_version(code, 15)->was_sampled = true;
	jit_code_forget(code, 20, true);
	/* What was there at first, and what was sampled, stays. */
	assert_true(is_there(code, 9));
	assert_false(is_there(code, 10));
	assert_true(is_there(code, 15));
	assert_false(is_there(code, 110));
	assert_true(is_there(code, 111));
	jit_code_destroy(code);
}

static void code_has_a_minute_to_be_sampled_where_there_is_room(void **state)
{
	(void)state;
	struct jit_code *code = jit_code_create(NULL, NULL);
	const uint64_t first = 3 * JIT_LISTED_MAX;

	add_many(code, first);
	jit_code_forget(code, 20, true);
	assert_true(is_there(code, 0));
	add_many(code, first / 4);
	jit_code_forget(code, JIT_SETTLED_NS / 2, true);
	assert_true(is_there(code, 0));
	add_many(code, first / 4);
	jit_code_forget(code, JIT_SETTLED_NS + 100, true);
	/* Of what was there at first none is left: others are more than enough. */
	assert_false(is_there(code, first - 1));
	assert_true(is_there(code, first));
	jit_code_destroy(code);
}

static void what_a_child_may_move_is_not_forgotten(void **state)
{
	(void)state;
	struct jit_code *parent = jit_code_create(NULL, NULL);
	struct jit_code *child = jit_code_create(NULL, NULL);
	struct jitdump_entry first = load(10, 0x1000, 0x80, "first");
	struct jitdump_entry moved = move(20, 0x1000, 0x2000, 0x80);

	jit_code_add(parent, &first);
	jit_code_set_parent(child, parent, 15);
	assert_false(jit_code_forget(parent, 100, false));
	jit_code_add(child, &moved);
	assert_string_equal(name_at(child, 0x2000, 25), "first");
	jit_code_destroy(child);
	jit_code_destroy(parent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_load_that_is_not_newer_than_the_sample_names_it),
		cmocka_unit_test(of_equal_times_the_last_in_the_file_wins),
		cmocka_unit_test(a_partial_overlap_cuts_and_does_not_drop),
		cmocka_unit_test(loads_that_come_out_of_order_are_found_by_their_time),
		cmocka_unit_test(a_moved_function_runs_at_its_new_place_and_nowhere_else),
		cmocka_unit_test(a_move_by_less_than_its_size_keeps_the_new_place),
		cmocka_unit_test(a_move_of_nothing_known_changes_nothing),
		cmocka_unit_test(a_child_moves_what_its_parent_announced),
		cmocka_unit_test(a_grandchild_moves_what_its_parents_parent_announced),
		cmocka_unit_test(a_late_load_is_found_up_to_the_limit),
		cmocka_unit_test(a_load_that_claims_a_huge_size_without_bytes_is_bounded),
		cmocka_unit_test(an_image_address_tells_version_and_offset),
		cmocka_unit_test(what_newer_code_covers_is_forgotten_unless_it_is_named),
		cmocka_unit_test(code_that_nobody_runs_is_forgotten_when_nothing_names_it),
		cmocka_unit_test(what_a_child_may_move_is_not_forgotten),
		cmocka_unit_test(of_too_much_code_the_oldest_that_is_not_named_is_forgotten),
		cmocka_unit_test(code_has_a_minute_to_be_sampled_where_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
