/* SPDX-License-Identifier: MIT */
/* `jprof report` and `jprof script` over a small recording made in memory, word for word. */
#include "support/golden.h"
#include "support/output_text.h"
#include "support/recording.h"
#include "support/small_recording.h"
#include "ui/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What a command prints of it; the exit code must be 0. */
static char *show(int (*command)(int, char **), const struct byte_builder *file, size_t size,
		  char **options)
{
	struct captured_output out, err;
	char path[64], *argv[8] = { "command", "-i", path };
	int argc = 3;

	recording_write(file->bytes, size, path);
	while (*options)
		argv[argc++] = *options++;
	capture_begin(&err, 2);
	capture_begin(&out, 1);
	int result = command(argc, argv);
	char *text = capture_end(&out), *errors = capture_end(&err);

	unlink(path);
	if (result != EXIT_DONE)
		fail_msg("%s", errors);
	free(errors);
	return text;
}

#define REPORT(file, ...) show(cmd_report, file, (file)->size, (char *[]){ __VA_ARGS__, NULL })

/* The encoding of the file is no matter of these tests. */
static void cut_file_bytes(char *stats)
{
	char *line = strstr(stats, "file_bytes: ");

	assert_non_null(line);
	assert_true(strtoull(line + strlen("file_bytes: "), NULL, 10) > 0);
	*line = '\0';
}

static void expect_report(bool is_ours, const char *option, const char *golden)
{
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, is_ours);
	char *text = REPORT(&file, (char *)option);

	if (!strcmp(option, "--stats"))
		cut_file_bytes(text);
	golden_expect(golden, text);
	free(text);
	bytes_free(&file);
}

static void a_recording_of_jprofs_explains_itself(void **state)
{
	(void)state;
	expect_report(true, "--stdio", "report_ours.txt");
	expect_report(true, "--stats", "stats_ours.txt");
	expect_report(true, "--flame", "flame_ours.txt");
	expect_report(true, "--tree", "tree_ours.txt");
	expect_report(true, "--callers", "callers_ours.txt");
}

static void what_a_recording_cannot_tell_is_a_dash_and_not_a_number(void **state)
{
	(void)state;
	expect_report(false, "--stats", "stats_perfs.txt");
}

static void a_recording_of_before_joined_stacks_were_told_does_not_tell_them(void **state)
{
	static const uint8_t chunk[] = { 'Q', 'U', 'A', 'L', 2 };
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, true);
	uint8_t *version = memmem(file.bytes, file.size, chunk, sizeof(chunk));
	char *text;

	(void)state;
	assert_non_null(version);
	version[4] = 1;
	text = REPORT(&file, "--stats");
	assert_non_null(strstr(text, "\njoined_percent: -\n"));
	assert_non_null(strstr(text, "\nend_truncated_copy_percent: 20.00\n"));
	free(text);
	bytes_free(&file);
}

static void script_has_perf_scripts_layout(void **state)
{
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, true);
	char *text = show(cmd_script, &file, file.size, (char *[]){ NULL });
	char *ns_text = show(cmd_script, &file, file.size, (char *[]){ "--ns", NULL });
	char *ends_text = show(cmd_script, &file, file.size, (char *[]){ "--ends", NULL });

	(void)state;
	golden_expect("script_ours.txt", text);
	golden_expect("script_ours_ns.txt", ns_text);
	golden_expect("script_ours_ends.txt", ends_text);
	free(text);
	free(ends_text);
	free(ns_text);
	bytes_free(&file);
}

static double value_of(const char *stats, const char *name)
{
	const char *line = strstr(stats, name);

	assert_non_null(line);
	return strtod(line + strlen(name), NULL);
}

static void complete_stacks_and_all_other_ends_are_100_percent(void **state)
{
	static const char *const names[] = {
		"complete_stacks_percent: ",	   "end_truncated_copy_percent: ",
		"end_no_unwind_info_percent: ",	   "end_bad_memory_percent: ",
		"end_depth_limit_percent: ",	   "end_jit_unknown_percent: ",
		"end_unwinding_skipped_percent: ",
	};
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, true);
	char *text = REPORT(&file, "--stats");
	double sum = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		sum += value_of(text, names[i]);
	assert_true(sum > 99.95 && sum < 100.05);
	free(text);
	bytes_free(&file);
}

static void a_recording_without_samples_is_a_report_without_rows(void **state)
{
	struct byte_builder file = small_recording(0, true);
	char *stats = REPORT(&file, "--stats"), *flame = REPORT(&file, "--flame");

	(void)state;
	cut_file_bytes(stats);
	golden_expect("stats_empty.txt", stats);
	assert_string_equal(flame, "");
	free(stats);
	free(flame);
	bytes_free(&file);
}

static void a_recording_that_was_cut_says_where(void **state)
{
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, false);
	char *text = show(cmd_report, &file, file.size / 2, (char *[]){ NULL });

	(void)state;
	assert_non_null(strstr(text, "\n# remark:   "));
	assert_non_null(strstr(text, "\n# samples:  "));
	free(text);
	bytes_free(&file);
}

static char *usage_error(int (*command)(int, char **), int argc, char **argv)
{
	struct captured_output err;

	capture_begin(&err, 2);
	assert_int_equal(command(argc, argv), EXIT_USAGE);
	return capture_end(&err);
}

static void the_recording_may_be_named_without_its_option(void **state)
{
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, true);
	char path[64], *report[] = { "report", "--flame", path, "-i", path, NULL };
	char *script[] = { "script", path, "other", NULL };
	struct captured_output out;
	char *text;

	(void)state;
	recording_write(file.bytes, file.size, path);
	capture_begin(&out, 1);
	assert_int_equal(cmd_report(3, report), EXIT_DONE);
	text = capture_end(&out);
	assert_non_null(strstr(text, "JS:*fib_[j] 1"));
	free(text);
	text = usage_error(cmd_report, 5, report);
	assert_non_null(strstr(text, "one recording is expected, but there are -i /"));
	free(text);
	text = usage_error(cmd_script, 3, script);
	assert_non_null(strstr(text, "one recording is expected, but there are '/"));
	free(text);
	unlink(path);
	bytes_free(&file);
}

static void symbols_directory_that_is_not_there_is_an_error(void **state)
{
	struct captured_output err;
	char *argv[] = { "report", "-i", "/nonexistent.data", "--symbols", "/nonexistent" };

	(void)state;
	capture_begin(&err, 2);
	int result = cmd_report(sizeof(argv) / sizeof(*argv), argv);
	char *text = capture_end(&err);

	assert_int_equal(result, EXIT_FAILED);
	assert_string_equal(text, "jprof: cannot read the directory /nonexistent of --symbols: "
				  "No such file or directory\n");
	free(text);
}

static void samples_of_two_cpus_are_not_one_rate(void **state)
{
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, true);
	char *text = REPORT(&file, "--stats");

	(void)state;
	/* One sample a millisecond, and one thread after the other. */
	assert_true(value_of(text, "rate_achieved_hz: ") == 1000);
	free(text);
	bytes_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_of_jprofs_explains_itself),
		cmocka_unit_test(what_a_recording_cannot_tell_is_a_dash_and_not_a_number),
		cmocka_unit_test(a_recording_of_before_joined_stacks_were_told_does_not_tell_them),
		cmocka_unit_test(script_has_perf_scripts_layout),
		cmocka_unit_test(complete_stacks_and_all_other_ends_are_100_percent),
		cmocka_unit_test(a_recording_without_samples_is_a_report_without_rows),
		cmocka_unit_test(a_recording_that_was_cut_says_where),
		cmocka_unit_test(the_recording_may_be_named_without_its_option),
		cmocka_unit_test(symbols_directory_that_is_not_there_is_an_error),
		cmocka_unit_test(samples_of_two_cpus_are_not_one_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
