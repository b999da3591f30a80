/* SPDX-License-Identifier: MIT */
#include "jitdump/sparse_array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MANY = 5 * SPARSE_CHUNK_THINGS + 7 };

static int things[MANY];

static void fill(struct sparse_array *array)
{
	*array = (struct sparse_array){ 0 };
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(sparse_array_add(array, &things[i]), i);
}

static void every_number_has_its_thing(void **state)
{
	struct sparse_array array;

	(void)state;
	fill(&array);
	for (size_t i = 0; i < MANY; i++)
		assert_ptr_equal(sparse_array_at(&array, i), &things[i]);
	assert_null(sparse_array_at(&array, MANY));
	sparse_array_deinit(&array);
}

static void what_was_taken_out_is_passed_over(void **state)
{
	const size_t kept[] = { 3, SPARSE_CHUNK_THINGS, 4 * SPARSE_CHUNK_THINGS - 1 };
	struct sparse_array array;
	size_t number = 0, left = 0;

	(void)state;
	fill(&array);
	for (size_t i = 0; i < MANY; i++) {
		if (i == kept[left])
			left += left < 2;
		else
			sparse_array_take_out(&array, i);
	}
	for (size_t i = 0; i < 3; i++, number++) {
		number = sparse_array_next(&array, number);
		assert_int_equal(number, kept[i]);
		assert_ptr_equal(sparse_array_at(&array, number), &things[number]);
	}
	assert_int_equal(sparse_array_next(&array, number), MANY);
	assert_null(sparse_array_at(&array, 2 * SPARSE_CHUNK_THINGS));
	sparse_array_deinit(&array);
}

static void a_chunk_is_given_back_once_it_was_filled(void **state)
{
	struct sparse_array array;

	(void)state;
	fill(&array);
	for (size_t i = 0; i < MANY; i++)
		sparse_array_take_out(&array, i);
	for (size_t i = 0; i < 5; i++)
		assert_null(array.chunks[i]);
	assert_non_null(array.chunks[5]);
	assert_int_equal(sparse_array_add(&array, &things[0]), MANY);
	assert_ptr_equal(sparse_array_at(&array, MANY), &things[0]);
	assert_int_equal(sparse_array_next(&array, 0), MANY);
	sparse_array_deinit(&array);
}

static void an_empty_one_has_nothing(void **state)
{
	struct sparse_array array = { 0 };

	(void)state;
	assert_int_equal(sparse_array_next(&array, 0), 0);
	assert_null(sparse_array_at(&array, 0));
	sparse_array_deinit(&array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_has_its_thing),
		cmocka_unit_test(what_was_taken_out_is_passed_over),
		cmocka_unit_test(a_chunk_is_given_back_once_it_was_filled),
		cmocka_unit_test(an_empty_one_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
