/* SPDX-License-Identifier: MIT */
#include "profiler/late_threads.h"

#include "support/byte_builder.h"

#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { PID = 10, LATE_TID = 12 };

/* Thread 12 was found late; its own events have the ids 100 to 103. */
static struct late_threads one_late(void)
{
	struct late_threads threads = { 0 };

	late_threads_add(&threads,
			 (struct late_thread){ .tid = LATE_TID, .first_id = 100, .last_id = 103 });
	return threads;
}

static bool drops_sample_at(struct late_threads *threads, uint32_t tid, uint64_t identifier,
			    uint64_t time_ns)
{
	struct byte_builder bytes = { 0 };
	size_t start = bytes_begin_record(&bytes, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);

	bytes_u64(&bytes, identifier);
	bytes_u64(&bytes, 0x401000);
	bytes_u32(&bytes, PID);
	bytes_u32(&bytes, tid);
	bytes_u64(&bytes, time_ns);
	bytes_end_record(&bytes, start);
	bool is_dropped = late_threads_drop(threads, bytes_record(&bytes, start));

	bytes_free(&bytes);
	return is_dropped;
}

/* Each at a time of its own. */
static bool drops_sample(struct late_threads *threads, uint32_t tid, uint64_t identifier)
{
	static uint64_t time_ns = 1000;

	return drops_sample_at(threads, tid, identifier, time_ns++);
}

/* In a fork the thread is made by `by`; in an exit the two are one. */
static bool drops_task_by(struct late_threads *threads, uint32_t type, uint32_t tid, uint32_t by,
			  uint64_t identifier)
{
	struct byte_builder bytes = { 0 };
	size_t start = bytes_begin_record(&bytes, type, 0);

	bytes_u32(&bytes, PID);
	bytes_u32(&bytes, PID);
	bytes_u32(&bytes, tid);
	bytes_u32(&bytes, by);
	bytes_u64(&bytes, 5000);
	bytes_u32(&bytes, PID);
	bytes_u32(&bytes, by);
	bytes_u64(&bytes, 5000);
	bytes_u64(&bytes, 0);
	bytes_u64(&bytes, identifier);
	bytes_end_record(&bytes, start);
	bool is_dropped = late_threads_drop(threads, bytes_record(&bytes, start));

	bytes_free(&bytes);
	return is_dropped;
}

static bool drops_task(struct late_threads *threads, uint32_t type, uint32_t tid,
		       uint64_t identifier)
{
	return drops_task_by(threads, type, tid, tid, identifier);
}

static void without_late_threads_nothing_is_dropped(void **state)
{
	struct late_threads threads = { 0 };

	(void)state;
	assert_false(drops_sample(&threads, LATE_TID, 1));
}

static void a_late_threads_own_samples_stay(void **state)
{
	struct late_threads threads = one_late();

	(void)state;
	assert_false(drops_sample(&threads, LATE_TID, 100));
	assert_false(drops_sample(&threads, LATE_TID, 103));
	late_threads_deinit(&threads);
}

static void what_it_inherited_too_is_dropped(void **state)
{
	struct late_threads threads = one_late();

	(void)state;
	assert_true(drops_sample(&threads, LATE_TID, 99));
	assert_true(drops_sample(&threads, LATE_TID, 104));
	assert_true(drops_task(&threads, PERF_RECORD_SWITCH, LATE_TID, 42));
	assert_false(drops_task(&threads, PERF_RECORD_SWITCH, LATE_TID, 101));
	late_threads_deinit(&threads);
}

static void other_threads_may_inherit(void **state)
{
	struct late_threads threads = one_late();

	(void)state;
	assert_false(drops_sample(&threads, 13, 42));
	late_threads_deinit(&threads);
}

static void the_number_is_anothers_after_the_exit(void **state)
{
	struct late_threads threads = one_late();

	(void)state;
	assert_true(drops_task(&threads, PERF_RECORD_EXIT, LATE_TID, 42));
	assert_true(drops_sample(&threads, LATE_TID, 42));
	assert_false(drops_task(&threads, PERF_RECORD_EXIT, LATE_TID, 101));
	assert_false(drops_sample(&threads, LATE_TID, 42));
	late_threads_deinit(&threads);
}

static void what_a_late_thread_makes_inherits_twice(void **state)
{
	struct late_threads threads = one_late();

	(void)state;
	assert_true(drops_task_by(&threads, PERF_RECORD_FORK, 13, LATE_TID, 42));
	assert_false(drops_task_by(&threads, PERF_RECORD_FORK, 13, LATE_TID, 100));
	assert_true(drops_sample(&threads, 13, 42));
	assert_false(drops_sample(&threads, 13, 100));
	assert_false(drops_task(&threads, PERF_RECORD_EXIT, LATE_TID, 101));
	assert_true(drops_sample(&threads, 13, 42));
	assert_false(drops_task_by(&threads, PERF_RECORD_FORK, 20, 19, 42));
	assert_false(drops_sample(&threads, 20, 42));
	late_threads_deinit(&threads);
}

static void of_samples_that_share_their_data_one_stays(void **state)
{
	struct late_threads threads = one_late();

	(void)state;
	/* The thread's own event came first, then the inherited one. */
	assert_false(drops_sample_at(&threads, LATE_TID, 100, 500));
	assert_true(drops_sample_at(&threads, LATE_TID, 100, 500));
	assert_true(drops_sample_at(&threads, LATE_TID, 100, 500));
	/* The other way round. */
	assert_true(drops_sample_at(&threads, LATE_TID, 42, 600));
	assert_false(drops_sample_at(&threads, LATE_TID, 42, 600));
	assert_true(drops_sample_at(&threads, LATE_TID, 42, 600));
	/* Only inherited, as timers are: each has a time of its own. */
	assert_true(drops_sample_at(&threads, LATE_TID, 42, 700));
	assert_false(drops_sample_at(&threads, LATE_TID, 100, 701));
	late_threads_deinit(&threads);
}

static void short_records_are_left_alone(void **state)
{
	struct late_threads threads = one_late();

	(void)state;
	for (uint16_t size = 8; size < 32; size++) {
		struct perf_event_header record[4] = { { .type = PERF_RECORD_SAMPLE,
							 .size = size } };

		assert_false(late_threads_drop(&threads, record));
		record[0].type = PERF_RECORD_EXIT;
		assert_false(late_threads_drop(&threads, record));
	}
	late_threads_deinit(&threads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_late_threads_nothing_is_dropped),
		cmocka_unit_test(a_late_threads_own_samples_stay),
		cmocka_unit_test(what_it_inherited_too_is_dropped),
		cmocka_unit_test(other_threads_may_inherit),
		cmocka_unit_test(the_number_is_anothers_after_the_exit),
		cmocka_unit_test(what_a_late_thread_makes_inherits_twice),
		cmocka_unit_test(of_samples_that_share_their_data_one_stays),
		cmocka_unit_test(short_records_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
