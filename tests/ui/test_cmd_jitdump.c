/* SPDX-License-Identifier: MIT */
/* `jprof jitdump` as it is typed: exit codes, and one sentence for what cannot be read. */
#include "support/dump_builder.h"
#include "support/scratch_directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

/* Runs `jprof jitdump ARGUMENTS`; returns the exit code, with what it printed in `output`. */
static int run(const char *arguments, char *output, size_t size)
{
	char command[1024];

	snprintf(command, sizeof(command), "%s jitdump 2>&1 %s", JPROF_PROGRAM, arguments);
	FILE *pipe = popen(command, "re"); /* NOLINT(cert-env33-c) */

	assert_non_null(pipe);
	size_t length = fread(output, 1, size - 1, pipe);

	output[length] = '\0';
	return WEXITSTATUS(pclose(pipe));
}

/* Runs it on `NAME` of the scratch directory; wants this exit code and one line with `part` in it. */
static void expect_one_sentence(const char *directory, const char *name, int code, const char *part)
{
	char arguments[256], output[4096];

	for (int is_check = 0; is_check < 2; is_check++) {
		snprintf(arguments, sizeof(arguments), "%s %s/%s", is_check ? "--check" : "",
			 directory, name);
		assert_int_equal(run(arguments, output, sizeof(output)), code);
		assert_int_equal(strncmp(output, "jprof: ", 7), 0);
		assert_non_null(strstr(output, part));
		assert_ptr_equal(strchr(output, '\n'), output + strlen(output) - 1);
	}
}

static void save(const char *directory, const char *name, const void *bytes, size_t size)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "we");

	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void what_cannot_be_read_gets_one_sentence_and_exit_1(void **state)
{
	const char *directory = *state;
	struct dump_builder dump = { 0 };
	char path[256];

	dump_header(&dump, 42);
	save(directory, "empty", "", 0);
	save(directory, "cut", dump.file.bytes, 39);
	save(directory, "text", "This is a text and no jitdump file at all.\n", 43);
	dump.file.bytes[4] = 2;
	save(directory, "newer", dump.file.bytes, dump.file.size);
	snprintf(path, sizeof(path), "%s/fifo", directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_one_sentence(directory, "absent", 1, "No such file");
	expect_one_sentence(directory, "", 1, "not a regular file");
	expect_one_sentence(directory, "fifo", 1, "not a regular file");
	expect_one_sentence(directory, "empty", 1, "its 0 bytes hold no jitdump header");
	expect_one_sentence(directory, "cut", 1, "its 39 bytes hold no jitdump header");
	expect_one_sentence(directory, "text", 1, "no jitdump file");
	expect_one_sentence(directory, "newer", 1, "its version is 2");
	dump_free(&dump);
}

static void check_exits_1_only_where_something_is_wrong(void **state)
{
	const char *directory = *state;
	struct dump_builder dump = { 0 };
	char arguments[256], output[4096];

	dump_header(&dump, 42);
	dump_load(&dump, 1, 0x1000, 1, "f", CODE(0xc3));
	save(directory, "good", dump.file.bytes, dump.file.size);
	save(directory, "cut", dump.file.bytes, dump.file.size - 1);
	snprintf(arguments, sizeof(arguments), "--check %s/good", directory);
	assert_int_equal(run(arguments, output, sizeof(output)), 0);
	assert_string_equal(output, "1 function, nothing wrong\n");
	snprintf(arguments, sizeof(arguments), "%s/cut --check", directory);
	assert_int_equal(run(arguments, output, sizeof(output)), 1);
	assert_string_equal(output,
			    "offset 40: the last 58 bytes are no whole record: the file was "
			    "cut off\n");
	/* A listing is complete as far as the file is. */
	snprintf(arguments, sizeof(arguments), "%s/cut", directory);
	assert_int_equal(run(arguments, output, sizeof(output)), 0);
	assert_non_null(strstr(output, "0 LOAD"));
	snprintf(arguments, sizeof(arguments), "%s/good 2>&1 >/dev/full", directory);
	assert_int_equal(run(arguments, output, sizeof(output)), 1);
	assert_string_equal(output, "jprof: cannot write the output: No space left on device\n");
	dump_free(&dump);
}

static void wrong_usage_exits_2(void **state)
{
	char output[4096];

	(void)state;
	assert_int_equal(run("", output, sizeof(output)), 2);
	assert_int_equal(run("a b", output, sizeof(output)), 2);
	assert_int_equal(run("--no-such-option a", output, sizeof(output)), 2);
	assert_int_equal(run("--help", output, sizeof(output)), 0);
	assert_non_null(strstr(output, "--check"));
}

#define IN_SCRATCH(name)                                                                           \
	cmocka_unit_test_setup_teardown(name, scratch_directory_create, scratch_directory_destroy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(what_cannot_be_read_gets_one_sentence_and_exit_1),
		IN_SCRATCH(check_exits_1_only_where_something_is_wrong),
		cmocka_unit_test(wrong_usage_exits_2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
