/* SPDX-License-Identifier: MIT */
#include "profiler/time_slices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct time_slices slices;

static int end(void **state)
{
	(void)state;
	time_slices_deinit(&slices);
	return 0;
}

static void take(uint64_t time_ns, uint32_t stack)
{
	const struct profile_sample sample = {
		.time_ns = time_ns, .weight = 10, .count = 1, .stack = stack
	};

	sample_sums_add(time_slices_at(&slices, time_ns), &sample);
}

/* Of all slices that begin in [from, until). */
static uint64_t count_between(uint64_t from_ns, uint64_t until_ns)
{
	uint64_t count = 0;

	for (size_t i = 0; i < slices.count; i++) {
		uint64_t start_ns = time_slices_start_ns(&slices, i);

		for (size_t at = 0; at < slices.items[i].sums.count; at++) {
			if (start_ns >= from_ns && start_ns < until_ns)
				count += slices.items[i].sums.items[at].count;
		}
	}
	return count;
}

static void a_slice_has_the_samples_of_its_time(void **state)
{
	(void)state;
	slices = (struct time_slices){ .slice_ns = 10 };
	take(100, 1);
	take(109, 1);
	take(135, 1);
	take(110, 1); /* late */
	take(50, 1);  /* from before the first */
	assert_int_equal(slices.count, 3);
	assert_int_equal(time_slices_span(&slices), 4);
	assert_int_equal(count_between(100, 110), 3);
	assert_int_equal(count_between(110, 120), 1);
	assert_int_equal(count_between(130, 140), 1);
	assert_int_equal(time_slices_sum_count(&slices), 3);
}

static void joined_neighbours_are_one_and_equal_sums_too(void **state)
{
	(void)state;
	slices = (struct time_slices){ .slice_ns = 10 };
	for (uint64_t time_ns = 100; time_ns < 180; time_ns += 10)
		take(time_ns, 1);
	take(115, 2);
	time_slices_join(&slices);
	assert_int_equal(slices.slice_ns, 20);
	assert_int_equal(slices.count, 4);
	assert_int_equal(time_slices_sum_count(&slices), 5);
	assert_int_equal(count_between(100, 120), 3);
	/* New samples go where the old ones are. */
	take(139, 1);
	assert_int_equal(slices.count, 4);
	assert_int_equal(count_between(120, 140), 3);
	while (slices.count > 1)
		time_slices_join(&slices);
	assert_int_equal(count_between(0, UINT64_MAX), 10);
}

static void what_began_before_is_dropped(void **state)
{
	(void)state;
	slices = (struct time_slices){ .slice_ns = 10 };
	assert_int_equal(time_slices_span(&slices), 0);
	take(100, 1);
	take(110, 1);
	take(120, 1);
	time_slices_drop(&slices, 111);
	assert_int_equal(slices.count, 1);
	assert_int_equal(count_between(0, UINT64_MAX), 1);
	time_slices_drop(&slices, UINT64_MAX);
	assert_int_equal(slices.count, 0);
	/* It begins anew. */
	take(500, 1);
	assert_int_equal(time_slices_start_ns(&slices, 0), 500);
}

#define EACH(test) cmocka_unit_test_teardown(test, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_slice_has_the_samples_of_its_time),
		EACH(joined_neighbours_are_one_and_equal_sums_too),
		EACH(what_began_before_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
