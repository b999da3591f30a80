/* SPDX-License-Identifier: MIT */
/* The perf-PID.map beside or instead of a dump. */
#include "jitdump/libjitdump.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/dump_records.h"
#include "support/in_child.h"
#include "support/scratch_directory.h"

static int open_map(const char *directory, unsigned outputs, struct jitdump_writer **writer)
{
	struct jitdump_options options = {
		.size = sizeof(options),
		.directory = directory,
		.map_directory = directory,
		.outputs = outputs,
	};

	return jitdump_open(&options, writer);
}

static int add(struct jitdump_writer *writer, const char *name, uint64_t address, uint64_t size,
	       uint64_t *index)
{
	static const uint8_t code[1000];
	struct jitdump_function function = { .size = sizeof(function),
					     .name = name,
					     .code_address = address,
					     .code = code,
					     .code_size = size };

	return jitdump_add(writer, &function, index);
}

static const char *map_path(const char *directory)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/perf-%d.map", directory, getpid());
	return path;
}

static void expect_map(const char *directory, const char *expected)
{
	char text[1000] = "";
	int fd = open(map_path(directory), O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	close(fd);
	assert_string_equal(text, expected);
}

static void write_map(const char *directory, const char *text)
{
	FILE *file = fopen(map_path(directory), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void a_map_alone_has_a_line_for_each_function(void **state)
{
	struct jitdump_writer *writer;
	struct stat file;
	char path[PATH_MAX];

	assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &writer), 0);
	assert_int_equal(add(writer, "toy::add", 0x7f0000001000, 0x20, NULL), 0);
	assert_int_equal(add(writer, "two words\nand more", 0x10, 1, NULL), 0);
	expect_map(*state, "7f0000001000 20 toy::add\n10 1 two words?and more\n");
	assert_int_equal(stat(map_path(*state), &file), 0);
	assert_int_equal(file.st_mode & 07777, 0600);
	assert_int_equal(jitdump_path(writer, path, sizeof(path)), 0);
	snprintf(path, sizeof(path), "%s/jit-%d.dump", (char *)*state, getpid());
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(jitdump_close(writer), 0);
}

static void a_map_can_lie_beside_a_dump(void **state)
{
	struct jitdump_writer *writer;
	struct dump_records dump;
	char path[PATH_MAX];

	assert_int_equal(open_map(*state, JITDUMP_TO_DUMP | JITDUMP_TO_PERF_MAP, &writer), 0);
	assert_int_equal(add(writer, "f", 0x1000, 0x20, NULL), 0);
	jitdump_path(writer, path, sizeof(path));
	jitdump_close(writer);
	expect_map(*state, "1000 20 f\n");
	dump_records_read(&dump, path);
	assert_int_equal(dump.count, 3);
	dump_records_release(&dump);
}

static void a_moved_function_gets_a_second_line(void **state)
{
	struct jitdump_writer *writer;
	uint64_t first, second;

	assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &writer), 0);
	assert_int_equal(add(writer, "first", 0x1000, 0x20, &first), 0);
	assert_int_equal(add(writer, "second", 0x2000, 0x30, &second), 0);
	assert_int_equal(jitdump_move(writer, first, 0x1000, 0x5000, 0x20), 0);
	assert_int_equal(jitdump_move(writer, second, 0x2000, 0x6000, 0x30), 0);
	expect_map(*state, "1000 20 first\n2000 30 second\n5000 20 first\n6000 30 second\n");
	jitdump_close(writer);
}

static void names_of_many_functions_are_kept_for_moves(void **state)
{
	struct jitdump_writer *writer;
	uint64_t index[300];
	char expected[64];
	char last[64] = "";
	FILE *file;

	assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &writer), 0);
	for (uint64_t i = 0; i < 300; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%lu", i);
		assert_int_equal(add(writer, name, 0x1000 * (i + 1), 0x10, &index[i]), 0);
	}
	for (uint64_t i = 0; i < 300; i++)
		assert_int_equal(jitdump_move(writer, index[i], 0x1000 * (i + 1),
					      0x1000000 + 0x1000 * i, 0x10),
				 0);
	jitdump_close(writer);
	file = fopen(map_path(*state), "r");
	for (int line = 0; line < 300 + 257; line++)
		assert_non_null(fgets(last, sizeof(last), file));
	fclose(file);
	snprintf(expected, sizeof(expected), "%x 10 f256\n", 0x1000000 + 0x1000 * 256);
	assert_string_equal(last, expected);
}

/* Another runtime of the process may have begun the file. */
static void a_map_of_this_process_is_continued(void **state)
{
	struct jitdump_writer *writer;

	write_map(*state, "1000 20 py::main\n");
	assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &writer), 0);
	assert_int_equal(add(writer, "f", 0x2000, 0x20, NULL), 0);
	expect_map(*state, "1000 20 py::main\n2000 20 f\n");
	jitdump_close(writer);
}

static void a_map_older_than_this_process_is_emptied(void **state)
{
	const struct timespec long_ago[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct jitdump_writer *writer;

	write_map(*state, "1000 20 of_an_earlier_process\n");
	assert_int_equal(utimensat(AT_FDCWD, map_path(*state), long_ago, 0), 0);
	assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &writer), 0);
	assert_int_equal(add(writer, "f", 0x2000, 0x20, NULL), 0);
	expect_map(*state, "2000 20 f\n");
	jitdump_close(writer);
}

static void traps_in_its_place_are_refused(void **state)
{
	struct jitdump_writer *writer;
	char victim[PATH_MAX];

	snprintf(victim, sizeof(victim), "%s/victim", (char *)*state);
	assert_int_equal(close(open(victim, O_CREAT | O_WRONLY, 0600)), 0);
	assert_int_equal(symlink(victim, map_path(*state)), 0);
	assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &writer), -ELOOP);
	assert_int_equal(unlink(map_path(*state)), 0);
	assert_int_equal(link(victim, map_path(*state)), 0);
	assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &writer), -EEXIST);
	assert_int_equal(unlink(map_path(*state)), 0);
	assert_int_equal(mkfifo(map_path(*state), 0600), 0);
	assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &writer), -ENXIO);
	if (geteuid() == 0) {
		assert_int_equal(unlink(map_path(*state)), 0);
		write_map(*state, "theirs");
		assert_int_equal(chown(map_path(*state), 65534, 65534), 0);
		assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &writer), -EEXIST);
		expect_map(*state, "theirs");
	}
}

/* What was opened for both is open for neither when the map cannot be. */
static void a_refused_map_leaves_no_dump(void **state)
{
	struct jitdump_writer *writer;
	char path[PATH_MAX];

	assert_int_equal(mkdir(map_path(*state), 0700), 0);
	assert_int_equal(open_map(*state, JITDUMP_TO_DUMP | JITDUMP_TO_PERF_MAP, &writer), -EISDIR);
	snprintf(path, sizeof(path), "%s/jit-%d.dump", (char *)*state, getpid());
	assert_int_equal(access(path, F_OK), -1);
}

struct family {
	const char *directory;
	struct jitdump_writer *writer;
	uint64_t parent_index;
};

static void announce_in_child(void *argument)
{
	const struct family *family = argument;

	assert_int_equal(add(family->writer, "child", 0x2000, 0x20, NULL), 0);
	assert_int_equal(jitdump_move(family->writer, family->parent_index, 0x1000, 0x3000, 0x20),
			 0);
	expect_map(family->directory, "2000 20 child\n3000 20 parent\n");
	jitdump_close(family->writer);
}

static void a_forked_child_has_its_own_map(void **state)
{
	struct family family = { .directory = *state };

	assert_int_equal(open_map(*state, JITDUMP_TO_PERF_MAP, &family.writer), 0);
	assert_int_equal(add(family.writer, "parent", 0x1000, 0x20, &family.parent_index), 0);
	expect_child_passes(announce_in_child, &family);
	expect_map(*state, "1000 20 parent\n");
	jitdump_close(family.writer);
}

static void announce_up_to_the_size_limit(void *argument)
{
	struct rlimit limit = { 20, 20 };
	struct jitdump_writer *writer;

	assert_int_equal(open_map(argument, JITDUMP_TO_PERF_MAP, &writer), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(add(writer, "fits", 0x1000, 0x20, NULL), 0);
	assert_int_equal(add(writer, "does_not_fit", 0x1000, 0x20, NULL), -EFBIG);
	expect_map(argument, "1000 20 fits\n");
	jitdump_close(writer);
}

static void a_line_is_written_whole_or_not_at_all(void **state)
{
	expect_child_passes(announce_up_to_the_size_limit, *state);
}

#define IN_SCRATCH(test)                                                                           \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(a_map_alone_has_a_line_for_each_function),
		IN_SCRATCH(a_map_can_lie_beside_a_dump),
		IN_SCRATCH(a_moved_function_gets_a_second_line),
		IN_SCRATCH(names_of_many_functions_are_kept_for_moves),
		IN_SCRATCH(a_map_of_this_process_is_continued),
		IN_SCRATCH(a_map_older_than_this_process_is_emptied),
		IN_SCRATCH(traps_in_its_place_are_refused),
		IN_SCRATCH(a_refused_map_leaves_no_dump),
		IN_SCRATCH(a_forked_child_has_its_own_map),
		IN_SCRATCH(a_line_is_written_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
