/* SPDX-License-Identifier: MIT */
/* A copied recording has what the first had, and more in its section. */
#include "profiler/data_format.h"
#include "support/read_back.h"
#include "support/scratch_directory.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAMPLES = 5 };

static const struct image_excerpt excerpts[] = {
	{ .identity = { .path = "/first" }, .status = "" },
	{ .identity = { .path = "/second" }, .status = "" },
};
static const struct stored_symbol kernel_symbol = { 0xffffffff81000000, 64, "schedule", NULL };

static char *path_in(void **state, const char *name)
{
	static char paths[4][4096];
	static size_t used;
	char *path = paths[used++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", (const char *)*state, name);
	return path;
}

/* With a comm, so that what lies behind the records is not aligned, and two features. */
static struct recording recording_of(bool has_section)
{
	struct perf_event_attr attr = recording_attr(0);
	struct recording recording = { 0 };

	recording_add_event(&recording, &attr, 7);
	recording_add_comm(&recording, 50, "odd");
	for (size_t i = 0; i < SAMPLES; i++)
		recording_add_sample(&recording, 100 + i, 0x401000 + i);
	struct byte_builder *hostname = recording_add_feature(&recording, FEATURE_HOSTNAME);

	bytes_u32(hostname, 5);
	bytes_add(hostname, "host", 5);
	struct byte_builder *version = recording_add_feature(&recording, FEATURE_VERSION);

	bytes_u32(version, 4);
	bytes_add(version, "6.1", 4);
	if (has_section) {
		struct section_bytes chunks = { 0 };

		jprof_section_put_kernel_symbols(&chunks, &kernel_symbol, 1);
		jprof_section_put_excerpts(&chunks, &excerpts[0], 1);
		bytes_add(recording_add_feature(&recording, JPROF_FEATURE_BIT), chunks.bytes,
			  chunks.size);
		section_bytes_deinit(&chunks);
	}
	return recording;
}

static void write_file(const char *path, struct byte_builder *bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes->bytes, 1, bytes->size, file), bytes->size);
	fclose(file);
	bytes_free(bytes);
}

/* With the second excerpt. */
static bool copy(const char *path, const char *output, struct error *err)
{
	struct data_reader *reader = data_reader_open(path, true, err);
	struct section_bytes chunks = { 0 };
	struct stat status;
	uint64_t bytes;

	assert_non_null(reader);
	jprof_section_put_excerpts(&chunks, &excerpts[1], 1);
	bool is_done = data_reader_copy(reader, output, &chunks, &bytes, err);

	if (is_done) {
		assert_int_equal(stat(output ? output : path, &status), 0);
		assert_int_equal(status.st_size, bytes);
	}
	section_bytes_deinit(&chunks);
	data_reader_close(reader);
	return is_done;
}

static void expect_copy(const char *path, bool has_features, bool has_symbols, size_t excerpt_count)
{
	struct read_back back = read_back_path(path);
	const struct jprof_section *section;
	size_t count;

	assert_string_equal(back.err.text, "");
	assert_string_equal(data_reader_damage(back.reader), "");
	assert_int_equal(back.count, SAMPLES + 1);
	for (size_t i = 0; i < SAMPLES; i++)
		assert_int_equal(back.records[i + 1].ip, 0x401000 + i);
	if (has_features) {
		assert_string_equal(data_reader_features(back.reader)->hostname, "host");
		assert_string_equal(data_reader_features(back.reader)->version, "6.1");
	}
	section = data_reader_section(back.reader);
	assert_non_null(section);
	assert_string_equal(
		jprof_section_excerpts(section, &count)[excerpt_count - 1].identity.path,
		"/second");
	assert_int_equal(count, excerpt_count);
	jprof_section_kernel_symbols(section, &count);
	assert_int_equal(count, has_symbols);
	read_back_close(&back);
}

static void a_closed_recording_gets_a_section_or_more_in_it(void **state)
{
	for (int has_section = 0; has_section < 2; has_section++) {
		struct recording recording = recording_of(has_section);
		struct byte_builder file = recording_file(&recording, true);
		char *path = path_in(state, "closed"), *output = path_in(state, "output");
		struct error err;

		write_file(path, &file);
		unlink(output);
		assert_true(copy(path, output, &err));
		expect_copy(output, true, has_section, 1);
		assert_true(copy(output, NULL, &err));
		expect_copy(output, true, has_section, 1);
		recording_free(&recording);
	}
}

static void a_pipe_gets_pieces_behind_its_last_whole_record(void **state)
{
	struct recording recording = recording_of(false);
	struct byte_builder pipe = recording_pipe(&recording);
	char *path = path_in(state, "pipe");
	struct error err;

	bytes_add(&pipe, "\1\0\0\0\0\0", 6);
	write_file(path, &pipe);
	assert_true(copy(path, NULL, &err));
	expect_copy(path, true, false, 1);
	recording_free(&recording);
}

static void what_was_not_closed_is_closed(void **state)
{
	struct recording recording = recording_of(false);
	char *path = path_in(state, "killed");
	struct byte_builder file;
	struct error err;

	recording.feature_count = 0;
	file = recording_file(&recording, false);
	write_file(path, &file);
	assert_true(copy(path, NULL, &err));
	expect_copy(path, false, false, 1);
	assert_int_equal(access(path_in(state, "killed.closed"), F_OK), -1);
	assert_int_equal(access(path_in(state, "killed.packed"), F_OK), -1);
	recording.feature_count = 2;
	recording_free(&recording);
}

static void what_is_there_is_kept(void **state)
{
	struct recording recording = recording_of(false);
	struct byte_builder file = recording_file(&recording, true), other = { 0 };
	char *path = path_in(state, "closed"), *output = path_in(state, "output");
	struct error err;

	write_file(path, &file);
	bytes_add(&other, "other", 5);
	write_file(output, &other);
	assert_int_equal(chmod(path, 0640), 0);
	assert_true(copy(path, output, &err));
	assert_int_equal(access(path_in(state, "output.old"), F_OK), 0);
	assert_true(copy(path, NULL, &err));
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
	assert_int_equal(symlink("closed", path_in(state, "link")), 0);
	assert_true(copy(path_in(state, "link"), NULL, &err));
	assert_int_equal(lstat(path_in(state, "link"), &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	recording_free(&recording);
}

static void a_recording_is_left_alone_where_it_cannot_be_copied(void **state)
{
	struct recording recording = recording_of(false);
	struct byte_builder file = recording_file(&recording, true);
	size_t whole = file.size;
	char *path = path_in(state, "closed"), *output = path_in(state, "output");
	struct error err;

	write_file(path, &file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_false(copy(path, NULL, &err));
	assert_non_null(strstr(err.text, "still being recorded"));
	close(fd);
	/* Without the end of its last feature, of the features, of the records. */
	for (size_t cut = 1; cut < whole / 2; cut += 40) {
		assert_int_equal(truncate(path, (off_t)(whole - cut)), 0);
		assert_false(copy(path, output, &err));
		assert_non_null(strstr(err.text, "closed lost its end"));
		assert_int_equal(access(output, F_OK), -1);
	}
	recording_free(&recording);
}

static void a_directory_is_refused(void **state)
{
	struct recording recording = recording_of(false);
	struct byte_builder file = recording_file(&recording, true);
	char *path = path_in(state, "directory"), *output = path_in(state, "output");
	struct error err;

	assert_int_equal(mkdir(path, 0700), 0);
	write_file(path_in(state, "directory/data"), &file);
	assert_false(copy(path, output, &err));
	assert_non_null(strstr(err.text, "is a directory of files"));
	recording_free(&recording);
}

#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, scratch_directory_create, scratch_directory_destroy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_closed_recording_gets_a_section_or_more_in_it),
		TEST(a_pipe_gets_pieces_behind_its_last_whole_record),
		TEST(what_was_not_closed_is_closed),
		TEST(what_is_there_is_kept),
		TEST(a_recording_is_left_alone_where_it_cannot_be_copied),
		TEST(a_directory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
