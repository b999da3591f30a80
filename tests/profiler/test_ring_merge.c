/* SPDX-License-Identifier: MIT */
#include "profiler/ring_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RINGS = 3, RING_BYTES = 1024 };

/* A COMM of one letter with the trailer TID | TIME. */
struct comm_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	char comm[8];
	uint32_t trailer_pid, trailer_tid;
	uint64_t time_ns;
};

struct fake_rings {
	struct perf_event_mmap_page pages[RINGS];
	uint8_t data[RINGS][RING_BYTES];
	struct ring_buffer rings[RINGS];
	struct event_layout *layout;
	struct ring_merge merge;
};

static int set_up(void **state)
{
	struct fake_rings *fake = calloc(1, sizeof(*fake));
	const struct perf_event_attr attr = {
		.size = sizeof(attr),
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.sample_id_all = 1,
	};

	fake->layout = event_layout_create();
	event_layout_add(fake->layout, &attr, NULL, 0);
	ring_merge_init(&fake->merge, fake->layout);
	for (size_t i = 0; i < RINGS; i++) {
		ring_buffer_init(&fake->rings[i], &fake->pages[i], fake->data[i], RING_BYTES);
		ring_merge_add(&fake->merge, &fake->rings[i]);
	}
	*state = fake;
	return 0;
}

static int tear_down(void **state)
{
	struct fake_rings *fake = *state;

	ring_merge_deinit(&fake->merge);
	for (size_t i = 0; i < RINGS; i++)
		ring_buffer_deinit(&fake->rings[i]);
	event_layout_destroy(fake->layout);
	free(fake);
	return 0;
}

static void publish(struct fake_rings *fake, size_t ring, uint64_t time_ns, char letter)
{
	const struct comm_record record = {
		.header = { .type = PERF_RECORD_COMM, .size = sizeof(record) },
		.comm = { letter },
		.time_ns = time_ns,
	};
	const uint8_t *bytes = (const uint8_t *)&record;

	for (size_t i = 0; i < sizeof(record); i++)
		fake->data[ring][(fake->pages[ring].data_head + i) % RING_BYTES] = bytes[i];
	fake->pages[ring].data_head += sizeof(record);
}

/* The letters of one round. */
static void assert_round(struct fake_rings *fake, uint64_t horizon_ns, const char *expected)
{
	char letters[64] = "";
	size_t count = 0;
	const struct perf_event_header *header;
	uint64_t time_ns;

	ring_merge_begin(&fake->merge, horizon_ns);
	while ((header = ring_merge_next(&fake->merge, &time_ns))) {
		const struct comm_record *record = (const struct comm_record *)header;

		assert_int_equal(record->time_ns, time_ns);
		letters[count++] = record->comm[0];
	}
	assert_string_equal(letters, expected);
}

static void no_records_make_an_empty_round(void **state)
{
	assert_round(*state, 100, "");
}

static void rings_are_merged_in_time_order(void **state)
{
	struct fake_rings *fake = *state;

	publish(fake, 0, 10, 'a');
	publish(fake, 0, 40, 'd');
	publish(fake, 1, 20, 'b');
	publish(fake, 1, 50, 'e');
	publish(fake, 2, 30, 'c');
	publish(fake, 2, 60, 'f');
	assert_round(fake, 100, "abcdef");
	assert_int_equal(fake->pages[1].data_tail, fake->pages[1].data_head);
}

static void records_younger_than_the_horizon_wait(void **state)
{
	struct fake_rings *fake = *state;

	publish(fake, 0, 10, 'a');
	publish(fake, 1, 30, 'c');
	publish(fake, 2, 20, 'b');
	publish(fake, 2, 40, 'd');
	assert_round(fake, 20, "ab");
	assert_round(fake, 29, "");
	assert_round(fake, 40, "cd");
}

static void records_published_during_a_round_wait_for_the_next(void **state)
{
	struct fake_rings *fake = *state;
	uint64_t time_ns;

	publish(fake, 0, 30, 'b');
	ring_merge_begin(&fake->merge, 100);
	publish(fake, 1, 20, 'a');
	assert_non_null(ring_merge_next(&fake->merge, &time_ns));
	assert_int_equal(time_ns, 30);
	assert_null(ring_merge_next(&fake->merge, &time_ns));
	/* Behind the horizon of the round before: it still comes. */
	assert_round(fake, 200, "a");
}

static void a_round_that_is_broken_off_gives_no_record_twice(void **state)
{
	struct fake_rings *fake = *state;
	uint64_t time_ns;

	publish(fake, 0, 10, 'a');
	publish(fake, 1, 20, 'b');
	ring_merge_begin(&fake->merge, 100);
	assert_non_null(ring_merge_next(&fake->merge, &time_ns));
	assert_round(fake, 200, "b");
}

static void the_last_round_takes_everything(void **state)
{
	struct fake_rings *fake = *state;

	publish(fake, 0, UINT64_MAX, 'b');
	publish(fake, 1, 5, 'a');
	assert_round(fake, UINT64_MAX, "ab");
}

static void what_comes_next_is_known_while_a_record_is_with_the_caller(void **state)
{
	struct fake_rings *fake = *state;
	uint64_t time_ns;

	publish(fake, 0, 10, 'a');
	publish(fake, 0, 20, 'b');
	publish(fake, 1, 15, 'x');
	publish(fake, 1, 30, 'y'); /* younger than the horizon */
	ring_merge_begin(&fake->merge, 20);
	for (const char *expected = "axb"; *expected; expected++) {
		const struct perf_event_header *next = ring_merge_upcoming(&fake->merge);

		assert_int_equal(((const struct comm_record *)next)->comm[0], *expected);
		assert_ptr_equal(ring_merge_next(&fake->merge, &time_ns), next);
	}
	assert_null(ring_merge_upcoming(&fake->merge));
}

static void the_pressure_is_that_of_the_ring_of_the_record_by_now(void **state)
{
	struct fake_rings *fake = *state;
	double record = sizeof(struct comm_record) / (double)RING_BYTES;
	uint64_t time_ns;

	publish(fake, 0, 10, 'a');
	publish(fake, 1, 20, 'x');
	ring_merge_begin(&fake->merge, 100);
	assert_true(ring_merge_pressure(&fake->merge) == 0);
	ring_merge_next(&fake->merge, &time_ns);
	assert_true(ring_merge_pressure(&fake->merge) == record);
	publish(fake, 0, 30, 'b');
	assert_true(ring_merge_pressure(&fake->merge) == 2 * record);
	ring_merge_next(&fake->merge, &time_ns);
	assert_true(ring_merge_pressure(&fake->merge) == record);
}

static void rings_that_wrap_many_times_keep_their_order(void **state)
{
	struct fake_rings *fake = *state;

	for (uint64_t time_ns = 1; time_ns < 400; time_ns += 4) {
		publish(fake, 2, time_ns, 'a');
		publish(fake, 0, time_ns + 1, 'b');
		publish(fake, 1, time_ns + 2, 'c');
		publish(fake, 2, time_ns + 3, 'd');
		assert_round(fake, time_ns + 3, "abcd");
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(no_records_make_an_empty_round),
		TEST(rings_are_merged_in_time_order),
		TEST(records_younger_than_the_horizon_wait),
		TEST(records_published_during_a_round_wait_for_the_next),
		TEST(a_round_that_is_broken_off_gives_no_record_twice),
		TEST(the_last_round_takes_everything),
		TEST(what_comes_next_is_known_while_a_record_is_with_the_caller),
		TEST(the_pressure_is_that_of_the_ring_of_the_record_by_now),
		TEST(rings_that_wrap_many_times_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
