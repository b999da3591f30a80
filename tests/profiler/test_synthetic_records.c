/* SPDX-License-Identifier: MIT */
/* What /proc says of this very process, as records that the decoder reads. */
#include "profiler/synthetic_records.h"

#include "profiler/event_decode.h"

#include <inttypes.h>
#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW_NS 123456789

struct told {
	struct record_buffer buffer;
	struct event_layout *layout;
	size_t at;
	struct event event;
};

static int set_up(void **state)
{
	struct told *told = calloc(1, sizeof(*told));
	const struct perf_event_attr attr = {
		.size = sizeof(attr),
		.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID |
			       PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD,
		.sample_id_all = 1,
	};

	told->layout = event_layout_create();
	event_layout_add(told->layout, &attr, (uint64_t[]){ 7 }, 1);
	event_layout_add(told->layout, &attr, (uint64_t[]){ 8 }, 1);
	*state = told;
	return 0;
}

static int tear_down(void **state)
{
	struct told *told = *state;

	record_buffer_deinit(&told->buffer);
	event_layout_destroy(told->layout);
	free(told);
	return 0;
}

static bool next(struct told *told)
{
	const struct perf_event_header *record;

	if (told->at >= told->buffer.size)
		return false;
	record = (const struct perf_event_header *)(told->buffer.bytes + told->at);
	assert_true(record->size % 8 == 0);
	assert_true(told->at + record->size <= told->buffer.size);
	told->at += record->size;
	assert_true(event_decode(told->layout, record, &told->event));
	assert_int_equal(told->event.time_ns, NOW_NS);
	return true;
}

/* The executable mapping at an address, the last told. */
static bool find_mapping(struct told *told, uint64_t address)
{
	for (told->at = 0; next(told);) {
		if (told->event.type == EVENT_MMAP && told->event.mmap.start <= address &&
		    address < told->event.mmap.end)
			return true;
	}
	return false;
}

static void a_process_has_its_comm(void **state)
{
	struct told *told = *state;
	size_t comms = 0;

	prctl(PR_SET_NAME, "odd \n name");
	synthetic_records_add_process(&told->buffer, (uint32_t)getpid(), NOW_NS);
	while (next(told)) {
		if (told->event.type != EVENT_COMM)
			continue;
		comms++;
		assert_int_equal(told->event.pid, getpid());
		assert_int_equal(told->event.tid, getpid());
		assert_string_equal(told->event.comm.comm, "odd \n name");
		assert_false(told->event.comm.is_exec);
	}
	assert_int_equal(comms, 1);
}

static void the_programs_text_is_told_with_its_inode(void **state)
{
	struct told *told = *state;
	struct stat status;
	char path[4096] = "";

	assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
	assert_int_equal(stat(path, &status), 0);
	synthetic_records_add_process(&told->buffer, (uint32_t)getpid(), NOW_NS);
	assert_true(find_mapping(told, (uint64_t)(uintptr_t)find_mapping));
	assert_string_equal(told->event.mmap.path, path);
	assert_int_equal(told->event.mmap.inode, status.st_ino);
	assert_int_equal(told->event.mmap.build_id.size, 0);
	assert_true(told->event.mmap.is_executable);
}

static void data_is_not_told_and_anonymous_code_is(void **state)
{
	struct told *told = *state;
	static int data;
	void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(code, MAP_FAILED);
	synthetic_records_add_process(&told->buffer, (uint32_t)getpid(), NOW_NS);
	munmap(code, 4096);
	assert_false(find_mapping(told, (uint64_t)(uintptr_t)&data));
	assert_true(find_mapping(told, (uint64_t)(uintptr_t)code));
	assert_string_equal(told->event.mmap.path, "//anon");
}

static void the_name_of_a_mapped_file_may_be_odd(void **state)
{
	struct told *told = *state;
	char path[] = "/tmp/a b\nc XXXXXX", expected[64];
	int fd = mkstemp(path);
	void *code;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 4096), 0);
	code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	unlink(path);
	close(fd);
	if (code == MAP_FAILED) {
		print_message("SKIPPED: /tmp is mounted noexec\n");
		skip();
	}
	synthetic_records_add_process(&told->buffer, (uint32_t)getpid(), NOW_NS);
	munmap(code, 4096);
	assert_true(find_mapping(told, (uint64_t)(uintptr_t)code));
	snprintf(expected, sizeof(expected), "%s (deleted)", path);
	assert_string_equal(told->event.mmap.path, expected);
}

static void a_process_that_is_gone_has_no_records(void **state)
{
	struct told *told = *state;

	synthetic_records_add_process(&told->buffer, INT32_MAX, NOW_NS);
	synthetic_records_add_thread(&told->buffer, INT32_MAX, INT32_MAX, NOW_NS);
	assert_int_equal(told->buffer.size, 0);
}

static void the_kernel_is_told_as_perf_tells_it(void **state)
{
	struct told *told = *state;

	synthetic_records_add_kernel(&told->buffer, NOW_NS);
	if (!told->buffer.size) {
		print_message("SKIPPED: /proc/kallsyms shows no addresses here\n");
		skip();
	}
	assert_true(next(told));
	assert_int_equal(told->event.type, EVENT_MMAP);
	assert_int_equal(told->event.pid, UINT32_MAX);
	assert_string_equal(told->event.mmap.path, "[kernel.kallsyms]_text");
	assert_int_equal(told->event.mmap.file_offset, told->event.mmap.start);
	assert_true(told->event.mmap.start >> 63);
	assert_false(next(told));
}

static void what_was_lost_is_a_record(void **state)
{
	struct told *told = *state;

	synthetic_records_add_lost(&told->buffer, 977, NOW_NS);
	assert_true(next(told));
	assert_int_equal(told->event.type, EVENT_LOST);
	assert_int_equal(told->event.lost.count, 977);
	assert_false(next(told));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_process_has_its_comm, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_programs_text_is_told_with_its_inode, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(data_is_not_told_and_anonymous_code_is, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_name_of_a_mapped_file_may_be_odd, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_process_that_is_gone_has_no_records, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_kernel_is_told_as_perf_tells_it, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_was_lost_is_a_record, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
