/* SPDX-License-Identifier: MIT */
/* What jprof record says when it cannot do what it was asked for: one sentence, and the exit code. */
#include "support/scratch_directory.h"
#include "support/shell.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The last line that was said: the sentence. Only notes may stand before it. */
static void assert_sentence(const struct shell_outcome *outcome, const char *part)
{
	size_t length = strlen(outcome->said);
	const char *last;

	assert_true(length > 1);
	assert_int_equal(outcome->said[length - 1], '\n');
	for (last = outcome->said + length - 1; last > outcome->said && last[-1] != '\n'; last--)
		;
	if (strncmp(last, "jprof", 5) != 0 || !strstr(last, part))
		fail_msg("no sentence about '%s': %s", part, outcome->said);
}

static void assert_fails(const char *directory, const char *arguments, const char *part)
{
	struct shell_outcome outcome = shell_run(directory, "$JPROF record %s", arguments);

	assert_sentence(&outcome, part);
	assert_int_equal(outcome.exit_code, 1);
	assert_false(shell_file_exists(directory, "jprof.data"));
	assert_false(shell_file_exists(directory, "jprof.data.part"));
}

static void wrong_usage_exits_with_2(void **state)
{
	static const struct {
		const char *arguments, *part;
	} wrong[] = {
		{ "", "what is to be sampled?" },
		{ "-q", "what is to be sampled?" },
		{ "--nosuch true", "no option '--nosuch'" },
		{ "-F", "needs a value" },
		{ "-F 0 true", "--freq" },
		{ "-F -5 true", "--freq" },
		{ "-F 1x true", "--freq" },
		{ "-c 0 true", "--count" },
		{ "-F 99 -c 99 true", "exclude each other" },
		{ "-F max -c 99 true", "exclude each other" },
		{ "-p abc", "--pid" },
		{ "-p 0", "--pid" },
		{ "-p ''", "--pid" },
		{ "-p 1,x", "--pid" },
		{ "-t 99999999999", "--tid" },
		{ "-a -p 1", "leave -p" },
		{ "--user nosuchuser", "--user" },
		{ "--call-graph lbr true", "--call-graph" },
		{ "--unwinder own true", "libunwind" },
		{ "--stack-size 12 true", "multiple of 8" },
		{ "--stack-size 65536 true", "multiple of 8" },
		{ "--stack-size 0 true", "multiple of 8" },
		{ "-m 0 true", "--mmap-pages" },
		{ "-m 3G true", "--mmap-pages" },
		{ "-m 99999999999999999999 true", "--mmap-pages" },
		{ "--duration 0 true", "--duration" },
		{ "--duration nan true", "--duration" },
		{ "--duration 1e300 true", "--duration" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct shell_outcome outcome =
			shell_run(*state, "$JPROF record %s", wrong[i].arguments);

		assert_sentence(&outcome, wrong[i].part);
		assert_int_equal(outcome.exit_code, 2);
	}
	assert_false(shell_file_exists(*state, "jprof.data"));
}

static void help_shows_every_option(void **state)
{
	struct shell_outcome outcome = shell_run(*state, "$JPROF record --help");

	assert_int_equal(outcome.exit_code, 0);
	assert_non_null(strstr(outcome.printed, "--call-graph"));
	assert_non_null(strstr(outcome.printed, "--duration"));
	assert_string_equal(outcome.said, "");
}

static void a_missing_command_is_told_before_anything_is_made(void **state)
{
	assert_fails(*state, "nosuchcommand", "cannot run 'nosuchcommand'");
	assert_fails(*state, "./nosuchcommand x", "cannot run './nosuchcommand'");
	assert_fails(*state, "-- ''", "cannot run ''");
	assert_fails(*state, "/", "cannot run '/'");
	shell_run(*state, "touch plain");
	assert_fails(*state, "./plain", "cannot run './plain'");
	assert_fails(*state, "-a nosuchcommand", "cannot run 'nosuchcommand'");
}

static void who_is_gone_is_named(void **state)
{
	assert_fails(*state, "-p 2147483647", "no process 2147483647");
	assert_fails(*state, "-p $$,2147483647", "no process 2147483647");
	assert_fails(*state, "-t 2147483647", "no thread 2147483647");
	assert_fails(*state, "--user 4294967294", "has no process");
}

static void unknown_events_are_named(void **state)
{
	assert_fails(*state, "-e nosuch true", "no event 'nosuch'");
	assert_fails(*state, "-e cpu-clock,nosuch:u true", "nosuch");
	assert_fails(*state, "-e nosuch:event true", "nosuch:event");
	assert_fails(*state, "-e cpu-clock:z true", "':z' is no modifier");
	assert_fails(*state, "-e nosuchpmu/event=1/ true", "nosuchpmu");
}

static void other_bad_values_are_named(void **state)
{
	assert_fails(*state, "-F 2000000000 true", "max_sample_rate");
	assert_fails(*state, "-C 3-1 true", "'3-1'");
	assert_fails(*state, "-C 60000 true", "60000");
	shell_sampling_or_skip(*state);
	assert_fails(*state, "-o nosuchdirectory/a.data true", "nosuchdirectory/a.data");
	assert_fails(*state, "-o . true", "directory");
}

static void root_or_skip(const char *directory)
{
	shell_sampling_or_skip(directory);
	if (geteuid() == 0 &&
	    shell_run(directory, "setpriv --reuid=65534 --clear-groups true").exit_code == 0)
		return;
	print_message("SKIPPED: only root can become another user by setpriv\n");
	skip();
}

#define AS_NOBODY "chmod 777 . && setpriv --reuid=65534 --clear-groups "

static void what_is_not_permitted_is_said_with_the_remedy(void **state)
{
	struct shell_outcome outcome;

	root_or_skip(*state);
	if (shell_number(*state, "cat /proc/sys/kernel/perf_event_paranoid") < 2) {
		print_message("SKIPPED: anybody may sample the kernel here\n");
		skip();
	}
	outcome = shell_run(*state, AS_NOBODY "$JPROF record -a true");
	assert_sentence(&outcome, "sysctl kernel.perf_event_paranoid=0");
	assert_int_equal(outcome.exit_code, 1);
	outcome = shell_run(*state, AS_NOBODY "$JPROF record --kernel true");
	assert_sentence(&outcome, "sysctl kernel.perf_event_paranoid=1");
	assert_int_equal(outcome.exit_code, 1);
	outcome = shell_run(*state, AS_NOBODY "$JPROF record -p 1");
	assert_sentence(&outcome, "pid 1");
	assert_int_equal(outcome.exit_code, 1);
	assert_false(shell_file_exists(*state, "jprof.data"));
}

static void nobody_records_own_programs_without_the_kernel(void **state)
{
	struct shell_outcome outcome;

	root_or_skip(*state);
	if (shell_number(*state, "cat /proc/sys/kernel/perf_event_paranoid") != 2) {
		print_message("SKIPPED: kernel.perf_event_paranoid is not 2 here\n");
		skip();
	}
	outcome = shell_run(*state, AS_NOBODY "$JPROF record -v $PROGRAMS/omit_fp 0.3");
	assert_int_equal(outcome.exit_code, 0);
	assert_non_null(strstr(outcome.said, "the kernel is left out"));
	assert_null(strstr(outcome.said, "have no names"));
	assert_int_equal(shell_number(*state, "$JPROF script | grep -c '\\[kernel' || true"), 0);
	assert_true(shell_number(*state, "$JPROF script | grep -c ' spin+'") > 0);
}

static void little_locked_memory_makes_stack_copies_smaller(void **state)
{
	struct shell_outcome outcome;

	root_or_skip(*state);
	outcome =
		shell_run(*state, "ulimit -l 0; " AS_NOBODY "$JPROF record $PROGRAMS/omit_fp 0.3");
	assert_int_equal(outcome.exit_code, 0);
	assert_non_null(strstr(outcome.said, "stack copies are"));
	outcome = shell_run(*state, "ulimit -l 0; " AS_NOBODY "$JPROF record -m 64M true");
	assert_sentence(&outcome, "perf_event_mlock_kb");
	assert_int_equal(outcome.exit_code, 1);
}

static void few_descriptors_are_said(void **state)
{
	struct shell_outcome outcome;

	shell_sampling_or_skip(*state);
	outcome = shell_run(*state, "$PROGRAMS/threads 30 & target=$!; sleep 0.5\n"
				    "(ulimit -n 16; $JPROF record -p $target); code=$?\n"
				    "kill $target; exit $code");
	assert_sentence(&outcome, "-a");
	assert_int_equal(outcome.exit_code, 1);
}

static void a_full_disk_ends_the_recording_and_keeps_what_was_written(void **state)
{
	struct shell_outcome outcome;

	root_or_skip(*state);
	outcome = shell_run(
		*state,
		"mkdir tiny && unshare -m sh -c 'mount -t tmpfs -o size=256k none tiny || exit 77\n"
		"$JPROF record -F 20000 -o tiny/a.data $PROGRAMS/stl 60; code=$?\n"
		"cp tiny/a.data kept.data; exit $code'");
	if (outcome.exit_code == 77) {
		print_message("SKIPPED: cannot mount a tmpfs\n");
		skip();
	}
	assert_int_equal(outcome.exit_code, 1);
	assert_non_null(strstr(outcome.said, "no space left"));
	assert_true(shell_number(*state, "$JPROF script -i kept.data | grep -c cpu-clock") > 0);
}

int main(void)
{
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		TEST(wrong_usage_exits_with_2),
		TEST(help_shows_every_option),
		TEST(a_missing_command_is_told_before_anything_is_made),
		TEST(who_is_gone_is_named),
		TEST(unknown_events_are_named),
		TEST(other_bad_values_are_named),
		TEST(what_is_not_permitted_is_said_with_the_remedy),
		TEST(nobody_records_own_programs_without_the_kernel),
		TEST(little_locked_memory_makes_stack_copies_smaller),
		TEST(few_descriptors_are_said),
		TEST(a_full_disk_ends_the_recording_and_keeps_what_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
