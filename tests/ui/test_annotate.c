/* SPDX-License-Identifier: MIT */
/* `jprof annotate` over a small recording made in memory, word for word. */
#include "support/golden.h"
#include "support/output_text.h"
#include "support/recording.h"
#include "support/scratch_directory.h"
#include "support/small_recording.h"
#include "ui/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* What the recording calls /app/fib.js, found below the working directory. */
static int begin(void **state)
{
	FILE *file;

	if (scratch_directory_create(state) || chdir(*state) || mkdir("app", 0700) ||
	    setenv("LC_ALL", "C", 1))
		return -1;
	file = fopen("app/fib.js", "we");
	for (int line = 1; line <= 12; line++)
		fprintf(file, "\t%d. line\n", line);
	fputs("\tunlucky\x1b line\n", file);
	return fclose(file);
}

static int end(void **state)
{
	return chdir("/") || scratch_directory_destroy(state);
}

struct shown {
	int exit_code;
	char *text, *errors;
};

static struct shown show(const void *bytes, size_t size, char **options)
{
	struct captured_output out, err;
	char path[64], *argv[12] = { "annotate", "-i", path };
	struct shown shown;
	int argc = 3;

	recording_write(bytes, size, path);
	while (*options)
		argv[argc++] = *options++;
	capture_begin(&err, 2);
	capture_begin(&out, 1);
	shown.exit_code = cmd_annotate(argc, argv);
	shown.text = capture_end(&out);
	shown.errors = capture_end(&err);
	unlink(path);
	return shown;
}

static void shown_free(struct shown *shown)
{
	free(shown->text);
	free(shown->errors);
}

static void expect_text(char **options, const char *golden)
{
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, true);
	struct shown shown = show(file.bytes, file.size, options);

	if (shown.exit_code != EXIT_DONE)
		fail_msg("%s", shown.errors);
	golden_expect(golden, shown.text);
	shown_free(&shown);
	bytes_free(&file);
}

static void expect_refusal(char **options, int exit_code, const char *errors)
{
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, true);
	struct shown shown = show(file.bytes, file.size, options);

	assert_int_equal(shown.exit_code, exit_code);
	assert_string_equal(shown.text, "");
	assert_string_equal(shown.errors, errors);
	shown_free(&shown);
	bytes_free(&file);
}

#define OPTIONS(...) ((char *[]){ __VA_ARGS__, NULL })

static void the_hottest_function_is_shown_by_its_lines(void **state)
{
	(void)state;
	expect_text((char *[]){ NULL }, "annotate_fib.txt");
	expect_text(OPTIONS("JS:*fib"), "annotate_fib.txt");
	expect_text(OPTIONS("JS:fib"), "annotate_fib.txt");
	expect_text(OPTIONS("fib"), "annotate_fib.txt");
	expect_text(OPTIONS("*fib", "--version", "1", "--stdio"), "annotate_fib.txt");
}

static void options_say_what_is_shown_of_it(void **state)
{
	(void)state;
	expect_text(OPTIONS("--no-source", "--intel"), "annotate_intel.txt");
	expect_text(OPTIONS("--no-source", "-M", "intel"), "annotate_intel.txt");
	expect_text(OPTIONS("--min-percent", "30"), "annotate_min_percent.txt");
}

static void arrows_are_boxes_where_the_locale_has_them(void **state)
{
	(void)state;
	setenv("LC_ALL", "C.UTF-8", 1);
	expect_text(OPTIONS("--no-source"), "annotate_boxes.txt");
	setenv("LC_ALL", "C", 1);
}

static void a_function_without_bytes_is_shown_where_it_was_sampled(void **state)
{
	(void)state;
	expect_text(OPTIONS("do_syscall_64"), "annotate_kernel.txt");
	expect_text(OPTIONS("JS:~main"), "annotate_caller.txt");
}

static void what_is_not_there_is_refused_with_a_sentence(void **state)
{
	(void)state;
	expect_refusal(OPTIONS("JS:*fob"), EXIT_FAILED,
		       "jprof: no sample is in a function 'JS:*fob'; similar names: JS:*fib\n");
	expect_refusal(OPTIONS("fi"), EXIT_FAILED,
		       "jprof: no sample is in a function 'fi'; similar names: JS:*fib\n");
	expect_refusal(OPTIONS("unlike anything"), EXIT_FAILED,
		       "jprof: no sample is in a function 'unlike anything'\n");
	expect_refusal(OPTIONS("JS:*fib", "--module", "[kernel]"), EXIT_FAILED,
		       "jprof: the options leave 'JS:*fib' out\n");
	expect_refusal(OPTIONS("[jit?]"), EXIT_FAILED,
		       "jprof: [jit?] has no code to be shown: JIT code that its runtime has not "
		       "announced: it needs a switch (node --perf-prof, python -X perf_jit; man "
		       "jprof), and what it keeps in its buffer is read only with the right to "
		       "look into its memory (ptrace)\n");
	expect_refusal(OPTIONS("--pid", "1"), EXIT_FAILED,
		       "jprof: no sample is of what the options select\n");
	expect_refusal(OPTIONS("--version", "2"), EXIT_FAILED,
		       "jprof: 'JS:*fib' has no version 2, but 1\n");
	expect_refusal(OPTIONS("-M", "gas"), EXIT_USAGE,
		       "jprof annotate: --disassembler-style takes STYLE, not 'gas'; see "
		       "`jprof annotate --help`\n");
}

/* Code, names, lines: whatever bit is wrong. */
static void damaged_recordings_are_shown_or_refused(void **state)
{
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, true);
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 500; round++) {
		uint8_t *bytes = malloc(file.size);
		struct shown shown;

		memcpy(bytes, file.bytes, file.size);
		for (int i = 0; i < 4; i++) {
			seed = seed * 1664525u + 1013904223u;
			bytes[(seed >> 8) % file.size] ^= (uint8_t)(1 << (seed >> 4) % 8);
		}
		shown = show(bytes, round % 8 ? file.size : file.size / 2,
			     OPTIONS("--all-versions"));
		assert_true(shown.exit_code == EXIT_DONE || shown.exit_code == EXIT_FAILED);
		assert_true(shown.exit_code == EXIT_DONE || *shown.errors);
		shown_free(&shown);
		free(bytes);
	}
	bytes_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hottest_function_is_shown_by_its_lines),
		cmocka_unit_test(options_say_what_is_shown_of_it),
		cmocka_unit_test(arrows_are_boxes_where_the_locale_has_them),
		cmocka_unit_test(a_function_without_bytes_is_shown_where_it_was_sampled),
		cmocka_unit_test(what_is_not_there_is_refused_with_a_sentence),
		cmocka_unit_test(damaged_recordings_are_shown_or_refused),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
