/* SPDX-License-Identifier: MIT */
#include "profiler/event_decode.h"

#include "support/byte_builder.h"

#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

/* One layout, one record, and what it decodes to. */
struct fixture {
	struct event_layout *layout;
	struct byte_builder bytes;
	size_t record;
	struct event event;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){ .layout = event_layout_create() };
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	event_layout_destroy(fixture->layout);
	bytes_free(&fixture->bytes);
	return 0;
}

static struct perf_event_attr attr_of(uint64_t sample_type)
{
	return (struct perf_event_attr){ .size = sizeof(struct perf_event_attr),
					 .sample_type = sample_type,
					 .sample_id_all = 1 };
}

static void add_event(struct fixture *fixture, uint64_t sample_type, uint64_t id)
{
	struct perf_event_attr attr = attr_of(sample_type);

	event_layout_add(fixture->layout, &attr, &id, 1);
}

static struct byte_builder *begin(struct fixture *fixture, uint32_t type, uint16_t misc)
{
	fixture->bytes.size = 0;
	fixture->record = bytes_begin_record(&fixture->bytes, type, misc);
	return &fixture->bytes;
}

static bool decode(struct fixture *fixture)
{
	bytes_end_record(&fixture->bytes, fixture->record);
	return event_decode(fixture->layout, bytes_record(&fixture->bytes, fixture->record),
			    &fixture->event);
}

/* A record that decodes is refused at every smaller size, and never read beyond it. */
static void assert_every_shorter_record_is_refused(struct fixture *fixture)
{
	assert_true(decode(fixture));
	for (size_t size = 0; size < fixture->bytes.size; size++) {
		struct byte_builder shorter = { 0 };
		struct event event;

		bytes_add(&shorter, fixture->bytes.bytes, size);
		bytes_fill(&shorter, 0, size < 8 ? 8 - size : 0);
		bytes_end_record(&shorter, 0);
		if (size < 8)
			memset(shorter.bytes + 6, 0, 2);
		assert_false(event_decode(fixture->layout, bytes_record(&shorter, 0), &event));
		bytes_free(&shorter);
	}
}

static void every_field_of_a_sample_is_found_in_its_order(void **state)
{
	struct fixture *fixture = *state;
	struct perf_event_attr attr = attr_of((PERF_SAMPLE_MAX - 1) & ~PERF_SAMPLE_WEIGHT_STRUCT);
	uint64_t id = 7;

	attr.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_ID | PERF_FORMAT_LOST;
	attr.branch_sample_type = PERF_SAMPLE_BRANCH_HW_INDEX | 1ULL << 19;
	attr.sample_regs_user = 1 << 6 | 1 << 7 | 1 << 8;
	attr.sample_regs_intr = 1 << 8;
	event_layout_add(fixture->layout, &attr, &id, 1);

	struct byte_builder *bytes =
		begin(fixture, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER | 1 << 14);

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
	bytes_u64(bytes, 500);	   /* READ: value */
	bytes_u64(bytes, 501);	   /* time enabled */
	bytes_u64(bytes, 7);	   /* id */
	bytes_u64(bytes, 0);	   /* lost */
	bytes_u64(bytes, 2);	   /* CALLCHAIN: count */
	bytes_u64(bytes, PERF_CONTEXT_USER);
	bytes_u64(bytes, 0x401000);
	bytes_u32(bytes, 4); /* RAW: size */
	bytes_u32(bytes, 0xdddddddd);
	bytes_u64(bytes, 1);	    /* BRANCH_STACK: count */
	bytes_u64(bytes, 9);	    /* HW_INDEX */
	bytes_fill(bytes, 0xb, 24); /* from, to, flags */
	bytes_fill(bytes, 0xc, 8);  /* counters */
	bytes_u64(bytes, 2);	    /* REGS_USER: abi */
	bytes_u64(bytes, 0x6b0);    /* rbp */
	bytes_u64(bytes, 0x650);    /* rsp */
	bytes_u64(bytes, 0x191);    /* rip */
	bytes_u64(bytes, 16);	    /* STACK_USER: size */
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
	struct fixture *fixture = *state;
	struct perf_event_attr attr = attr_of(PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN);

	attr.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_RUNNING | PERF_FORMAT_ID;
	event_layout_add(fixture->layout, &attr, NULL, 0);

	struct byte_builder *bytes = begin(fixture, PERF_RECORD_SAMPLE, 0);

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
	struct fixture *fixture = *state;

	add_event(fixture, PERF_SAMPLE_CALLCHAIN, 0);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 0x2000000000000001); /* times 8 is 8 */
	bytes_u64(bytes, 0x401000);
	assert_false(decode(fixture));
}

static void a_kernel_thread_has_neither_registers_nor_stack(void **state)
{
	struct fixture *fixture = *state;
	struct perf_event_attr attr =
		attr_of(PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER | PERF_SAMPLE_WEIGHT);

	attr.sample_regs_user = 0xff0fff;
	event_layout_add(fixture->layout, &attr, NULL, 0);

	struct byte_builder *bytes = begin(fixture, PERF_RECORD_SAMPLE, 0);

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
	struct fixture *fixture = *state;

	add_event(fixture, PERF_SAMPLE_STACK_USER, 0);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 8);
	bytes_u64(bytes, 0x5555);
	bytes_u64(bytes, 4096);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.sample.stack_size, 8);
}

static void a_sample_without_a_period_weighs_the_fixed_one(void **state)
{
	struct fixture *fixture = *state;
	struct perf_event_attr attr = attr_of(PERF_SAMPLE_IP);

	attr.sample_period = 5000;
	event_layout_add(fixture->layout, &attr, NULL, 0);
	bytes_u64(begin(fixture, PERF_RECORD_SAMPLE, 0), 0x401000);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.sample.period, 5000);
}

static void a_sample_of_a_frequency_without_a_period_weighs_one(void **state)
{
	struct fixture *fixture = *state;
	struct perf_event_attr attr = attr_of(PERF_SAMPLE_IP);

	attr.freq = 1;
	attr.sample_freq = 999;
	event_layout_add(fixture->layout, &attr, NULL, 0);
	bytes_u64(begin(fixture, PERF_RECORD_SAMPLE, 0), 0x401000);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.sample.period, 1);
}

static void the_identifier_tells_which_event_a_sample_is_of(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP, 100);
	add_event(fixture, PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TIME, 200);

	struct byte_builder *bytes = begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 200);
	bytes_u64(bytes, 777);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.event_number, 1);
	assert_int_equal(fixture->event.time_ns, 777);
	assert_int_equal(fixture->event.sample.ip, 0);
}

static void without_an_identifier_the_id_behind_the_common_fields_tells(void **state)
{
	struct fixture *fixture = *state;
	uint64_t common = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_ID;

	add_event(fixture, common, 100);
	add_event(fixture, common | PERF_SAMPLE_PERIOD, 200);

	struct byte_builder *bytes = begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 0x401000);
	bytes_u64(bytes, 42);
	bytes_u64(bytes, 200);
	bytes_u64(bytes, 5);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.event_number, 1);
	assert_int_equal(fixture->event.sample.period, 5);
}

static void events_that_put_their_ids_in_different_places_are_told_apart(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP, 100);
	add_event(fixture, PERF_SAMPLE_IP | PERF_SAMPLE_ID, 200);

	struct byte_builder *bytes = begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 0x401000);
	bytes_u64(bytes, 200);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.event_number, 1);
	assert_int_equal(fixture->event.sample.ip, 0x401000);
}

static void a_sample_with_an_id_of_no_event_is_refused(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, PERF_SAMPLE_IDENTIFIER, 100);
	add_event(fixture, PERF_SAMPLE_IDENTIFIER, 200);
	bytes_u64(begin(fixture, PERF_RECORD_SAMPLE, 0), 300);
	assert_false(decode(fixture));
}

static void a_single_event_needs_no_id(void **state)
{
	struct fixture *fixture = *state;
	struct perf_event_attr attr = attr_of(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP);

	event_layout_add(fixture->layout, &attr, NULL, 0);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_SAMPLE, 0);

	bytes_u64(bytes, 300);
	bytes_u64(bytes, 0x401000);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.sample.ip, 0x401000);
}

static void without_any_event_nothing_decodes(void **state)
{
	struct fixture *fixture = *state;

	bytes_u64(begin(fixture, PERF_RECORD_SAMPLE, 0), 0);
	assert_false(decode(fixture));
}

static void an_attribute_of_the_first_version_is_read_as_zeros_beyond(void **state)
{
	struct fixture *fixture = *state;
	struct perf_event_attr attr = attr_of(PERF_SAMPLE_REGS_USER);

	attr.size = PERF_ATTR_SIZE_VER0;
	attr.sample_regs_user = 0xff; /* not in the first 64 bytes */
	event_layout_add(fixture->layout, &attr, NULL, 0);
	assert_int_equal(event_layout_attr(fixture->layout, 0)->sample_regs_user, 0);
}

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
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER);

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
	assert_true(decode(fixture));

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
	assert_string_equal(event->mmap.path, "/usr/lib/libc.so.6");
}

static void an_mmap2_may_tell_a_build_id_instead_of_a_file(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_MMAP2,
					   PERF_RECORD_MISC_USER | PERF_RECORD_MISC_MMAP_BUILD_ID);

	bytes_fill(bytes, 0, 32); /* pid, tid, address, length, file offset */
	bytes_u8(bytes, 16);	  /* size of the build-id */
	bytes_fill(bytes, 0, 3);
	bytes_fill(bytes, 0xbd, 16);
	bytes_fill(bytes, 0, 4);
	bytes_u32(bytes, PROT_READ);
	bytes_u32(bytes, MAP_PRIVATE);
	bytes_text(bytes, "/usr/lib/libc.so.6");
	add_trailer(bytes);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.mmap.build_id.size, 16);
	assert_int_equal(fixture->event.mmap.build_id.bytes[15], 0xbd);
	assert_int_equal(fixture->event.mmap.inode, 0);
	assert_false(fixture->event.mmap.is_executable);
	assert_string_equal(fixture->event.mmap.path, "/usr/lib/libc.so.6");
}

static void an_mmap_is_code_unless_it_says_data(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	for (int is_data = 0; is_data < 2; is_data++) {
		struct byte_builder *bytes =
			begin(fixture, PERF_RECORD_MMAP, is_data ? PERF_RECORD_MISC_MMAP_DATA : 0);

		bytes_u32(bytes, 41);
		bytes_u32(bytes, 42);
		bytes_u64(bytes, 0xffffffffffff0000); /* beyond the end with its length */
		bytes_u64(bytes, 0x20000);
		bytes_u64(bytes, 0);
		bytes_text(bytes, "//anon");
		add_trailer(bytes);
		assert_true(decode(fixture));
		assert_int_equal(fixture->event.mmap.is_executable, !is_data);
		assert_int_equal(fixture->event.mmap.end, UINT64_MAX);
	}
}

static void the_kernel_is_executable_though_perf_tells_no_protection(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, 0, 7);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_MMAP2, PERF_RECORD_MISC_KERNEL);

	bytes_u32(bytes, UINT32_MAX); /* pid */
	bytes_fill(bytes, 0, 60);
	bytes_text(bytes, "[kernel.kallsyms]_text");
	assert_true(decode(fixture));
	assert_true(fixture->event.mmap.is_executable);
}

static void a_name_must_end_before_the_trailer(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_COMM, 0);

	bytes_u64(bytes, 0);
	bytes_add(bytes, "no end..", 8); /* the trailer has zeros */
	add_trailer(bytes);
	assert_false(decode(fixture));
}

static void a_comm_tells_whether_an_exec_made_it(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC);

	bytes_u32(bytes, 41);
	bytes_u32(bytes, 42);
	bytes_text(bytes, "node");
	add_trailer(bytes);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.type, EVENT_COMM);
	assert_int_equal(fixture->event.tid, 42);
	assert_trailer(&fixture->event);
	assert_string_equal(fixture->event.comm.comm, "node");
	assert_true(fixture->event.comm.is_exec);
}

static void a_fork_tells_child_and_parent(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_FORK, 0);

	bytes_u32(bytes, 51); /* pid */
	bytes_u32(bytes, 41); /* of the parent */
	bytes_u32(bytes, 52); /* tid */
	bytes_u32(bytes, 42); /* of the parent */
	bytes_u64(bytes, 1699);
	add_trailer(bytes);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.type, EVENT_FORK);
	assert_int_equal(fixture->event.pid, 51);
	assert_int_equal(fixture->event.tid, 52);
	assert_int_equal(fixture->event.fork.parent_pid, 41);
	assert_int_equal(fixture->event.fork.parent_tid, 42);
	assert_trailer(&fixture->event);
}

static void an_exit_without_a_trailer_has_the_time_of_its_body(void **state)
{
	struct fixture *fixture = *state;
	struct perf_event_attr attr = attr_of(TRAILER_TYPE);

	attr.sample_id_all = 0;
	event_layout_add(fixture->layout, &attr, NULL, 0);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_EXIT, 0);

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
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_LOST, 0);

	bytes_u64(bytes, 7);  /* id */
	bytes_u64(bytes, 13); /* count */
	add_trailer(bytes);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.type, EVENT_LOST);
	assert_int_equal(fixture->event.lost.count, 13);
	assert_false(fixture->event.lost.is_samples);

	bytes = begin(fixture, PERF_RECORD_LOST_SAMPLES, 0);
	bytes_u64(bytes, 14);
	add_trailer(bytes);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.lost.count, 14);
	assert_true(fixture->event.lost.is_samples);
}

static void throttling_is_told_at_both_ends(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	for (uint32_t type = PERF_RECORD_THROTTLE; type <= PERF_RECORD_UNTHROTTLE; type++) {
		struct byte_builder *bytes = begin(fixture, type, 0);

		bytes_fill(bytes, 0, 24); /* time, id, stream id */
		add_trailer(bytes);
		assert_true(decode(fixture));
		assert_int_equal(fixture->event.type,
				 type == PERF_RECORD_THROTTLE ? EVENT_THROTTLE : EVENT_UNTHROTTLE);
		assert_trailer(&fixture->event);
	}
}

static void a_switch_is_of_the_thread_in_its_trailer(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	add_trailer(begin(fixture, PERF_RECORD_SWITCH, 0));
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.type, EVENT_SWITCH);
	assert_int_equal(fixture->event.tid, 142);
	assert_false(fixture->event.context_switch.is_out);

	struct byte_builder *bytes =
		begin(fixture, PERF_RECORD_SWITCH_CPU_WIDE,
		      PERF_RECORD_MISC_SWITCH_OUT | PERF_RECORD_MISC_SWITCH_OUT_PREEMPT);

	bytes_u64(bytes, 0x9900000099); /* the next task */
	add_trailer(bytes);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.type, EVENT_SWITCH);
	assert_int_equal(fixture->event.pid, 141);
	assert_int_equal(fixture->event.tid, 142);
	assert_true(fixture->event.context_switch.is_out);
	assert_true(fixture->event.context_switch.is_preempted);
}

static void a_ksymbol_comes_and_goes(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	struct byte_builder *bytes = begin(fixture, PERF_RECORD_KSYMBOL, 0);

	bytes_u64(bytes, 0xffffffffc0001000);
	bytes_u32(bytes, 120);
	bytes_u16(bytes, PERF_RECORD_KSYMBOL_TYPE_BPF);
	bytes_u16(bytes, PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER);
	bytes_text(bytes, "bpf_prog_42_trace");
	add_trailer(bytes);
	assert_true(decode(fixture));
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
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	for (size_t number = 0; number < sizeof(types) / sizeof(types[0]); number++) {
		struct byte_builder *bytes = begin(fixture, types[number], 0);

		bytes_fill(bytes, 0xee, 40);
		add_trailer(bytes);
		assert_true(decode(fixture));
		assert_int_equal(fixture->event.type, EVENT_OTHER);
		assert_int_equal(fixture->event.record_type, types[number]);
		assert_trailer(&fixture->event);
	}
}

static void perfs_own_records_have_no_trailer(void **state)
{
	struct fixture *fixture = *state;

	add_event(fixture, TRAILER_TYPE, 7);
	begin(fixture, 68 /* FINISHED_ROUND */, 0);
	assert_true(decode(fixture));
	assert_int_equal(fixture->event.type, EVENT_OTHER);
	assert_int_equal(fixture->event.time_ns, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
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
