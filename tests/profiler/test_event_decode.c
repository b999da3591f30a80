/* SPDX-License-Identifier: MIT */
#include "support/decode_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>

#include <cmocka.h>

/* What sample_id_all appends for TRAILER_TYPE. */
#define TRAILER_TYPE                                                                               \
	(PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID |             \
	 PERF_SAMPLE_CPU | PERF_SAMPLE_IDENTIFIER)

static void add_trailer(struct byte_builder *bytes)
{
	bytes_u32(bytes, 141); /* pid */
	bytes_u32(bytes, 142); /* tid */
	bytes_u64(bytes, 1700);
	bytes_u64(bytes, 7);  /* ID */
	bytes_u64(bytes, 70); /* STREAM_ID */
	bytes_u32(bytes, 1);  /* CPU */
	bytes_u32(bytes, 0);
	bytes_u64(bytes, 7); /* IDENTIFIER */
}

static void assert_trailer(const struct event *event)
{
	assert_int_equal(event->time_ns, 1700);
	assert_int_equal(event->cpu, 1);
}

static void an_mmap2_tells_range_file_and_protection(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes =
		decode_begin(fixture, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER);

	bytes_u32(bytes, 41);
	bytes_u32(bytes, 42);
	bytes_u64(bytes, 0x7f0000001000); /* address */
	bytes_u64(bytes, 0x2000);	  /* length */
	bytes_u64(bytes, 0x1000);	  /* file offset */
	bytes_u32(bytes, 8);		  /* major */
	bytes_u32(bytes, 1);		  /* minor */
	bytes_u64(bytes, 1234);		  /* inode */
	bytes_u64(bytes, 0);		  /* generation */
	bytes_u32(bytes, PROT_READ | PROT_EXEC);
	bytes_u32(bytes, MAP_PRIVATE);
	bytes_text(bytes, "/usr/lib/libc.so.6");
	add_trailer(bytes);
	assert_true(decode_record(fixture));

	const struct event *event = &fixture->event;

	assert_int_equal(event->type, EVENT_MMAP);
	assert_trailer(event);
	assert_int_equal(event->pid, 41);
	assert_int_equal(event->tid, 42);
	assert_int_equal(event->mmap.start, 0x7f0000001000);
	assert_int_equal(event->mmap.end, 0x7f0000003000);
	assert_int_equal(event->mmap.file_offset, 0x1000);
	assert_int_equal(event->mmap.major, 8);
	assert_int_equal(event->mmap.minor, 1);
	assert_int_equal(event->mmap.inode, 1234);
	assert_int_equal(event->mmap.build_id.size, 0);
	assert_true(event->mmap.is_executable);
	assert_false(event->mmap.is_shared);
	assert_string_equal(event->mmap.path, "/usr/lib/libc.so.6");
}

static void an_mmap2_may_tell_a_build_id_instead_of_a_file(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = decode_begin(
		fixture, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER | PERF_RECORD_MISC_MMAP_BUILD_ID);

	bytes_fill(bytes, 0, 32); /* pid, tid, address, length, file offset */
	bytes_u8(bytes, 16);	  /* size of the build-id */
	bytes_fill(bytes, 0, 3);
	bytes_fill(bytes, 0xbd, 16);
	bytes_fill(bytes, 0, 4);
	bytes_u32(bytes, PROT_READ);
	bytes_u32(bytes, MAP_SHARED);
	bytes_text(bytes, "/usr/lib/libc.so.6");
	add_trailer(bytes);
	assert_true(decode_record(fixture));
	assert_true(fixture->event.mmap.is_shared);
	assert_int_equal(fixture->event.mmap.build_id.size, 16);
	assert_int_equal(fixture->event.mmap.build_id.bytes[15], 0xbd);
	assert_int_equal(fixture->event.mmap.inode, 0);
	assert_false(fixture->event.mmap.is_executable);
	assert_string_equal(fixture->event.mmap.path, "/usr/lib/libc.so.6");
}

static void an_mmap_is_code_unless_it_says_data(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	for (int is_data = 0; is_data < 2; is_data++) {
		struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_MMAP,
							  is_data ? PERF_RECORD_MISC_MMAP_DATA : 0);

		bytes_u32(bytes, 41);
		bytes_u32(bytes, 42);
		bytes_u64(bytes, 0xffffffffffff0000); /* beyond the end with its length */
		bytes_u64(bytes, 0x20000);
		bytes_u64(bytes, 0);
		bytes_text(bytes, "//anon");
		add_trailer(bytes);
		assert_true(decode_record(fixture));
		assert_int_equal(fixture->event.mmap.is_executable, !is_data);
		assert_int_equal(fixture->event.mmap.end, UINT64_MAX);
	}
}

static void the_kernel_is_executable_though_perf_tells_no_protection(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, 0, 7);
	struct byte_builder *bytes =
		decode_begin(fixture, PERF_RECORD_MMAP2, PERF_RECORD_MISC_KERNEL);

	bytes_u32(bytes, UINT32_MAX); /* pid */
	bytes_fill(bytes, 0, 60);
	bytes_text(bytes, "[kernel.kallsyms]_text");
	assert_true(decode_record(fixture));
	assert_true(fixture->event.mmap.is_executable);
}

static void a_name_must_end_before_the_trailer(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_COMM, 0);

	bytes_u64(bytes, 0);
	bytes_add(bytes, "no end..", 8); /* the trailer has zeros */
	add_trailer(bytes);
	assert_false(decode_record(fixture));
}

static void a_comm_tells_whether_an_exec_made_it(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes =
		decode_begin(fixture, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC);

	bytes_u32(bytes, 41);
	bytes_u32(bytes, 42);
	bytes_text(bytes, "node");
	add_trailer(bytes);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.type, EVENT_COMM);
	assert_int_equal(fixture->event.tid, 42);
	assert_trailer(&fixture->event);
	assert_string_equal(fixture->event.comm.comm, "node");
	assert_true(fixture->event.comm.is_exec);
}

static void a_fork_tells_child_and_parent(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_FORK, 0);

	bytes_u32(bytes, 51); /* pid */
	bytes_u32(bytes, 41); /* of the parent */
	bytes_u32(bytes, 52); /* tid */
	bytes_u32(bytes, 42); /* of the parent */
	bytes_u64(bytes, 1699);
	add_trailer(bytes);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.type, EVENT_FORK);
	assert_int_equal(fixture->event.pid, 51);
	assert_int_equal(fixture->event.tid, 52);
	assert_int_equal(fixture->event.fork.parent_pid, 41);
	assert_int_equal(fixture->event.fork.parent_tid, 42);
	assert_trailer(&fixture->event);
}

static void an_exit_without_a_trailer_has_the_time_of_its_body(void **state)
{
	struct decode_fixture *fixture = *state;
	struct perf_event_attr attr = decode_attr(TRAILER_TYPE);

	attr.sample_id_all = 0;
	event_layout_add(fixture->layout, &attr, NULL, 0);
	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_EXIT, 0);

	bytes_u32(bytes, 51);
	bytes_u32(bytes, 41);
	bytes_u32(bytes, 52);
	bytes_u32(bytes, 42);
	bytes_u64(bytes, 1699);
	assert_every_shorter_record_is_refused(fixture);
	assert_int_equal(fixture->event.type, EVENT_EXIT);
	assert_int_equal(fixture->event.time_ns, 1699);
	assert_int_equal(fixture->event.cpu, UINT32_MAX);
}

static void lost_records_and_lost_samples_are_counted_apart(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_LOST, 0);

	bytes_u64(bytes, 7);  /* id */
	bytes_u64(bytes, 13); /* count */
	add_trailer(bytes);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.type, EVENT_LOST);
	assert_int_equal(fixture->event.lost.count, 13);
	assert_false(fixture->event.lost.is_samples);

	bytes = decode_begin(fixture, PERF_RECORD_LOST_SAMPLES, 0);
	bytes_u64(bytes, 14);
	add_trailer(bytes);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.lost.count, 14);
	assert_true(fixture->event.lost.is_samples);
}

static void throttling_is_told_at_both_ends(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	for (uint32_t type = PERF_RECORD_THROTTLE; type <= PERF_RECORD_UNTHROTTLE; type++) {
		struct byte_builder *bytes = decode_begin(fixture, type, 0);

		bytes_fill(bytes, 0, 24); /* time, id, stream id */
		add_trailer(bytes);
		assert_true(decode_record(fixture));
		assert_int_equal(fixture->event.type,
				 type == PERF_RECORD_THROTTLE ? EVENT_THROTTLE : EVENT_UNTHROTTLE);
		assert_trailer(&fixture->event);
	}
}

static void a_switch_is_of_the_thread_in_its_trailer(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	add_trailer(decode_begin(fixture, PERF_RECORD_SWITCH, 0));
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.type, EVENT_SWITCH);
	assert_int_equal(fixture->event.tid, 142);
	assert_false(fixture->event.context_switch.is_out);

	struct byte_builder *bytes =
		decode_begin(fixture, PERF_RECORD_SWITCH_CPU_WIDE,
			     PERF_RECORD_MISC_SWITCH_OUT | PERF_RECORD_MISC_SWITCH_OUT_PREEMPT);

	bytes_u64(bytes, 0x9900000099); /* the next task */
	add_trailer(bytes);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.type, EVENT_SWITCH);
	assert_int_equal(fixture->event.pid, 141);
	assert_int_equal(fixture->event.tid, 142);
	assert_true(fixture->event.context_switch.is_out);
	assert_true(fixture->event.context_switch.is_preempted);
}

static void a_ksymbol_comes_and_goes(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = decode_begin(fixture, PERF_RECORD_KSYMBOL, 0);

	bytes_u64(bytes, 0xffffffffc0001000);
	bytes_u32(bytes, 120);
	bytes_u16(bytes, PERF_RECORD_KSYMBOL_TYPE_BPF);
	bytes_u16(bytes, PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER);
	bytes_text(bytes, "bpf_prog_42_trace");
	add_trailer(bytes);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.type, EVENT_KSYMBOL);
	assert_int_equal(fixture->event.ksymbol.address, 0xffffffffc0001000);
	assert_int_equal(fixture->event.ksymbol.size, 120);
	assert_true(fixture->event.ksymbol.is_unregister);
	assert_string_equal(fixture->event.ksymbol.name, "bpf_prog_42_trace");
}

static void records_of_no_use_here_still_tell_who_and_when(void **state)
{
	static const uint32_t types[] = { PERF_RECORD_READ,
					  PERF_RECORD_AUX,
					  PERF_RECORD_NAMESPACES,
					  PERF_RECORD_BPF_EVENT,
					  PERF_RECORD_TEXT_POKE,
					  22 /* CALLCHAIN_DEFERRED */,
					  63 /* not yet thought of */ };
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	for (size_t number = 0; number < sizeof(types) / sizeof(types[0]); number++) {
		struct byte_builder *bytes = decode_begin(fixture, types[number], 0);

		bytes_fill(bytes, 0xee, 40);
		add_trailer(bytes);
		assert_true(decode_record(fixture));
		assert_int_equal(fixture->event.type, EVENT_OTHER);
		assert_int_equal(fixture->event.record_type, types[number]);
		assert_trailer(&fixture->event);
	}
}

static void perfs_own_records_have_no_trailer(void **state)
{
	struct decode_fixture *fixture = *state;

	decode_add_event(fixture, TRAILER_TYPE, 7);
	decode_begin(fixture, 68 /* FINISHED_ROUND */, 0);
	assert_true(decode_record(fixture));
	assert_int_equal(fixture->event.type, EVENT_OTHER);
	assert_int_equal(fixture->event.time_ns, 0);
}

int main(void)
{
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, decode_fixture_set_up, decode_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_mmap2_tells_range_file_and_protection),
		TEST(an_mmap2_may_tell_a_build_id_instead_of_a_file),
		TEST(an_mmap_is_code_unless_it_says_data),
		TEST(the_kernel_is_executable_though_perf_tells_no_protection),
		TEST(a_name_must_end_before_the_trailer),
		TEST(a_comm_tells_whether_an_exec_made_it),
		TEST(a_fork_tells_child_and_parent),
		TEST(an_exit_without_a_trailer_has_the_time_of_its_body),
		TEST(lost_records_and_lost_samples_are_counted_apart),
		TEST(throttling_is_told_at_both_ends),
		TEST(a_switch_is_of_the_thread_in_its_trailer),
		TEST(a_ksymbol_comes_and_goes),
		TEST(records_of_no_use_here_still_tell_who_and_when),
		TEST(perfs_own_records_have_no_trailer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
