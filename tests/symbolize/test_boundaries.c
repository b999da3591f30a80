/* SPDX-License-Identifier: MIT */
#include "symbolize/boundaries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
// clang-format off
#include <cmocka.h>
// clang-format on

enum { BASE = 0x1000, SPAN = 64, RANGES_MAX = 24, ROUNDS = 2000 };

static void check(const struct boundaries *boundaries, uint64_t address, uint32_t number)
{
	assert_int_equal(boundaries_find(boundaries, address), number);
}

static void address_belongs_to_the_range_with_the_greatest_number(void **state)
{
	struct range_table ranges = { 0 };
	struct boundaries boundaries;

	(void)state;
	range_table_add(&ranges, BASE, BASE + 20, 0);
	range_table_add(&ranges, BASE + 5, BASE + 15, 1);
	range_table_add(&ranges, BASE + 8, BASE + 10, 2);
	boundaries_init(&boundaries, &ranges);
	check(&boundaries, BASE - 1, BOUNDARY_NONE);
	check(&boundaries, BASE, 0);
	check(&boundaries, BASE + 5, 1);
	check(&boundaries, BASE + 9, 2);
	check(&boundaries, BASE + 10, 1);
	check(&boundaries, BASE + 15, 0);
	check(&boundaries, BASE + 20, BOUNDARY_NONE);
	assert_int_equal(boundaries.count, 6);
	boundaries_deinit(&boundaries);
	range_table_deinit(&ranges);
}

static void range_that_another_one_covers_comes_back_behind_it(void **state)
{
	struct range_table ranges = { 0 };
	struct boundaries boundaries;

	(void)state;
	/* Not nested: the first reaches further than the second, which began before it. */
	range_table_add(&ranges, BASE + 10, BASE + 30, 1);
	range_table_add(&ranges, BASE, BASE + 20, 2);
	boundaries_init(&boundaries, &ranges);
	check(&boundaries, BASE + 10, 2);
	check(&boundaries, BASE + 19, 2);
	check(&boundaries, BASE + 20, 1);
	check(&boundaries, BASE + 29, 1);
	boundaries_deinit(&boundaries);
	range_table_deinit(&ranges);
}

static void without_ranges_nothing_is_found(void **state)
{
	struct range_table ranges = { 0 };
	struct boundaries boundaries;

	(void)state;
	boundaries_init(&boundaries, &ranges);
	check(&boundaries, 0, BOUNDARY_NONE);
	check(&boundaries, UINT64_MAX, BOUNDARY_NONE);
	boundaries_deinit(&boundaries);
}

static void what_begins_4_gib_above_the_lowest_range_is_left_out(void **state)
{
	struct range_table ranges = { 0 };
	struct boundaries boundaries;

	(void)state;
	range_table_add(&ranges, BASE, UINT64_MAX, 0);
	range_table_add(&ranges, BASE + (1ull << 32), BASE + (1ull << 33), 1);
	boundaries_init(&boundaries, &ranges);
	check(&boundaries, BASE + (1ull << 32) - 1, 0);
	check(&boundaries, BASE + (1ull << 32), BOUNDARY_NONE);
	boundaries_deinit(&boundaries);
	range_table_deinit(&ranges);
}

/* The definition, word by word. */
static uint32_t expected_number(const struct range_table *ranges, uint64_t address)
{
	uint32_t number = BOUNDARY_NONE;

	for (size_t i = 0; i < ranges->count; i++) {
		const struct nested_range *range = &ranges->ranges[i];

		if (address >= range->start && address < range->end &&
		    (number == BOUNDARY_NONE || range->number > number))
			number = range->number;
	}
	return number;
}

static void random_ranges_are_found_as_a_search_of_all_finds_them(void **state)
{
	(void)state;
	srandom(1);
	for (int round = 0; round < ROUNDS; round++) {
		struct range_table ranges = { 0 };
		struct boundaries boundaries;
		uint32_t count = (uint32_t)random() % RANGES_MAX + (round % 8 ? 0 : 40);

		for (uint32_t i = 0; i < count; i++) {
			uint64_t start = BASE + (uint64_t)random() % SPAN;

			range_table_add(&ranges, start, start + (uint64_t)random() % SPAN,
					(uint32_t)random() % RANGES_MAX);
		}
		boundaries_init(&boundaries, &ranges);
		for (uint64_t address = BASE - 1; address < BASE + 2 * SPAN; address++)
			check(&boundaries, address, expected_number(&ranges, address));
		boundaries_deinit(&boundaries);
		range_table_deinit(&ranges);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_belongs_to_the_range_with_the_greatest_number),
		cmocka_unit_test(range_that_another_one_covers_comes_back_behind_it),
		cmocka_unit_test(without_ranges_nothing_is_found),
		cmocka_unit_test(what_begins_4_gib_above_the_lowest_range_is_left_out),
		cmocka_unit_test(random_ranges_are_found_as_a_search_of_all_finds_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
