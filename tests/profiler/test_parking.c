/* SPDX-License-Identifier: MIT */
#include "profiler/parking.h"

#include "profiler/jit_code.h"
#include "symbolize/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SECOND_NS = 1000000000 };

static struct image unknown = { .id = 1, .kind = IMAGE_UNKNOWN };
static struct image unknown_jit = { .id = 2, .kind = IMAGE_UNKNOWN };
static struct image jit = { .id = 3, .kind = IMAGE_JIT };
static struct address_space *space;
static struct jit_code *dump;
static struct parking parking;

/* Executable memory of no file at [0x1000, 0x9000). */
static int begin(void **state)
{
	const struct mapping mapping = {
		.start = 0x1000, .end = 0x9000, .kind = MAPPING_ANONYMOUS, .is_executable = true
	};

	(void)state;
	parking = (struct parking){ 0 };
	space = address_space_create(10, &unknown, &unknown_jit);
	address_space_map(space, &mapping);
	dump = jit_code_create(NULL, &jit);
	address_space_add_jit(space, dump);
	return 0;
}

static int end(void **state)
{
	(void)state;
	parking_deinit(&parking);
	assert_int_equal(space->references, 1);
	address_space_release(space);
	jit_code_destroy(dump);
	return 0;
}

static void park(uint64_t time_ns, uint64_t missing_address, size_t stack_size)
{
	uint8_t *stack = calloc(1, stack_size + 1);
	const struct event event = {
		.type = EVENT_SAMPLE,
		.time_ns = time_ns,
		.sample = { .has_user_stack = true, .stack = stack, .stack_size = stack_size },
	};

	parking_add(&parking, &event, space, missing_address);
	free(stack);
}

static void announce(uint64_t address)
{
	static struct jitdump_entry entries[4];
	struct jitdump_entry *entry = &entries[jit_code_count(dump)];

	*entry = (struct jitdump_entry){
		.kind = JITDUMP_ENTRY_LOAD, .address = address, .size = 0x100, .name = "announced"
	};
	jit_code_add(dump, entry);
}

static size_t tell_times(struct parked_sample *sample, size_t count, uint64_t times[4],
			 bool *has_expired)
{
	while (sample) {
		struct parked_sample *next = sample->next;

		times[count++] = sample->event.time_ns;
		*has_expired = sample->has_expired;
		parked_sample_destroy(sample);
		sample = next;
	}
	return count;
}

/* Takes what is over and tells the times, 0 behind the last. */
static size_t take(uint64_t now_ns, uint64_t times[4], bool *has_expired)
{
	size_t count;

	memset(times, 0, 4 * sizeof(*times));
	count = tell_times(parking_take_announced(&parking), 0, times, has_expired);
	return tell_times(parking_take_expired(&parking, now_ns), count, times, has_expired);
}

static void a_sample_waits_until_its_code_is_announced(void **state)
{
	uint64_t times[4];
	bool has_expired;

	(void)state;
	park(100, 0x1010, 64);
	park(200, 0x2010, 64);
	assert_int_equal(take(300, times, &has_expired), 0);
	announce(0x2000);
	assert_int_equal(take(300, times, &has_expired), 1);
	assert_int_equal(times[0], 200);
	assert_false(has_expired);
	assert_int_equal(parking.count, 1);
}

static void a_sample_waits_two_seconds_and_no_longer(void **state)
{
	uint64_t times[4];
	bool has_expired;

	(void)state;
	park(5, 0x1010, 64);
	assert_int_equal(take(4 + PARKING_LIMIT_NS, times, &has_expired), 0);
	assert_int_equal(take(5 + PARKING_LIMIT_NS, times, &has_expired), 1);
	assert_true(has_expired);
	assert_int_equal(parking.count, 0);
	assert_int_equal(parking.bytes, 0);
}

static void above_the_bound_of_memory_the_oldest_go_and_the_rest_waits_on(void **state)
{
	uint64_t times[4];
	bool has_expired;

	(void)state;
	park(100, 0x1010, PARKING_LIMIT_BYTES / 2);
	park(200, 0x1010, PARKING_LIMIT_BYTES / 2);
	park(300, 0x1010, PARKING_LIMIT_BYTES / 4);
	assert_int_equal(take(400, times, &has_expired), 1);
	assert_int_equal(times[0], 100);
	assert_true(has_expired);
	assert_int_equal(parking.count, 2);
	assert_true(parking.bytes <= PARKING_LIMIT_BYTES);
	assert_int_equal(take(400, times, &has_expired), 0);
}

static void samples_leave_in_the_order_they_came(void **state)
{
	uint64_t times[4];
	bool has_expired;

	(void)state;
	park(100, 0x1010, 8);
	park(200, 0x3010, 8);
	park(300, 0x1010, 8);
	announce(0x1000);
	assert_int_equal(take(400, times, &has_expired), 2);
	assert_int_equal(times[0], 100);
	assert_int_equal(times[1], 300);
	park(500, 0x3010, 8); /* the list is whole: what is left, then what is new */
	assert_int_equal(take(UINT64_MAX, times, &has_expired), 2);
	assert_int_equal(times[0], 200);
	assert_int_equal(times[1], 500);
}

static void one_that_waits_again_has_its_place_by_its_time(void **state)
{
	uint64_t times[4];
	bool has_expired;

	(void)state;
	park(200, 0x1010, 8);
	park(300, 0x1010, 8);
	park(100, 0x2010, 8);
	park(250, 0x2010, 8);
	assert_int_equal(take(UINT64_MAX, times, &has_expired), 4);
	assert_int_equal(times[0], 100);
	assert_int_equal(times[1], 200);
	assert_int_equal(times[2], 250);
	assert_int_equal(times[3], 300);
}

static void the_end_takes_all(void **state)
{
	uint64_t times[4];
	bool has_expired;

	(void)state;
	park(100, 0x1010, 8);
	park(3 * (uint64_t)SECOND_NS, 0x2010, 8);
	assert_int_equal(take(UINT64_MAX, times, &has_expired), 2);
}

static void a_parked_sample_is_a_copy(void **state)
{
	uint64_t registers[2] = { 11, 12 }, chain[3] = { 21, 22, 23 }, stack[2] = { 31, 32 };
	const struct event event = {
		.type = EVENT_SAMPLE,
		.time_ns = 100,
		.pid = 10,
		.sample = { .user = { .abi = 2, .mask = 0x81, .bytes = (const uint8_t *)registers },
			    .has_callchain = true,
			    .callchain = { .bytes = (const uint8_t *)chain, .count = 3 },
			    .has_user_stack = true,
			    .stack = (const uint8_t *)stack,
			    .stack_size = sizeof(stack) },
	};

	(void)state;
	parking_add(&parking, &event, space, 0x1010);
	memset(registers, 0, sizeof(registers));
	memset(chain, 0, sizeof(chain));
	memset(stack, 0, sizeof(stack));
	struct parked_sample *sample = parking_take_expired(&parking, UINT64_MAX);

	assert_memory_equal(sample->event.sample.user.bytes, ((uint64_t[]){ 11, 12 }), 16);
	assert_memory_equal(sample->event.sample.callchain.bytes, ((uint64_t[]){ 21, 22, 23 }), 24);
	assert_memory_equal(sample->event.sample.stack, ((uint64_t[]){ 31, 32 }), 16);
	assert_int_equal(sample->event.pid, 10);
	assert_ptr_equal(sample->space, space);
	parked_sample_destroy(sample);
}

static void a_parked_sample_keeps_its_address_space(void **state)
{
	uint64_t times[4];
	bool has_expired;

	(void)state;
	park(100, 0x1010, 8);
	assert_int_equal(space->references, 2);
	assert_int_equal(take(UINT64_MAX, times, &has_expired), 1);
	assert_int_equal(space->references, 1);
	park(200, 0x1010, 8); /* left for parking_deinit() */
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_sample_waits_until_its_code_is_announced),
		EACH(a_sample_waits_two_seconds_and_no_longer),
		EACH(above_the_bound_of_memory_the_oldest_go_and_the_rest_waits_on),
		EACH(samples_leave_in_the_order_they_came),
		EACH(one_that_waits_again_has_its_place_by_its_time),
		EACH(the_end_takes_all),
		EACH(a_parked_sample_is_a_copy),
		EACH(a_parked_sample_keeps_its_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
