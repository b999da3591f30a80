/* SPDX-License-Identifier: MIT */
/* To which process a dump or a map belongs that was named without a pid. */
#include "profiler/jit_survey.h"

#include "jitdump/format.h"
#include "support/recording.h"
#include "support/scratch_directory.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static const char *directory;
static struct recording recording;
static struct symbolizer *symbolizer;
static uint64_t time_ns;

static int begin(void **state)
{
	struct perf_event_attr attr = recording_attr(0);

	if (scratch_directory_create(state) != 0)
		return -1;
	directory = *state;
	recording = (struct recording){ 0 };
	recording_add_event(&recording, &attr, 0);
	symbolizer = symbolizer_create(&(struct symbolizer_options){ 0 });
	time_ns = 1000;
	return 0;
}

static int end(void **state)
{
	symbolizer_destroy(symbolizer);
	recording_free(&recording);
	return scratch_directory_destroy(state);
}

/* One executable page. */
static void add_mmap(uint32_t pid, uint64_t start, const char *path)
{
	struct byte_builder *data = &recording.data;
	size_t record = bytes_begin_record(data, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER);

	bytes_u32(data, pid);
	bytes_u32(data, pid);
	bytes_u64(data, start);
	bytes_u64(data, 0x1000);
	bytes_fill(data, 0, 32); /* offset, device, inode, generation */
	bytes_u32(data, PROT_READ | PROT_EXEC);
	bytes_u32(data, MAP_PRIVATE);
	bytes_text(data, path);
	bytes_u32(data, pid);
	bytes_u32(data, pid);
	bytes_u64(data, time_ns++);
	bytes_end_record(data, record);
}

static void add_sample(uint32_t pid, uint64_t ip)
{
	struct byte_builder *data = &recording.data;
	size_t record = bytes_begin_record(data, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_USER);

	bytes_u64(data, ip);
	bytes_u32(data, pid);
	bytes_u32(data, pid);
	bytes_u64(data, time_ns++);
	bytes_u64(data, 1);
	bytes_end_record(data, record);
}

static void make_dump(const char *name, uint32_t header_pid, char path[PATH_MAX])
{
	const struct jitdump_file_header header = { .magic = JITDUMP_MAGIC,
						    .version = 1,
						    .total_size = sizeof(header),
						    .elf_mach = 62,
						    .pid = header_pid };

	snprintf(path, PATH_MAX, "%s/%s", directory, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(&header, sizeof(header), 1, file), 1);
	fclose(file);
}

static size_t count_records(struct data_reader *reader)
{
	size_t count = 0;

	while (data_reader_next(reader))
		count++;
	return count;
}

typedef bool survey_function(struct data_reader *reader, struct symbolizer *symbolizer,
			     const char *path, uint32_t *pid, struct error *err);

/* Asks; whatever the answer, the reader is at its beginning again. */
static bool ask(survey_function *survey, const char *path, uint32_t *pid, struct error *err)
{
	struct byte_builder file = recording_file(&recording, true);
	char recording_path[64];

	*err = (struct error){ 0 };
	recording_write(file.bytes, file.size, recording_path);
	struct data_reader *reader = data_reader_open(recording_path, false, err);

	unlink(recording_path);
	assert_non_null(reader);
	size_t count = count_records(reader);

	data_reader_rewind(reader);
	bool is_found = survey(reader, symbolizer, path, pid, err);

	assert_int_equal(count_records(reader), count);
	data_reader_close(reader);
	bytes_free(&file);
	return is_found;
}

static void expect_pid(survey_function *survey, const char *path, uint32_t expected)
{
	struct error err;
	uint32_t pid = UINT32_MAX;

	if (!ask(survey, path, &pid, &err))
		fail_msg("%s", err.text);
	assert_int_equal(pid, expected);
}

static void expect_refused(survey_function *survey, const char *path, const char *sentence)
{
	struct error err;
	uint32_t pid;

	assert_false(ask(survey, path, &pid, &err));
	if (!strstr(err.text, sentence))
		fail_msg("'%s' is not in: %s", sentence, err.text);
}

static void a_marker_of_that_base_name_goes_before_everything(void **state)
{
	char path[PATH_MAX];

	(void)state;
	make_dump("jit-1.dump", 41, path);
	add_mmap(41, 0x1000, "//anon");
	add_sample(41, 0x1010);
	add_mmap(77, 0x9000, "/run/jit-1.dump (deleted)");
	/* 0: wherever the marker is mapped. */
	expect_pid(jit_survey_dump, path, 0);
}

static void another_markers_base_name_is_no_reason(void **state)
{
	char path[PATH_MAX];

	(void)state;
	make_dump("jit-1.dump", 41, path);
	add_mmap(41, 0x1000, "//anon");
	add_mmap(77, 0x9000, "/run/jit-12.dump");
	add_mmap(77, 0x9000, "/run/xjit-1.dump");
	expect_pid(jit_survey_dump, path, 41);
}

static void else_the_headers_pid_is_meant_if_the_recording_has_it(void **state)
{
	char path[PATH_MAX];

	(void)state;
	make_dump("copy.dump", 41, path);
	add_mmap(41, 0x1000, "//anon");
	add_mmap(42, 0x1000, "//anon");
	add_sample(42, 0x1010);
	expect_pid(jit_survey_dump, path, 41);
}

static void else_the_only_process_with_code_that_nothing_explains(void **state)
{
	char path[PATH_MAX];

	(void)state;
	make_dump("copy.dump", 1, path);
	add_mmap(41, 0x1000, "/nowhere/libgone.so");
	add_mmap(42, 0x1000, "//anon");
	add_sample(41, 0x1010);
	add_sample(42, 0x1010);
	add_sample(43, 0x1010); /* not mapped at all */
	expect_pid(jit_survey_dump, path, 42);
}

static void of_several_processes_the_user_has_to_choose(void **state)
{
	char path[PATH_MAX];

	(void)state;
	make_dump("copy.dump", 1, path);
	add_mmap(41, 0x1000, "//anon");
	add_mmap(42, 0x1000, "//anon");
	add_sample(41, 0x1010);
	add_sample(42, 0x1010);
	add_sample(41, 0x1010);
	expect_refused(jit_survey_dump, path, "any of 2 processes");
	expect_refused(jit_survey_dump, path, "as PID:FILE");
}

static void where_nothing_is_unknown_the_file_is_not_needed_and_that_is_said(void **state)
{
	char path[PATH_MAX];

	(void)state;
	make_dump("copy.dump", 1, path);
	add_mmap(41, 0x1000, "/nowhere/libgone.so");
	add_sample(41, 0x1010);
	expect_refused(jit_survey_dump, path, "no process of the recording");
}

static void a_map_belongs_to_the_pid_in_its_name(void **state)
{
	(void)state;
	add_mmap(41, 0x1000, "//anon");
	add_mmap(42, 0x1000, "//anon");
	add_sample(42, 0x1010);
	expect_pid(jit_survey_perf_map, "/tmp/perf-41.map", 41);
	expect_pid(jit_survey_perf_map, "kept.map", 42);
	expect_pid(jit_survey_perf_map, "/tmp/perf-99.map", 42);
}

static void a_file_that_is_not_there_or_no_dump_is_said(void **state)
{
	char path[PATH_MAX];

	(void)state;
	snprintf(path, sizeof(path), "%s/text", directory);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs("a text of more than forty bytes is no dump of a JIT either\n", file);
	fclose(file);
	expect_refused(jit_survey_dump, path, "cannot use");
	expect_refused(jit_survey_dump, "/nowhere/jit-1.dump", "No such file");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_marker_of_that_base_name_goes_before_everything),
		EACH(another_markers_base_name_is_no_reason),
		EACH(else_the_headers_pid_is_meant_if_the_recording_has_it),
		EACH(else_the_only_process_with_code_that_nothing_explains),
		EACH(of_several_processes_the_user_has_to_choose),
		EACH(where_nothing_is_unknown_the_file_is_not_needed_and_that_is_said),
		EACH(a_map_belongs_to_the_pid_in_its_name),
		EACH(a_file_that_is_not_there_or_no_dump_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
