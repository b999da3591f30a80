/* SPDX-License-Identifier: MIT */
#include "symbolize/range_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
// clang-format off
#include <cmocka.h>
// clang-format on

enum { NONE = UINT32_MAX };

static uint32_t number_at(const struct range_table *table, uint64_t address)
{
	const struct nested_range *range = range_table_find(table, address);

	return range ? range->number : NONE;
}

static void ranges_begin_at_their_start_and_end_before_their_end(void **state)
{
	struct range_table table = { 0 };

	(void)state;
	range_table_add(&table, 20, 30, 2);
	range_table_add(&table, 10, 20, 1);
	range_table_sort(&table);
	assert_int_equal(number_at(&table, 9), NONE);
	assert_int_equal(number_at(&table, 10), 1);
	assert_int_equal(number_at(&table, 19), 1);
	assert_int_equal(number_at(&table, 20), 2);
	assert_int_equal(number_at(&table, 30), NONE);
	range_table_deinit(&table);
}

static void innermost_range_is_found_first_and_the_outer_ones_from_it(void **state)
{
	struct range_table table = { 0 };
	const struct nested_range *range;

	(void)state;
	range_table_add(&table, 0, 100, 1);
	range_table_add(&table, 10, 50, 2);
	range_table_add(&table, 20, 30, 3);
	range_table_sort(&table);
	range = range_table_find(&table, 25);
	assert_int_equal(range->number, 3);
	range = range_table_find_outer(&table, range, 25);
	assert_int_equal(range->number, 2);
	range = range_table_find_outer(&table, range, 25);
	assert_int_equal(range->number, 1);
	assert_null(range_table_find_outer(&table, range, 25));
	assert_int_equal(number_at(&table, 30), 2);
	assert_int_equal(number_at(&table, 50), 1);
	range_table_deinit(&table);
}

static void equal_ranges_answer_with_the_greatest_number(void **state)
{
	struct range_table table = { 0 };

	(void)state;
	range_table_add(&table, 10, 20, 7);
	range_table_add(&table, 10, 20, 8);
	range_table_add(&table, 10, 30, 9);
	range_table_sort(&table);
	assert_int_equal(number_at(&table, 10), 8);
	range_table_deinit(&table);
}

static void empty_ranges_are_left_out(void **state)
{
	struct range_table table = { 0 };

	(void)state;
	range_table_add(&table, 10, 10, 1);
	range_table_add(&table, 20, 10, 2);
	range_table_sort(&table);
	assert_int_equal(table.count, 0);
	assert_int_equal(number_at(&table, 10), NONE);
	range_table_deinit(&table);
}

/* Whatever way ranges overlap: the answer is the latest start that has not ended. */
static void overlapping_ranges_answer_as_a_search_through_all_of_them_does(void **state)
{
	enum { COUNT = 200, LIMIT = 500 };
	struct range_table table = { 0 };
	struct nested_range all[COUNT];

	(void)state;
	srand(1);
	for (uint32_t i = 0; i < COUNT; i++) {
		uint64_t start = (uint64_t)rand() % LIMIT;

		all[i] = (struct nested_range){ .start = start,
						.end = start + 1 + (uint64_t)rand() % 60 };
		range_table_add(&table, all[i].start, all[i].end, i);
	}
	range_table_sort(&table);
	for (uint64_t address = 0; address < LIMIT + 60; address++) {
		uint32_t best = NONE;

		for (uint32_t i = 0; i < COUNT; i++) {
			if (address < all[i].start || address >= all[i].end)
				continue;
			if (best == NONE || all[i].start > all[best].start ||
			    (all[i].start == all[best].start && all[i].end <= all[best].end))
				best = i;
		}
		assert_int_equal(number_at(&table, address), best);
	}
	range_table_deinit(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_begin_at_their_start_and_end_before_their_end),
		cmocka_unit_test(innermost_range_is_found_first_and_the_outer_ones_from_it),
		cmocka_unit_test(equal_ranges_answer_with_the_greatest_number),
		cmocka_unit_test(empty_ranges_are_left_out),
		cmocka_unit_test(overlapping_ranges_answer_as_a_search_through_all_of_them_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
