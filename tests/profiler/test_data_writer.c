/* SPDX-License-Identifier: MIT */
#include "profiler/data_writer.h"

#include "profiler/data_reader.h"
#include "support/scratch_directory.h"
#include "support/writer_input.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct data_reader *open_written(const char *path)
{
	struct error err = { 0 };
	struct data_reader *reader = data_reader_open(path, true, &err);

	if (!reader)
		fail_msg("%s", err.text);
	return reader;
}

static void a_closed_file_gives_back_samples_chains_and_qualities(void **state)
{
	char path[PATH_MAX];
	const uint64_t chain[] = { 0x401010, 0x402020, 0x403030 };
	size_t count;

	snprintf(path, sizeof(path), "%s/jprof.data", (char *)*state);
	struct data_writer *writer = writer_input_open(path);

	writer_input_comm(writer, 1000, "app");
	writer_input_sample(writer, 2000, chain, 3);
	writer_input_sample(writer, 3000, chain, 2);
	writer_input_close(writer);

	struct data_reader *reader = open_written(path);
	const struct perf_event_header *record;
	struct event event;

	assert_non_null(record = data_reader_next(reader));
	assert_int_equal(record->type, PERF_RECORD_COMM);
	for (uint64_t number = 0; number < 2; number++) {
		assert_non_null(record = data_reader_next(reader));
		assert_true(event_decode(data_reader_layout(reader), record, &event));
		assert_int_equal(event.time_ns, 2000 + 1000 * number);
		assert_int_equal(event.sample.callchain.count, 4 - number);
	}
	assert_null(data_reader_next(reader));
	assert_string_equal(data_reader_damage(reader), "");
	assert_non_null(data_reader_section(reader));
	const struct sample_quality *qualities =
		jprof_section_qualities(data_reader_section(reader), &count);

	assert_int_equal(count, 2);
	assert_int_equal(qualities[1].time_ns, 3000);
	assert_int_equal(qualities[1].end, STACK_END_COMPLETE);
	data_reader_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_closed_file_gives_back_samples_chains_and_qualities,
			scratch_directory_create, scratch_directory_destroy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
