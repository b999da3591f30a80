/* SPDX-License-Identifier: MIT */
#include "profiler/data_writer.h"

#include "support/raw_records.h"
#include "support/read_back.h"
#include "support/scratch_directory.h"
#include "support/writer_input.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const uint64_t chain[] = { 0x401010, 0x402020, 0x403030 };

/* jprof.data in the test's directory; valid until the next call. */
static const char *path_in(void **state, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", (char *)*state, name);
	return path;
}

static void a_closed_file_gives_back_samples_chains_and_qualities(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	size_t count;

	writer_input_comm(writer, 1000, "app");
	writer_input_sample(writer, 2000, chain, 3);
	writer_input_sample(writer, 3000, chain, 2);
	writer_input_close(writer);

	struct read_back back = writer_input_read(path);

	assert_int_equal(back.count, 3);
	assert_int_equal(back.records[0].type, PERF_RECORD_COMM);
	assert_int_equal(back.records[1].time_ns, 2000);
	assert_int_equal(back.records[1].tid, WRITER_INPUT_PID);
	assert_int_equal(back.records[2].ip, chain[0]);
	const struct sample_quality *qualities =
		jprof_section_qualities(data_reader_section(back.reader), &count);

	assert_int_equal(count, 2);
	assert_int_equal(qualities[1].time_ns, 3000);
	assert_int_equal(qualities[1].tid, WRITER_INPUT_PID);
	assert_int_equal(qualities[1].end, STACK_END_COMPLETE);
	read_back_close(&back);
}

/* The chain of the only sample of a file, with its markers; returns the count. */
static size_t only_chain(const char *path, uint64_t *addresses, size_t max)
{
	struct error err = { 0 };
	struct data_reader *reader = data_reader_open(path, false, &err);
	const struct perf_event_header *record;
	struct event event;

	assert_non_null(reader);
	assert_non_null(record = data_reader_next(reader));
	assert_true(event_decode(data_reader_layout(reader), record, &event));
	assert_int_equal(event.type, EVENT_SAMPLE);
	assert_true(event.sample.callchain.count <= max);
	size_t count = event.sample.callchain.count;

	memcpy(addresses, event.sample.callchain.bytes, 8 * count);
	assert_null(data_reader_next(reader));
	data_reader_close(reader);
	return count;
}

static void kernel_and_user_frames_are_parted_by_markers(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	static struct chain mixed = {
		.frames = { { .pc = 0xffffffff81000010, .is_kernel = true },
			    { .pc = 0xffffffff81000020, .is_kernel = true },
			    { .pc = 0x401010 } },
		.count = 3,
	};
	struct event sample = { .type = EVENT_SAMPLE, .time_ns = 9, .event_number = 1 };
	const uint64_t wanted[] = { PERF_CONTEXT_KERNEL, 0xffffffff81000010, 0xffffffff81000020,
				    PERF_CONTEXT_USER, 0x401010 };
	uint64_t addresses[16];
	struct error err;

	assert_true(data_writer_sample(writer, &sample, &mixed, &err));
	writer_input_close(writer);
	assert_int_equal(only_chain(path, addresses, 16), 5);
	assert_memory_equal(addresses, wanted, sizeof(wanted));
}

static void the_deepest_chain_fits_a_record(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	static uint64_t deep[STACK_DEPTH_LIMIT], read[STACK_DEPTH_LIMIT + 2];

	for (size_t i = 0; i < STACK_DEPTH_LIMIT; i++)
		deep[i] = 0x400000 + 16 * i;
	writer_input_sample(writer, 9, deep, STACK_DEPTH_LIMIT);
	writer_input_close(writer);
	assert_int_equal(only_chain(path, read, STACK_DEPTH_LIMIT + 2), STACK_DEPTH_LIMIT + 1);
	assert_int_equal(read[0], PERF_CONTEXT_USER);
	assert_memory_equal(read + 1, deep, sizeof(deep));
}

static void guessed_frames_are_told_by_their_place_among_user_frames(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	static struct chain guessed = { .count = 12,
					.end = STACK_END_NO_UNWIND_INFO,
					.is_joined = true };
	struct event sample = { .type = EVENT_SAMPLE, .time_ns = 9, .event_number = 1 };
	struct error err;
	size_t count;

	guessed.frames[0].is_kernel = true;
	guessed.frames[2].is_guessed = guessed.frames[10].is_guessed = true;
	assert_true(data_writer_sample(writer, &sample, &guessed, &err));
	writer_input_sample(writer, 10, chain, 3);
	assert_true(data_writer_sample(writer, &sample, &guessed, &err));
	writer_input_close(writer);

	struct read_back back = writer_input_read(path);
	const struct sample_quality *qualities =
		jprof_section_qualities(data_reader_section(back.reader), &count);

	assert_int_equal(count, 3);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(qualities[i].end, STACK_END_NO_UNWIND_INFO);
		assert_true(qualities[i].is_joined);
		assert_int_equal(qualities[i].guessed_count, 2);
		assert_int_equal(qualities[i].guessed_bytes, 2);
		assert_int_equal(qualities[i].guessed[0], 1 << 1);
		assert_int_equal(qualities[i].guessed[1], 1 << 1);
	}
	assert_int_equal(qualities[2].guessed_count, 0);
	assert_false(qualities[2].is_joined);
	read_back_close(&back);
}

static void attributes_describe_what_is_written_and_come_sampling_first(void **state)
{
	const char *path = path_in(state, "jprof.data");
	size_t count;

	writer_input_close(writer_input_open(path));

	struct read_back back = writer_input_read(path);
	const struct data_event *events = data_reader_events(back.reader, &count);
	const struct perf_event_attr *attr = events[0].attr;

	assert_int_equal(count, 2);
	assert_string_equal(events[0].name, "cpu-clock");
	assert_string_equal(events[1].name, "dummy:u");
	assert_int_equal(attr->size, PERF_ATTR_SIZE_VER6);
	assert_int_equal(attr->sample_type, PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP |
						    PERF_SAMPLE_TID | PERF_SAMPLE_TIME |
						    PERF_SAMPLE_CPU | PERF_SAMPLE_PERIOD |
						    PERF_SAMPLE_CALLCHAIN);
	assert_int_equal(attr->sample_id_all, 1);
	assert_int_equal(attr->exclude_callchain_user, 0);
	assert_int_equal(attr->sample_regs_user, 0);
	assert_int_equal(attr->sample_stack_user, 0);
	assert_int_equal(attr->use_clockid, 1);
	read_back_close(&back);
}

static void the_features_tell_machine_command_clock_and_times(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	char hostname[256];

	gethostname(hostname, sizeof(hostname));
	writer_input_sample(writer, 3000, chain, 1);
	writer_input_sample(writer, 2000, chain, 1);
	writer_input_close(writer);

	struct read_back back = writer_input_read(path);
	const struct data_features *features = data_reader_features(back.reader);

	assert_string_equal(features->hostname, hostname);
	assert_string_equal(features->version, "jprof " JPROF_VERSION);
	assert_string_equal(features->command_line, "jprof record ./app");
	assert_true(features->cpus_online > 0);
	assert_int_equal(features->clockid, 1);
	assert_int_equal(features->first_sample_ns, 2000);
	assert_int_equal(features->last_sample_ns, 3000);
	read_back_close(&back);
}

static void a_build_id_is_told_once_for_each_file(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	size_t count;

	const struct build_id first = { .bytes = { 7 }, .size = 20 };
	const struct build_id second = { .bytes = { [19] = 8 }, .size = 20 };
	const struct build_id replaced = { .bytes = { 9 }, .size = 16 }, none = { 0 };

	data_writer_build_id(writer, "/usr/bin/app", &first);
	data_writer_build_id(writer, "/usr/lib/libc.so.6", &second);
	data_writer_build_id(writer, "/usr/bin/app", &first);
	data_writer_build_id(writer, "/usr/bin/app", &replaced);
	data_writer_build_id(writer, "/usr/bin/stripped", &none);
	writer_input_close(writer);

	struct read_back back = writer_input_read(path);
	const struct data_build_id *build_ids = data_reader_build_ids(back.reader, &count);

	assert_int_equal(count, 3);
	assert_string_equal(build_ids[1].path, "/usr/lib/libc.so.6");
	assert_int_equal(build_ids[1].build_id.size, 20);
	assert_int_equal(build_ids[1].build_id.bytes[19], 8);
	assert_int_equal(build_ids[2].build_id.bytes[0], 9);
	assert_int_equal(build_ids[2].build_id.size, 16);
	read_back_close(&back);
}

/* Each record is as new as those before it, and no round is behind a newer one. */
static void expect_time_order(const struct raw_records *raw)
{
	uint64_t newest_ns = 0;

	for (size_t i = 0; i < raw->count; i++) {
		if (!raw->records[i].time_ns)
			continue;
		assert_true(raw->records[i].time_ns >= newest_ns);
		newest_ns = raw->records[i].time_ns;
	}
}

static void records_lie_in_time_order_with_rounds_between(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	struct error err;

	for (uint64_t i = 0; i < 1000; i++) {
		writer_input_sample(writer, 5000 + (i ^ 7), chain, 1);
		if (i % 100 == 99)
			assert_true(data_writer_flush(writer, 5000 + i - 10, &err));
	}
	writer_input_close(writer);

	struct raw_records raw = raw_records_read(path);

	expect_time_order(&raw);
	assert_int_equal(raw_records_count(&raw, PERF_RECORD_SAMPLE), 1000);
	assert_int_equal(raw_records_count(&raw, RECORD_FINISHED_ROUND), 11);
	raw_records_free(&raw);
}

static void records_of_one_time_stay_in_the_order_they_came(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);

	for (uint64_t i = 0; i < 100; i++)
		writer_input_sample(writer, 5000, &(uint64_t){ i }, 1);
	writer_input_close(writer);

	struct raw_records raw = raw_records_read(path);

	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(raw.records[i].ip, i);
	raw_records_free(&raw);
}

/* Some are late by a record, some by several marks of the file, some lie before the first. */
static void late_records_come_to_their_place_at_close(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	enum { SAMPLES = 20000 };
	size_t late_count = 0, count;
	struct error err;

	for (uint64_t i = 1; i <= SAMPLES; i++) {
		writer_input_sample(writer, 1000 * i, chain, 3);
		assert_true(data_writer_flush(writer, 1000 * i + 1, &err));
		if (i % 1777 == 0) {
			writer_input_sample(writer, 1000 * (i - i % 5000) + 7, chain, 2);
			late_count++;
		}
	}
	writer_input_comm(writer, 5, "app");
	writer_input_close(writer);

	struct raw_records raw = raw_records_read(path);

	expect_time_order(&raw);
	assert_int_equal(raw.records[0].type, PERF_RECORD_COMM);
	assert_int_equal(raw_records_count(&raw, PERF_RECORD_SAMPLE), SAMPLES + late_count);
	raw_records_free(&raw);

	struct read_back back = writer_input_read(path);

	assert_int_equal(read_back_sample_count(&back), SAMPLES + late_count);
	jprof_section_qualities(data_reader_section(back.reader), &count);
	assert_int_equal(count, SAMPLES + late_count);
	read_back_close(&back);
}

static void no_round_follows_a_late_record(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	struct error err;

	for (uint64_t i = 1; i <= 10; i++) {
		writer_input_sample(writer, 1000 * i, chain, 1);
		assert_true(data_writer_flush(writer, 1000 * i + 1, &err));
		if (i == 5)
			writer_input_sample(writer, 2500, chain, 1);
	}
	writer_input_close(writer);

	struct raw_records raw = raw_records_read(path);

	assert_int_equal(raw_records_count(&raw, RECORD_FINISHED_ROUND), 5);
	raw_records_free(&raw);
}

static void a_record_without_a_time_stays_behind_what_is_written(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	struct error err;

	writer_input_sample(writer, 1000, chain, 1);
	assert_true(data_writer_flush(writer, 2000, &err));
	writer_input_comm(writer, 0, "app");
	writer_input_sample(writer, 3000, chain, 1);
	writer_input_close(writer);

	struct raw_records raw = raw_records_read(path);

	assert_int_equal(raw.count, 5);
	assert_int_equal(raw.records[1].type, RECORD_FINISHED_ROUND);
	assert_int_equal(raw.records[2].type, PERF_RECORD_COMM);
	assert_int_equal(raw.records[4].type, RECORD_FINISHED_ROUND);
	raw_records_free(&raw);
}

static void section_chunks_are_in_the_file_after_close(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct data_writer *writer = writer_input_open(path);
	struct stored_symbol symbol = { 0xffffffff81000000, 64, "do_syscall_64", NULL };
	struct section_bytes chunks = { 0 };
	struct error err;
	size_t count;

	jprof_section_put_kernel_symbols(&chunks, &symbol, 1);
	assert_true(data_writer_put_section(writer, &chunks, &err));
	section_bytes_deinit(&chunks);
	writer_input_close(writer);

	struct read_back back = writer_input_read(path);
	const struct jprof_section *section = data_reader_section(back.reader);
	const struct stored_symbol *symbols = jprof_section_kernel_symbols(section, &count);

	assert_int_equal(count, 1);
	assert_string_equal(symbols[0].name, "do_syscall_64");
	jprof_section_features(section, &count);
	assert_int_equal(count, 0);
	read_back_close(&back);
}

static void kept_stacks_are_written_as_the_kernel_made_them(void **state)
{
	const char *path = path_in(state, "jprof.data");
	struct perf_event_attr attr = writer_input_attr();
	const uint64_t id = WRITER_INPUT_CLOCK_ID;
	struct data_writer_event event = {
		.name = "cpu-clock", .attr = &attr, .ids = &id, .id_count = 1
	};
	struct byte_builder record = { 0 };
	static struct chain unwound = { .end = STACK_END_BAD_MEMORY };
	struct event sample = { .type = EVENT_SAMPLE, .tid = 42, .time_ns = 1000 };
	struct error err;
	size_t count;
	struct data_writer *writer = data_writer_open(
		&(struct data_writer_options){
			.path = path, .events = &event, .event_count = 1, .keep_stacks = true },
		&err);

	size_t start = bytes_begin_record(&record, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);
	const uint64_t fields[] = { id,
				    0x401010,
				    (uint64_t)42 << 32 | 42,
				    1000,
				    0,
				    1000000,
				    0 /* chain */,
				    0 /* no registers */,
				    16 /* of stack */,
				    0x1111,
				    0x2222,
				    16 };

	bytes_add(&record, fields, sizeof(fields));
	bytes_end_record(&record, start);
	assert_non_null(writer);
	assert_true(data_writer_record(writer, bytes_record(&record, start), 1000, &err));
	assert_true(data_writer_sample(writer, &sample, &unwound, &err));
	writer_input_close(writer);
	bytes_free(&record);

	struct read_back back = writer_input_read(path);
	const struct data_event *events = data_reader_events(back.reader, &count);

	assert_int_equal(events[0].attr->sample_stack_user, 32768);
	assert_true(events[0].attr->sample_type & PERF_SAMPLE_STACK_USER);
	assert_int_equal(back.count, 1);
	assert_int_equal(back.records[0].ip, 0x401010);
	const struct sample_quality *qualities =
		jprof_section_qualities(data_reader_section(back.reader), &count);

	assert_int_equal(count, 1);
	assert_int_equal(qualities[0].end, STACK_END_BAD_MEMORY);
	assert_int_equal(qualities[0].tid, 42);
	read_back_close(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_closed_file_gives_back_samples_chains_and_qualities),
		cmocka_unit_test(kernel_and_user_frames_are_parted_by_markers),
		cmocka_unit_test(the_deepest_chain_fits_a_record),
		cmocka_unit_test(guessed_frames_are_told_by_their_place_among_user_frames),
		cmocka_unit_test(attributes_describe_what_is_written_and_come_sampling_first),
		cmocka_unit_test(the_features_tell_machine_command_clock_and_times),
		cmocka_unit_test(a_build_id_is_told_once_for_each_file),
		cmocka_unit_test(records_lie_in_time_order_with_rounds_between),
		cmocka_unit_test(records_of_one_time_stay_in_the_order_they_came),
		cmocka_unit_test(late_records_come_to_their_place_at_close),
		cmocka_unit_test(no_round_follows_a_late_record),
		cmocka_unit_test(a_record_without_a_time_stays_behind_what_is_written),
		cmocka_unit_test(section_chunks_are_in_the_file_after_close),
		cmocka_unit_test(kept_stacks_are_written_as_the_kernel_made_them),
	};

	return cmocka_run_group_tests(tests, scratch_directory_create, scratch_directory_destroy);
}
