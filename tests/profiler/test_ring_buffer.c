/* SPDX-License-Identifier: MIT */
#include "profiler/ring_buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The kernel's side of a ring in memory. */
enum { RING_BYTES = 64 };

struct fake_ring {
	struct perf_event_mmap_page page;
	uint8_t data[RING_BYTES];
	struct ring_buffer ring;
};

static int set_up(void **state)
{
	struct fake_ring *fake = calloc(1, sizeof(*fake));

	ring_buffer_init(&fake->ring, &fake->page, fake->data, RING_BYTES);
	*state = fake;
	return 0;
}

static int tear_down(void **state)
{
	struct fake_ring *fake = *state;

	ring_buffer_deinit(&fake->ring);
	free(fake);
	return 0;
}

static void write_bytes(struct fake_ring *fake, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		fake->data[(fake->page.data_head + i) % RING_BYTES] = ((const uint8_t *)bytes)[i];
	fake->page.data_head += size;
}

/* A record of `size` bytes whose payload bytes are all `filling`. */
static void write_record(struct fake_ring *fake, uint16_t size, uint8_t filling)
{
	uint8_t record[RING_BYTES];
	const struct perf_event_header header = { .type = PERF_RECORD_SAMPLE, .size = size };

	memset(record, filling, sizeof(record));
	memcpy(record, &header, sizeof(header));
	write_bytes(fake, record, size);
}

static void assert_record(const struct perf_event_header *record, uint16_t size, uint8_t filling)
{
	assert_non_null(record);
	assert_int_equal(record->size, size);
	for (size_t i = sizeof(*record); i < size; i++)
		assert_int_equal(((const uint8_t *)record)[i], filling);
}

static void take_and_release(struct fake_ring *fake)
{
	ring_buffer_take(&fake->ring);
	ring_buffer_release(&fake->ring);
}

static void an_empty_ring_has_no_record(void **state)
{
	struct fake_ring *fake = *state;

	ring_buffer_look(&fake->ring);
	assert_null(ring_buffer_peek(&fake->ring));
}

static void records_come_in_order_and_in_place(void **state)
{
	struct fake_ring *fake = *state;

	write_record(fake, 16, 1);
	write_record(fake, 24, 2);
	ring_buffer_look(&fake->ring);
	assert_record(ring_buffer_peek(&fake->ring), 16, 1);
	assert_ptr_equal(ring_buffer_peek(&fake->ring), fake->data);
	take_and_release(fake);
	assert_int_equal(fake->page.data_tail, 16);
	assert_record(ring_buffer_peek(&fake->ring), 24, 2);
	take_and_release(fake);
	assert_null(ring_buffer_peek(&fake->ring));
	assert_int_equal(fake->page.data_tail, 40);
}

static void the_record_behind_the_taken_one_is_seen_before_that_is_given_back(void **state)
{
	struct fake_ring *fake = *state;
	const struct perf_event_header *taken;

	write_record(fake, 16, 0);
	ring_buffer_look(&fake->ring);
	ring_buffer_peek(&fake->ring);
	take_and_release(fake);
	/* The second of these wraps. */
	write_record(fake, 32, 1);
	write_record(fake, 24, 2);
	ring_buffer_look(&fake->ring);
	taken = ring_buffer_peek(&fake->ring);
	ring_buffer_take(&fake->ring);
	assert_int_equal(ring_buffer_used(&fake->ring), 56);
	assert_record(ring_buffer_peek(&fake->ring), 24, 2);
	assert_record(taken, 32, 1);
	assert_int_equal(fake->page.data_tail, 16);
	ring_buffer_release(&fake->ring);
	assert_int_equal(fake->page.data_tail, 48);
	assert_int_equal(ring_buffer_used(&fake->ring), 24);
}

static void what_is_written_after_the_look_waits_for_the_next(void **state)
{
	struct fake_ring *fake = *state;

	ring_buffer_look(&fake->ring);
	write_record(fake, 16, 1);
	assert_null(ring_buffer_peek(&fake->ring));
	ring_buffer_look(&fake->ring);
	assert_record(ring_buffer_peek(&fake->ring), 16, 1);
}

static void a_record_that_wraps_is_put_together(void **state)
{
	struct fake_ring *fake = *state;

	/* Every place at which a record of 48 bytes can wrap. */
	for (size_t start = 24; start < RING_BYTES; start += 8) {
		memset(&fake->page, 0, sizeof(fake->page));
		ring_buffer_deinit(&fake->ring);
		ring_buffer_init(&fake->ring, &fake->page, fake->data, RING_BYTES);
		write_record(fake, (uint16_t)start, 0);
		ring_buffer_look(&fake->ring);
		assert_non_null(ring_buffer_peek(&fake->ring));
		take_and_release(fake);

		write_record(fake, 48, 7);
		ring_buffer_look(&fake->ring);
		assert_record(ring_buffer_peek(&fake->ring), 48, 7);
		take_and_release(fake);
		assert_int_equal(fake->page.data_tail, start + 48);
	}
}

static void a_ring_can_be_full_to_the_last_byte(void **state)
{
	struct fake_ring *fake = *state;

	write_record(fake, RING_BYTES, 3);
	ring_buffer_look(&fake->ring);
	assert_record(ring_buffer_peek(&fake->ring), RING_BYTES, 3);
}

static void assert_emptied(struct fake_ring *fake)
{
	ring_buffer_look(&fake->ring);
	assert_null(ring_buffer_peek(&fake->ring));
	assert_int_equal(fake->ring.damaged, 1);
	assert_int_equal(fake->page.data_tail, fake->page.data_head);
	write_record(fake, 16, 9);
	ring_buffer_look(&fake->ring);
	assert_record(ring_buffer_peek(&fake->ring), 16, 9);
}

static void a_ring_whose_sizes_make_no_sense_is_emptied(void **state)
{
	static const uint16_t sizes[] = { 0, 7, 40 };
	struct fake_ring *fake = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct perf_event_header header = { .size = sizes[i] };

		memset(&fake->page, 0, sizeof(fake->page));
		ring_buffer_init(&fake->ring, &fake->page, fake->data, RING_BYTES);
		write_bytes(fake, &header, sizeof(header));
		write_bytes(fake, "12345678", 8);
		assert_emptied(fake);
	}
}

static void damage_behind_a_taken_record_leaves_that_alone(void **state)
{
	struct fake_ring *fake = *state;
	const struct perf_event_header *taken, damaged = { .size = 7 };

	write_record(fake, 16, 5);
	write_bytes(fake, &damaged, sizeof(damaged));
	ring_buffer_look(&fake->ring);
	taken = ring_buffer_peek(&fake->ring);
	ring_buffer_take(&fake->ring);
	assert_null(ring_buffer_peek(&fake->ring));
	assert_record(taken, 16, 5);
	assert_int_equal(fake->page.data_tail, 0);
	ring_buffer_release(&fake->ring);
	assert_int_equal(fake->page.data_tail, 24);
}

static void a_ring_that_ran_over_is_emptied(void **state)
{
	struct fake_ring *fake = *state;

	fake->page.data_head = RING_BYTES + 8;
	assert_emptied(fake);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_ring_has_no_record),
		TEST(records_come_in_order_and_in_place),
		TEST(the_record_behind_the_taken_one_is_seen_before_that_is_given_back),
		TEST(what_is_written_after_the_look_waits_for_the_next),
		TEST(a_record_that_wraps_is_put_together),
		TEST(a_ring_can_be_full_to_the_last_byte),
		TEST(a_ring_whose_sizes_make_no_sense_is_emptied),
		TEST(damage_behind_a_taken_record_leaves_that_alone),
		TEST(a_ring_that_ran_over_is_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
