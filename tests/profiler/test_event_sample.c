/* SPDX-License-Identifier: MIT */
#include "support/decode_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void add_identity_fields(struct byte_builder *bytes)
{
	bytes_u64(bytes, 7);	      /* IDENTIFIER */
	bytes_u64(bytes, 0x401000);   /* IP */
	bytes_u32(bytes, 41);	      /* TID: pid */
	bytes_u32(bytes, 42);	      /* tid */
	bytes_u64(bytes, 1000000001); /* TIME */
	bytes_u64(bytes, 0xadd4);     /* ADDR */
	bytes_u64(bytes, 7);	      /* ID */
	bytes_u64(bytes, 70);	      /* STREAM_ID */
	bytes_u32(bytes, 3);	      /* CPU */
	bytes_u32(bytes, 0);
	bytes_u64(bytes, 1001001); /* PERIOD */
}

static void add_counts_chain_and_branches(struct byte_builder *bytes)
{
	bytes_u64(bytes, 500); /* READ: value */
	bytes_u64(bytes, 501); /* time enabled */
	bytes_u64(bytes, 7);   /* id */
	bytes_u64(bytes, 0);   /* lost */
	bytes_u64(bytes, 2);   /* CALLCHAIN: count */
	bytes_u64(bytes, PERF_CONTEXT_USER);
	bytes_u64(bytes, 0x401000);
	bytes_u32(bytes, 4); /* RAW: size */
	bytes_u32(bytes, 0xdddddddd);
	bytes_u64(bytes, 1);	    /* BRANCH_STACK: count */
	bytes_u64(bytes, 9);	    /* HW_INDEX */
	bytes_fill(bytes, 0xb, 24); /* from, to, flags */
	bytes_fill(bytes, 0xc, 8);  /* counters */
}

static void add_registers_stack_and_the_rest(struct byte_builder *bytes)
{
	bytes_u64(bytes, 2);	 /* REGS_USER: abi */
	bytes_u64(bytes, 0x6b0); /* rbp */
	bytes_u64(bytes, 0x650); /* rsp */
	bytes_u64(bytes, 0x191); /* rip */
	bytes_u64(bytes, 16);	 /* STACK_USER: size */
	bytes_add(bytes, "stack copy 16 b", 16);
	bytes_u64(bytes, 12);	      /* of which are valid */
	bytes_u64(bytes, 1);	      /* WEIGHT */
	bytes_u64(bytes, 2);	      /* DATA_SRC */
	bytes_u64(bytes, 3);	      /* TRANSACTION */
	bytes_u64(bytes, 2);	      /* REGS_INTR: abi */
	bytes_u64(bytes, 0xffff8000); /* rip */
	bytes_u64(bytes, 4);	      /* PHYS_ADDR */
	bytes_u64(bytes, 5);	      /* CGROUP */
	bytes_u64(bytes, 4096);	      /* DATA_PAGE_SIZE */
	bytes_u64(bytes, 4096);	      /* CODE_PAGE_SIZE */
	bytes_u64(bytes, 8);	      /* AUX: size */
	bytes_u64(bytes, 0);
}

static void every_field_of_a_sample_is_found_in_its_order(void **state)
{
	struct decode_fixture *fixture = *state;
	struct perf_event_attr attr =
		decode_attr((PERF_SAMPLE_MAX - 1) & ~PERF_SAMPLE_WEIGHT_STRUCT);
	uint64_t id = 7;

	attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_ID | PERF_FORMAT_LOST;
	attr.branch_sample_type = PERF_SAMPLE_BRANCH_HW_INDEX | 1ULL << 19;
	attr.sample_regs_user = 1 << 6 | 1 << 7 | 1 << 8;
	attr.sample_regs_intr = 1 << 8;
	event_layout_add(fixture->layout, &attr, &id, 1);

	struct byte_builder *bytes =
		decode_begin(fixture, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER | 1 << 14);

	add_identity_fields(bytes);
	add_counts_chain_and_branches(bytes);
	add_registers_stack_and_the_rest(bytes);
	assert_every_shorter_record_is_refused(fixture);

	const struct event *event = &fixture->event;
	const struct sample_event *sample = &event->sample;

	assert_int_equal(event->type, EVENT_SAMPLE);
	assert_int_equal(event->record_type, PERF_RECORD_SAMPLE);
	assert_int_equal(event->pid, 41);
	assert_int_equal(event->tid, 42);
	assert_int_equal(event->time_ns, 1000000001);
	assert_int_equal(event->cpu, 3);
	assert_int_equal(sample->ip, 0x401000);
	assert_int_equal(sample->address, 0xadd4);
	assert_int_equal(sample->period, 1001001);
	assert_int_equal(sample->cpu_mode, PERF_RECORD_MISC_USER);
	assert_true(sample->has_callchain);
	assert_int_equal(sample->callchain.count, 2);
	assert_memory_equal(sample->callchain.bytes + 8, "\0\x10\x40\0\0\0\0\0", 8);
	assert_int_equal(sample->user.abi, 2);
	assert_int_equal(sample->user.mask, 1 << 6 | 1 << 7 | 1 << 8);
	assert_memory_equal(sample->user.bytes + 16, "\x91\x01\0\0\0\0\0\0", 8);
	assert_true(sample->has_user_stack);
	assert_memory_equal(sample->stack, "stack copy", 10);
	assert_int_equal(sample->stack_size, 12);
	assert_int_equal(sample->stack_copy_size, 16);
	assert_int_equal(event_decode_time(fixture->layout, bytes_record(&fixture->bytes, 0)),
			 1000000001);
}

static void a_group_read_is_as_long_as_its_count_says(void **state)
{
	struct decode_fixture *fixture = *state;
	struct perf_event_attr attr = decode_attr(PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN);

	attr.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_RUNNING | PERF_FORMAT_ID;
	event_layout_add(fixture->layout, &attr, NULL, 0);

	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 2);	    /* values */
	bytes_u64(bytes, 1);	    /* time running */
	bytes_fill(bytes, 0x1, 16); /* value, id */
	bytes_fill(bytes, 0x2, 16);
	bytes_u64(bytes, 1); /* CALLCHAIN */
	bytes_u64(bytes, 0x401000);
	assert_every_shorter_record_is_refused(fixture);
	assert_int_equal(fixture->event.sample.callchain.count, 1);
}

static void counts_too_large_for_any_record_are_refused(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, PERF_SAMPLE_CALLCHAIN, 0);
	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 0x2000000000000001); /* times 8 is 8 */
	bytes_u64(bytes, 0x401000);
	assert_false(decode_record(fixture));
}

static void a_kernel_thread_has_neither_registers_nor_stack(void **state)
{
	struct decode_fixture *fixture = *state;
	struct perf_event_attr attr =
		decode_attr(PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER | PERF_SAMPLE_WEIGHT);

	attr.sample_regs_user = 0xff0fff;
	event_layout_add(fixture->layout, &attr, NULL, 0);

	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, PERF_SAMPLE_REGS_ABI_NONE); /* no registers follow */
	bytes_u64(bytes, 0);			     /* no stack: nor its valid size */
	bytes_u64(bytes, 1);			     /* WEIGHT */
	assert_every_shorter_record_is_refused(fixture);
	assert_int_equal(fixture->event.sample.user.mask, 0);
	assert_false(fixture->event.sample.has_user_stack);
	assert_null(fixture->event.sample.stack);
}

static void more_valid_stack_than_was_copied_is_what_was_copied(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, PERF_SAMPLE_STACK_USER, 0);
	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 8);
	bytes_u64(bytes, 0x5555);
	bytes_u64(bytes, 4096);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.sample.stack_size, 8);
}

static void a_sample_without_a_period_weighs_the_fixed_one(void **state)
{
	struct decode_fixture *fixture = *state;
	struct perf_event_attr attr = decode_attr(PERF_SAMPLE_IP);

	attr.sample_period = 5000;
	event_layout_add(fixture->layout, &attr, NULL, 0);
	bytes_u64(decode_begin(fixture, PERF_RECORD_SAMPLE, 0), 0x401000);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.sample.period, 5000);
}

static void a_sample_of_a_frequency_without_a_period_weighs_one(void **state)
{
	struct decode_fixture *fixture = *state;
	struct perf_event_attr attr = decode_attr(PERF_SAMPLE_IP);

	attr.freq = 1;
	attr.sample_freq = 999;
	event_layout_add(fixture->layout, &attr, NULL, 0);
	bytes_u64(decode_begin(fixture, PERF_RECORD_SAMPLE, 0), 0x401000);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.sample.period, 1);
}

static void the_identifier_tells_which_event_a_sample_is_of(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP, 100);
	decode_add_event(fixture, PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TIME, 200);

	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 200);
	bytes_u64(bytes, 777);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.event_number, 1);
	assert_int_equal(fixture->event.time_ns, 777);
	assert_int_equal(fixture->event.sample.ip, 0);
}

static void without_an_identifier_the_id_behind_the_common_fields_tells(void **state)
{
	struct decode_fixture *fixture = *state;
	uint64_t common = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_ID;

	decode_add_event(fixture, common, 100);
	decode_add_event(fixture, common | PERF_SAMPLE_PERIOD, 200);

	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 0x401000);
	bytes_u64(bytes, 42);
	bytes_u64(bytes, 200);
	bytes_u64(bytes, 5);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.event_number, 1);
	assert_int_equal(fixture->event.sample.period, 5);
}

static void events_that_put_their_ids_in_different_places_are_told_apart(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP, 100);
	decode_add_event(fixture, PERF_SAMPLE_IP | PERF_SAMPLE_ID, 200);

	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 0x401000);
	bytes_u64(bytes, 200);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.event_number, 1);
	assert_int_equal(fixture->event.sample.ip, 0x401000);
}

static void a_sample_with_an_id_of_no_event_is_refused(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, PERF_SAMPLE_IDENTIFIER, 100);
	decode_add_event(fixture, PERF_SAMPLE_IDENTIFIER, 200);
	bytes_u64(decode_begin(fixture, PERF_RECORD_SAMPLE, 0), 300);
	assert_false(decode_record(fixture));
}

static void a_single_event_needs_no_id(void **state)
{
	struct decode_fixture *fixture = *state;
	struct perf_event_attr attr = decode_attr(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP);

	event_layout_add(fixture->layout, &attr, NULL, 0);
	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 300);
	bytes_u64(bytes, 0x401000);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.sample.ip, 0x401000);
}

static void without_any_event_nothing_decodes(void **state)
{
	struct decode_fixture *fixture = *state;

	bytes_u64(decode_begin(fixture, PERF_RECORD_SAMPLE, 0), 0);
	assert_false(decode_record(fixture));
}

static void an_attribute_of_the_first_version_is_read_as_zeros_beyond(void **state)
{
	struct decode_fixture *fixture = *state;
	struct perf_event_attr attr = decode_attr(PERF_SAMPLE_REGS_USER);

	attr.size = PERF_ATTR_SIZE_VER0;
	attr.sample_regs_user = 0xff; /* not in the first 64 bytes */
	event_layout_add(fixture->layout, &attr, NULL, 0);
	assert_int_equal(event_layout_attr(fixture->layout, 0)->sample_regs_user, 0);
}

int main(void)
{
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, decode_fixture_set_up, decode_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(every_field_of_a_sample_is_found_in_its_order),
		TEST(a_group_read_is_as_long_as_its_count_says),
		TEST(counts_too_large_for_any_record_are_refused),
		TEST(a_kernel_thread_has_neither_registers_nor_stack),
		TEST(more_valid_stack_than_was_copied_is_what_was_copied),
		TEST(a_sample_without_a_period_weighs_the_fixed_one),
		TEST(a_sample_of_a_frequency_without_a_period_weighs_one),
		TEST(the_identifier_tells_which_event_a_sample_is_of),
		TEST(without_an_identifier_the_id_behind_the_common_fields_tells),
		TEST(events_that_put_their_ids_in_different_places_are_told_apart),
		TEST(a_sample_with_an_id_of_no_event_is_refused),
		TEST(a_single_event_needs_no_id),
		TEST(without_any_event_nothing_decodes),
		TEST(an_attribute_of_the_first_version_is_read_as_zeros_beyond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
