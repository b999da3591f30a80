/* SPDX-License-Identifier: MIT */
#include "profiler/rolling_profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_NS UINT64_C(1000000000)

static struct rolling_profile *rolling;

static void begin(enum rolling_mode mode, uint64_t seconds, size_t sum_limit)
{
	rolling = rolling_profile_create(&(struct rolling_options){
		.mode = mode, .span_ns = seconds * SECOND_NS, .sum_limit = sum_limit });
}

static int end(void **state)
{
	(void)state;
	rolling_profile_destroy(rolling);
	return 0;
}

/* A sample of weight 10 in `leaf`, called by `caller`, called by 1. */
static void take_of(uint32_t tid, uint64_t time_ns, uint64_t caller, uint64_t leaf)
{
	static struct chain chain;
	struct image image = { .id = 7 };
	const struct code codes[] = {
		{ .kind = CODE_FILE, .image = &image, .image_address = leaf },
		{ .kind = CODE_FILE, .image = &image, .image_address = caller },
		{ .kind = CODE_FILE, .image = &image, .image_address = 1 },
	};
	struct event event = {
		.type = EVENT_SAMPLE, .time_ns = time_ns, .pid = 1, .tid = tid, .cpu = 3
	};

	event.sample.period = 10;
	chain = (struct chain){ .count = 3, .end = STACK_END_COMPLETE };
	rolling_profile_take(
		rolling, &(struct session_sample){
				 .event = &event, .comm = "app", .chain = &chain, .codes = codes });
}

static void take(uint64_t time_ns, uint64_t leaf)
{
	take_of(1, time_ns, 2, leaf);
}

/* How many samples are shown, and their weight. */
static uint64_t shown(uint64_t now_ns, uint64_t *weight)
{
	const struct profile *profile = rolling_profile_refresh(rolling, now_ns);
	uint64_t count = 0;

	if (weight)
		*weight = 0;
	for (size_t i = 0; i < profile->sample_count; i++) {
		count += profile->samples[i].count;
		if (weight)
			*weight += profile->samples[i].weight;
	}
	return count;
}

/* The image addresses of the frames of a sample, leaf first, up to 0. */
static void frames_of(const struct profile *profile, size_t sample, uint64_t frames[4])
{
	uint32_t stack = profile->samples[sample].stack;

	memset(frames, 0, 4 * sizeof(*frames));
	for (size_t i = 0; stack != STACK_NONE; stack = profile->stacks[stack].parent) {
		const struct location *location =
			&profile->locations[profile->stacks[stack].location];

		assert_true(i < 4);
		assert_int_equal(location->image_id, 7);
		frames[i++] = location->image_address;
	}
}

static void equal_samples_are_one_sum(void **state)
{
	uint64_t weight;

	(void)state;
	begin(ROLLING_ALL, 0, 0);
	for (uint64_t i = 0; i < 1000; i++)
		take(i, 100 + i % 2);
	assert_int_equal(shown(5000 * SECOND_NS, &weight), 1000);
	assert_int_equal(weight, 10000);
	assert_int_equal(rolling_profile_refresh(rolling, 0)->sample_count, 2);
}

/* Asserts that every sample was counted at its time; returns how many sums there are. */
static size_t expect_times(const struct profile *profile, uint64_t first_ns, uint64_t last_ns)
{
	uint64_t seconds[1000] = { 0 };

	assert_int_equal(profile->newest_ns, last_ns);
	assert_true(profile->step_ns <= (last_ns - first_ns) / 64 + 1);
	for (size_t i = 0; i < profile->sample_count; i++) {
		assert_in_range(profile->samples[i].time_ns, first_ns, last_ns);
		seconds[(profile->samples[i].time_ns - first_ns) / SECOND_NS] +=
			profile->samples[i].count;
	}
	for (uint64_t at = 0, sum = 0; first_ns + at * SECOND_NS <= last_ns; at++) {
		sum += seconds[at];
		/* One a second; a sum may be of all of its slice. */
		assert_in_range(sum, at + 1, at + 1 + profile->step_ns / SECOND_NS);
	}
	return profile->sample_count;
}

static void sums_tell_when_their_samples_were(void **state)
{
	(void)state;
	begin(ROLLING_ALL, 0, 0);
	for (uint64_t i = 0; i < 1000; i++) {
		take((50 + i) * SECOND_NS, 100 + i % 2);
		if (i == 10 || i == 100 || i == 999)
			assert_in_range(expect_times(rolling_profile_refresh(rolling, 0),
						     50 * SECOND_NS, (50 + i) * SECOND_NS),
					10, 256);
	}
	/* A sample from before all others is not lost. */
	take(SECOND_NS, 100);
	assert_int_equal(shown(0, NULL), 1001);
}

static void times_are_given_up_before_stacks(void **state)
{
	(void)state;
	begin(ROLLING_ALL, 0, 20);
	for (uint64_t i = 0; i < 1000; i++)
		take(i * SECOND_NS, 100 + i % 10);
	assert_int_equal(shown(0, NULL), 1000);
	assert_int_equal(rolling_profile_folded(rolling), 0);
	assert_in_range(rolling_profile_refresh(rolling, 0)->sample_count, 10, 20);
}

static void samples_fall_out_of_the_window(void **state)
{
	(void)state;
	begin(ROLLING_WINDOW, 10, 0);
	for (uint64_t i = 0; i < 100; i++)
		take(i * SECOND_NS, 100);
	/* By slices of a third of a second. */
	assert_in_range(shown(99 * SECOND_NS, NULL), 10, 11);
	assert_in_range(shown(105 * SECOND_NS, NULL), 4, 5);
	assert_int_equal(shown(200 * SECOND_NS, NULL), 0);
}

static void a_late_sample_is_of_its_own_time(void **state)
{
	(void)state;
	begin(ROLLING_WINDOW, 10, 0);
	take(1 * SECOND_NS, 100);
	take(9 * SECOND_NS, 100);
	take(2 * SECOND_NS, 100);
	take(SECOND_NS / 2, 100);
	assert_int_equal(shown(9 * SECOND_NS, NULL), 4);
	assert_int_equal(shown(15 * SECOND_NS, NULL), 1);
}

static void old_samples_weigh_less_and_less(void **state)
{
	uint64_t first, second;

	(void)state;
	begin(ROLLING_DECAY, 5, 0);
	take(10 * SECOND_NS, 100);
	assert_int_equal(shown(10 * SECOND_NS, &first), 1);
	assert_int_equal(shown(15 * SECOND_NS, &second), 1);
	assert_int_equal(second, first / 2);
	assert_int_equal(shown(20 * SECOND_NS, &second), 1);
	assert_int_equal(second, first / 4);
	assert_int_equal(shown(100 * SECOND_NS, &second), 0);
}

static void what_no_sample_uses_is_forgotten_and_the_rest_keeps_its_frames(void **state)
{
	uint64_t frames[4];

	(void)state;
	begin(ROLLING_WINDOW, 10, 0);
	for (uint64_t i = 0; i < 200000; i++) {
		take_of((uint32_t)i, i * SECOND_NS / 100, 1000 + i, 1000000 + i);
		if (i % 100 == 0)
			rolling_profile_refresh(rolling, i * SECOND_NS / 100);
	}
	const struct profile *profile = rolling_profile_refresh(rolling, 1999 * SECOND_NS);

	assert_true(rolling_profile_renumbered(rolling) > 0);
	assert_true(profile->stack_count < 30000);
	assert_true(profile->thread_count < 10000);
	assert_true(profile->sample_count > 800);
	for (size_t i = 0; i < profile->sample_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];
		uint64_t number = profile->threads[sample->thread].tid;

		frames_of(profile, i, frames);
		assert_int_equal(frames[0], 1000000 + number);
		assert_int_equal(frames[1], 1000 + number);
		assert_int_equal(frames[2], 1);
		assert_string_equal(profile->threads[sample->thread].comm, "app");
	}
}

static void the_rarest_stacks_are_folded_where_there_are_too_many(void **state)
{
	uint64_t weight, frames[4];
	bool is_hot_whole = false;

	(void)state;
	begin(ROLLING_ALL, 0, 100);
	for (uint64_t i = 0; i < 10000; i++) {
		take_of(1, i, 2, 3); /* often */
		take_of(1, i, 1000 + i, 4);
		take_of(1, i, 1000 + i, 100000 + i);
		if (i % 50 == 0)
			rolling_profile_refresh(rolling, i);
	}
	assert_int_equal(shown(10000, &weight), 30000);
	assert_int_equal(weight, 300000);
	const struct profile *profile = rolling_profile_refresh(rolling, 10000);
	uint64_t leaf_count = 0;

	assert_true(profile->sample_count <= 100);
	for (size_t i = 0; i < profile->sample_count; i++) {
		frames_of(profile, i, frames);
		if (frames[0] == 3)
			is_hot_whole = frames[1] == 2 && profile->samples[i].count == 10000;
		if (frames[0] == 4) {
			leaf_count += profile->samples[i].count;
			if (profile->samples[i].is_folded)
				assert_int_equal(frames[1], 1); /* the outermost */
		}
	}
	assert_true(is_hot_whole);
	assert_int_equal(leaf_count, 10000);
	assert_in_range(rolling_profile_folded(rolling), 19000, 20000);
}

static void zero_forgets_all_samples(void **state)
{
	(void)state;
	begin(ROLLING_ALL, 0, 0);
	take(1, 100);
	rolling_profile_zero(rolling);
	assert_int_equal(shown(2, NULL), 0);
	take(3, 100);
	assert_int_equal(shown(4, NULL), 1);
}

static void what_is_frozen_stays_while_samples_come(void **state)
{
	const struct profile *kept[ROLLING_PROFILES_MAX];
	uint64_t frames[4];

	(void)state;
	begin(ROLLING_WINDOW, 10, 0);
	take(1, 77);
	assert_int_equal(shown(2, NULL), 1);
	rolling_profile_freeze(rolling, true);
	for (uint64_t i = 0; i < 100000; i++) {
		take_of(1, i * SECOND_NS, 2, 1000 + i);
		rolling_profile_refresh(rolling, i * SECOND_NS);
	}
	rolling_profile_zero(rolling);
	assert_int_equal(shown(100000 * SECOND_NS, NULL), 1);
	frames_of(rolling_profile_refresh(rolling, 100000 * SECOND_NS), 0, frames);
	assert_int_equal(frames[0], 77);
	assert_int_equal(rolling_profile_kept(rolling, kept), 2);
	take(100000 * SECOND_NS, 78);
	rolling_profile_freeze(rolling, false);
	assert_int_equal(shown(100000 * SECOND_NS, NULL), 1);
	frames_of(rolling_profile_refresh(rolling, 100000 * SECOND_NS), 0, frames);
	assert_int_equal(frames[0], 78);
	assert_int_equal(rolling_profile_kept(rolling, kept), 1);
}

static void it_may_end_frozen(void **state)
{
	(void)state;
	begin(ROLLING_ALL, 0, 0);
	take(1, 100);
	rolling_profile_freeze(rolling, true);
	rolling_profile_freeze(rolling, true);
	assert_int_equal(shown(1, NULL), 0);
}

#define EACH(test) cmocka_unit_test_teardown(test, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(equal_samples_are_one_sum),
		EACH(sums_tell_when_their_samples_were),
		EACH(times_are_given_up_before_stacks),
		EACH(samples_fall_out_of_the_window),
		EACH(a_late_sample_is_of_its_own_time),
		EACH(old_samples_weigh_less_and_less),
		EACH(what_no_sample_uses_is_forgotten_and_the_rest_keeps_its_frames),
		EACH(the_rarest_stacks_are_folded_where_there_are_too_many),
		EACH(zero_forgets_all_samples),
		EACH(what_is_frozen_stays_while_samples_come),
		EACH(it_may_end_frozen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
