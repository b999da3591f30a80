/* SPDX-License-Identifier: MIT */
#include "profiler/data_order.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The offset names the record. */
static void add(struct data_order *order, uint64_t time_ns, uint64_t name)
{
	data_order_add(order, time_ns, (struct data_place){ .offset = name, .size = 8 });
}

static void assert_next(struct data_order *order, uint64_t name)
{
	struct data_place place;

	assert_true(data_order_next(order, &place));
	assert_int_equal(place.offset, name);
}

static void assert_none(struct data_order *order)
{
	struct data_place place;

	assert_false(data_order_is_ready(order));
	assert_false(data_order_next(order, &place));
}

static void without_rounds_everything_is_sorted_at_the_end(void **state)
{
	(void)state;
	struct data_order order = { 0 };

	add(&order, 30, 1);
	add(&order, 10, 2);
	add(&order, 20, 3);
	assert_none(&order);
	data_order_finish(&order);
	assert_next(&order, 2);
	assert_next(&order, 3);
	assert_next(&order, 1);
	assert_none(&order);
	data_order_deinit(&order);
}

static void equal_times_keep_the_order_of_the_file(void **state)
{
	(void)state;
	struct data_order order = { 0 };

	for (uint64_t name = 0; name < 1000; name++)
		add(&order, 50 - name % 2, name);
	data_order_finish(&order);
	for (uint64_t name = 1; name < 1000; name += 2)
		assert_next(&order, name);
	for (uint64_t name = 0; name < 1000; name += 2)
		assert_next(&order, name);
	data_order_deinit(&order);
}

static void equal_times_keep_their_order_across_rounds_too(void **state)
{
	(void)state;
	struct data_order order = { 0 };

	add(&order, 10, 1);
	add(&order, 90, 2);
	add(&order, 70, 3);
	data_order_finish_round(&order);
	assert_none(&order);
	add(&order, 100, 4);
	add(&order, 90, 5);
	data_order_finish_round(&order);
	assert_next(&order, 1);
	assert_next(&order, 3);
	assert_next(&order, 2);
	assert_next(&order, 5);
	assert_none(&order);
	add(&order, 100, 6);
	data_order_finish(&order);
	assert_next(&order, 4);
	assert_next(&order, 6);
	data_order_deinit(&order);
}

static void a_round_lets_go_what_is_not_newer_than_the_round_before(void **state)
{
	(void)state;
	struct data_order order = { 0 };

	add(&order, 40, 1); /* of one CPU */
	add(&order, 20, 2); /* of another */
	data_order_finish_round(&order);
	assert_none(&order); /* a third may still bring 30 */
	add(&order, 30, 3);
	add(&order, 50, 4);
	data_order_finish_round(&order);
	assert_next(&order, 2);
	assert_next(&order, 3);
	assert_next(&order, 1);
	assert_none(&order);
	data_order_finish(&order);
	assert_next(&order, 4);
	data_order_deinit(&order);
}

static void what_tells_no_time_goes_first(void **state)
{
	(void)state;
	struct data_order order = { 0 };

	add(&order, 40, 1);
	add(&order, 0, 2);
	add(&order, 0, 3);
	data_order_finish(&order);
	assert_next(&order, 2);
	assert_next(&order, 3);
	assert_next(&order, 1);
	data_order_deinit(&order);
}

static void what_comes_too_late_is_given_at_the_next_chance(void **state)
{
	(void)state;
	struct data_order order = { 0 };

	add(&order, 40, 1);
	data_order_finish_round(&order);
	data_order_finish_round(&order);
	assert_next(&order, 1);
	add(&order, 30, 2);
	data_order_finish_round(&order);
	assert_next(&order, 2);
	assert_none(&order);
	data_order_deinit(&order);
}

static void too_many_that_wait_go_by_halves(void **state)
{
	(void)state;
	struct data_order order = { .waiting_max = 4 };

	for (uint64_t time = 4; time > 0; time--)
		add(&order, time, time);
	assert_none(&order);
	add(&order, 5, 5);
	assert_next(&order, 1);
	assert_next(&order, 2);
	assert_none(&order);
	data_order_finish(&order);
	assert_next(&order, 3);
	assert_next(&order, 4);
	assert_next(&order, 5);
	data_order_deinit(&order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_rounds_everything_is_sorted_at_the_end),
		cmocka_unit_test(equal_times_keep_the_order_of_the_file),
		cmocka_unit_test(equal_times_keep_their_order_across_rounds_too),
		cmocka_unit_test(a_round_lets_go_what_is_not_newer_than_the_round_before),
		cmocka_unit_test(what_tells_no_time_goes_first),
		cmocka_unit_test(what_comes_too_late_is_given_at_the_next_chance),
		cmocka_unit_test(too_many_that_wait_go_by_halves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
