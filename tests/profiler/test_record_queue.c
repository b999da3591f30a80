/* SPDX-License-Identifier: MIT */
#include "profiler/record_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void push_number(struct record_queue *queue, uint64_t time_ns, uint64_t number)
{
	record_queue_push(queue, time_ns, &number, sizeof(number), NULL, 0);
}

/* The number of the oldest record before this time; UINT64_MAX if there is none. */
static uint64_t pop_number(struct record_queue *queue, uint64_t before_ns)
{
	struct queued_record record;
	uint64_t number = UINT64_MAX;

	if (record_queue_pop(queue, before_ns, &record))
		memcpy(&number, record_queue_bytes(queue, &record), sizeof(number));
	return number;
}

static void records_come_back_by_time_and_equal_times_as_they_came(void **state)
{
	(void)state;
	struct record_queue queue = { 0 };

	push_number(&queue, 30, 1);
	push_number(&queue, 10, 2);
	push_number(&queue, 20, 3);
	push_number(&queue, 10, 4);
	push_number(&queue, 10, 5);
	assert_int_equal(pop_number(&queue, 30), 2);
	assert_int_equal(pop_number(&queue, 30), 4);
	assert_int_equal(pop_number(&queue, 30), 5);
	assert_int_equal(pop_number(&queue, 30), 3);
	assert_int_equal(pop_number(&queue, 30), UINT64_MAX);
	assert_int_equal(pop_number(&queue, 31), 1);
	record_queue_deinit(&queue);
	record_queue_deinit(NULL);
}

static void what_belongs_to_a_record_comes_back_with_it(void **state)
{
	(void)state;
	struct record_queue queue = { 0 };
	struct queued_record record;

	record_queue_push(&queue, 1, "record", 6, "extra", 5);
	record_queue_push(&queue, 2, NULL, 0, "alone", 5);
	assert_true(record_queue_pop(&queue, 9, &record));
	assert_int_equal(record.size, 6);
	assert_memory_equal(record_queue_bytes(&queue, &record), "recordextra", 11);
	assert_true(record_queue_pop(&queue, 9, &record));
	assert_int_equal(record.size, 0);
	assert_memory_equal(record_queue_bytes(&queue, &record), "alone", record.extra_size);
	record_queue_deinit(&queue);
}

/* Records 2 s behind the others, as those that waited for JIT code are. */
static void records_keep_their_bytes_while_others_pass_by(void **state)
{
	(void)state;
	enum { RECORDS = 200000, WAITING = 20000 };
	struct record_queue queue = { 0 };
	uint64_t next = 0;

	for (uint64_t i = 0; i < RECORDS; i++) {
		push_number(&queue, i ^ 63, i ^ 63);
		while (i >= WAITING && next < i - WAITING) {
			assert_int_equal(pop_number(&queue, i - WAITING), next);
			next++;
		}
	}
	for (; next < RECORDS; next++)
		assert_int_equal(pop_number(&queue, UINT64_MAX), next);
	assert_in_range(queue.byte_capacity, 1, 4 << 20);
	record_queue_deinit(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_back_by_time_and_equal_times_as_they_came),
		cmocka_unit_test(what_belongs_to_a_record_comes_back_with_it),
		cmocka_unit_test(records_keep_their_bytes_while_others_pass_by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
