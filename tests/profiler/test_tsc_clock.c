/* SPDX-License-Identifier: MIT */
#include "profiler/tsc_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void ticks_lie_on_the_line_through_both_readings(void **state)
{
	(void)state;
	/* 2.5 ticks a nanosecond. */
	const struct tsc_clock clock = { .first_ticks = 1000000,
					 .first_ns = 5000000000,
					 .last_ticks = 1000000 + 50000000,
					 .last_ns = 5020000000 };

	assert_true(tsc_clock_is_ready(&clock));
	assert_int_equal(tsc_clock_ns(&clock, 1000000), 5000000000);
	assert_int_equal(tsc_clock_ns(&clock, 51000000), 5020000000);
	assert_int_equal(tsc_clock_ns(&clock, 1000000 + 25000000), 5010000000);
	assert_int_equal(tsc_clock_ns(&clock, 750000), 4999900000);    /* before the first */
	assert_int_equal(tsc_clock_ns(&clock, 101000000), 5040000000); /* after the last */
}

static void readings_close_together_tell_no_rate(void **state)
{
	(void)state;
	struct tsc_clock clock = { 0 };

	tsc_clock_read(&clock);
	assert_false(tsc_clock_is_ready(&clock));
	assert_int_equal(clock.first_ns, clock.last_ns);
	tsc_clock_read(&clock);
	assert_true(clock.last_ns >= clock.first_ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ticks_lie_on_the_line_through_both_readings),
		cmocka_unit_test(readings_close_together_tell_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
