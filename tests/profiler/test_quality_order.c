/* SPDX-License-Identifier: MIT */
#include "profiler/quality_order.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void expect_found(struct quality_order *order, const struct sample_quality *quality)
{
	assert_ptr_equal(quality_order_find(order, quality->time_ns, quality->tid, quality->cpu),
			 quality);
}

static void samples_that_were_finished_late_are_found_at_their_time(void **state)
{
	static const struct sample_quality qualities[] = {
		{ .time_ns = 10, .tid = 1 }, { .time_ns = 40, .tid = 1 },
		{ .time_ns = 30, .tid = 2 }, { .time_ns = 20, .tid = 2 },
		{ .time_ns = 50, .tid = 1 },
	};
	static const size_t by_time[] = { 0, 3, 2, 1, 4 };
	struct quality_order order;

	(void)state;
	quality_order_init(&order, qualities, COUNT(qualities));
	for (size_t i = 0; i < COUNT(by_time); i++) {
		assert_int_equal(order.next, i);
		expect_found(&order, &qualities[by_time[i]]);
	}
	for (size_t i = 0; i < COUNT(qualities); i++)
		expect_found(&order, &qualities[i]);
	quality_order_deinit(&order);
}

static void samples_of_one_time_are_told_apart(void **state)
{
	static const struct sample_quality qualities[] = {
		{ .time_ns = 10, .tid = 1, .cpu = 0 },
		{ .time_ns = 10, .tid = 1, .cpu = 1 },
		{ .time_ns = 10, .tid = 2, .cpu = 0 },
	};
	struct quality_order order;

	(void)state;
	quality_order_init(&order, qualities, COUNT(qualities));
	for (size_t i = COUNT(qualities); i-- > 0;)
		expect_found(&order, &qualities[i]);
	for (size_t i = 0; i < COUNT(qualities); i++)
		expect_found(&order, &qualities[i]);
	assert_null(quality_order_find(&order, 10, 2, 1));
	quality_order_deinit(&order);
}

static void what_was_not_told_is_not_found(void **state)
{
	static const struct sample_quality quality = { .time_ns = 10, .tid = 1 };
	struct quality_order order = { 0 };

	(void)state;
	assert_null(quality_order_find(&order, 10, 1, 0));
	quality_order_init(&order, &quality, 1);
	assert_null(quality_order_find(&order, 9, 1, 0));
	assert_null(quality_order_find(&order, 11, 1, 0));
	expect_found(&order, &quality);
	quality_order_deinit(&order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_that_were_finished_late_are_found_at_their_time),
		cmocka_unit_test(samples_of_one_time_are_told_apart),
		cmocka_unit_test(what_was_not_told_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
