/* SPDX-License-Identifier: MIT */
#include "profiler/rate_meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MS_NS UINT64_C(1000000)

static void the_rate_is_that_of_threads_that_run(void **state)
{
	struct rate_meter meter = { 0 };

	(void)state;
	assert_true(rate_meter_hz(&meter) == 0);
	for (uint64_t i = 1; i < 3000; i++) {
		rate_meter_take(&meter, 0, 1, i * MS_NS + i / 10 * 500 * MS_NS); /* it sleeps */
		rate_meter_take(&meter, 1, 2, i * MS_NS);
	}
	assert_int_equal(rate_meter_hz(&meter), 1000);
}

static void it_follows_a_rate_that_changes(void **state)
{
	struct rate_meter meter = { 0 };
	uint64_t now_ns = 1;

	(void)state;
	for (int i = 0; i < 3000; i++)
		rate_meter_take(&meter, 0, 1, now_ns += MS_NS);
	for (int i = 0; i < 1000; i++)
		rate_meter_take(&meter, 0, 1, now_ns += 10 * MS_NS);
	assert_int_equal(rate_meter_hz(&meter), 100);
}

static void threads_that_take_turns_tell_nothing(void **state)
{
	struct rate_meter meter = { 0 };

	(void)state;
	for (uint64_t i = 1; i < 100; i++)
		rate_meter_take(&meter, 0, (uint32_t)i % 2, i * MS_NS);
	assert_true(rate_meter_hz(&meter) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rate_is_that_of_threads_that_run),
		cmocka_unit_test(it_follows_a_rate_that_changes),
		cmocka_unit_test(threads_that_take_turns_tell_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
