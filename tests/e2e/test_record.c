/* SPDX-License-Identifier: MIT */
/* jprof record: what is sampled, and how a recording ends. */
#include "support/read_back.h"
#include "support/scratch_directory.h"
#include "support/shell.h"

#include <linux/perf_event.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs a command that must exit with `code`. */
static struct shell_outcome expect_exit(const char *directory, int code, const char *command)
{
	struct shell_outcome outcome = shell_run(directory, "%s", command);

	if (outcome.exit_code != code)
		fail_msg("%s: exit code %d: %s", command, outcome.exit_code, outcome.said);
	return outcome;
}

/* How many lines of the recording's samples match. */
static long matching(const char *directory, const char *pattern)
{
	return shell_number(directory, "$JPROF script | grep -cE '%s' || true", pattern);
}

static struct read_back read_recording(const char *directory)
{
	char path[512];
	struct read_back back;

	snprintf(path, sizeof(path), "%s/jprof.data", directory);
	back = read_back_path(path);
	assert_string_equal(back.err.text, "");
	return back;
}

static void a_command_is_recorded_with_all_that_it_starts(void **state)
{
	struct shell_outcome outcome;

	shell_sampling_or_skip(*state);
	outcome = expect_exit(*state, 0, "$JPROF record $PROGRAMS/forks 0.5");
	assert_non_null(strstr(outcome.said, " samples, 0 lost, "));
	assert_non_null(strstr(outcome.said, " complete stacks, "));
	assert_non_null(strstr(outcome.said, " in jprof.data\n"));
	assert_true(matching(*state, "spin_in_parent") > 0);
	assert_true(matching(*state, "spin_in_grandchild") > 0);
	assert_true(matching(*state, "spin_after_exec") > 0);
	/* jprof's own code between fork and exec is not the command. */
	assert_int_equal(matching(*state, "\\(.*/jprof\\)"), 0);
	assert_false(shell_file_exists(*state, "jprof.data.part"));
}

static void without_inheritance_only_the_first_thread_is(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0, "$JPROF record --no-inherit $PROGRAMS/forks 0.5");
	assert_true(matching(*state, "spin_in_parent") > 0);
	assert_int_equal(matching(*state, "spin_in_child"), 0);
}

static void the_exit_code_is_the_commands(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 7, "$JPROF record sh -c 'exit 7'");
	expect_exit(*state, 137, "$JPROF record sh -c 'kill -9 $$'");
	expect_exit(*state, 3, "$JPROF record -p $$ -- sh -c 'exit 3'");
}

static void an_earlier_recording_is_kept(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0, "echo one >jprof.data && $JPROF record -q true");
	expect_exit(*state, 0, "grep -q one jprof.data.old");
	expect_exit(*state, 1, "echo two >jprof.data; $JPROF record nosuchcommand");
	expect_exit(*state, 1,
		    "printf '#!/nosuchshell\\n' >script; chmod +x script; $JPROF record ./script");
	expect_exit(*state, 0, "grep -q two jprof.data");
}

static void quiet_says_nothing(void **state)
{
	shell_sampling_or_skip(*state);
	assert_string_equal(expect_exit(*state, 0, "$JPROF record -q true").said, "");
}

static void standard_output_is_a_pipe(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0, "$JPROF record -q -o - $PROGRAMS/omit_fp 0.3 2>noise >piped");
	assert_true(shell_number(*state, "$JPROF script -i - <piped | grep -c cpu-clock") > 0);
	/* What the program prints would spoil the recording. */
	assert_true(shell_number(*state, "cat noise") != 0);
}

static void processes_are_sampled_until_the_command_ends(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0,
		    "$PROGRAMS/forks 60 >/dev/null & target=$!; sleep 0.3\n"
		    "$JPROF record -p $target sleep 0.5; code=$?\n"
		    "kill -0 $target && kill $(ps -o pid= --ppid $target) $target; exit $code");
	/* Those that ran before with their mappings, children too. */
	assert_true(matching(*state, "spin_in_parent\\+.*forks\\)") > 0);
	assert_true(matching(*state, "spin_in_child\\+.*forks\\)") > 0);
	assert_int_equal(matching(*state, "^sleep"), 0);
}

static void processes_are_sampled_until_they_end(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0,
		    "$PROGRAMS/threads 1 >/dev/null & target=$!; sleep 0.2\n"
		    "$JPROF record -p $target sleep 60");
	assert_true(matching(*state, "spin_in_main") > 0);
	assert_true(matching(*state, "spin_in_third") > 0);
}

static void a_thread_is_sampled_alone(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0,
		    "$PROGRAMS/threads 30 >/dev/null & target=$!; sleep 0.3\n"
		    "for tid in /proc/$target/task/*; do\n"
		    "if grep -q second $tid/comm; then second=${tid##*/}; fi; done\n"
		    "$JPROF record -t $second --duration 0.5; code=$?; kill $target; exit $code");
	assert_true(matching(*state, "spin_in_second") > 0);
	assert_int_equal(matching(*state, "spin_in_(main|first|third)"), 0);
}

/*
 * A thread that was made while jprof attached would be sampled by its own events and by those it
 * inherited: twice at once. No thread really leaves a CPU twice within a microsecond.
 */
static void threads_that_come_while_attaching_are_sampled_once(void **state)
{
	shell_sampling_or_skip(*state);
	for (int round = 0; round < 5; round++) {
		expect_exit(*state, 0,
			    "$PROGRAMS/churns 30 >/dev/null & target=$!; sleep 0.1\n"
			    "$JPROF record -q --call-graph no -e context-switches -c 1 "
			    "-p $target sleep 0.2\n"
			    "code=$?; kill $target; exit $code");
		struct read_back back = read_recording(*state);

		for (size_t i = 1; i < back.count; i++) {
			const struct read_record *record = &back.records[i];

			if (record->type == PERF_RECORD_SAMPLE &&
			    record[-1].type == PERF_RECORD_SAMPLE && record->tid == record[-1].tid)
				assert_true(record->time_ns - record[-1].time_ns > 1000);
		}
		assert_true(read_back_sample_count(&back) > 0);
		read_back_close(&back);
	}
}

static void the_system_is_sampled_on_the_cpus_asked_for(void **state)
{
	shell_sampling_or_skip(*state);
	if (geteuid() != 0) {
		print_message("SKIPPED: only root may\n");
		skip();
	}
	expect_exit(*state, 0,
		    "$PROGRAMS/sleeper 30 >/dev/null & sleep 0.1\n"
		    "$JPROF record -C 0 sleep 0.4; code=$?; kill $!; exit $code");
	assert_true(matching(*state, "\\[000\\]") > 0);
	assert_int_equal(matching(*state, "\\[0*[1-9][0-9]*\\] +[0-9]+\\."), 0);
}

static void several_events_are_sampled_each(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0,
		    "$JPROF record -e cpu-clock:u -e page-faults,task-clock $PROGRAMS/stl 0.3");
	assert_true(matching(*state, " cpu-clock:u: ") > 0);
	assert_true(matching(*state, " page-faults: ") > 0);
	assert_true(matching(*state, " task-clock: ") > 0);
}

static void every_event_can_be_a_sample(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0, "$JPROF record -c 1 -e page-faults $PROGRAMS/omit_fp 0.1");
	assert_true(matching(*state, " 1 page-faults") > 20);
}

static void the_kernel_can_be_left_out(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0, "$JPROF record --no-kernel -e page-faults -c 1 $PROGRAMS/stl 0.2");
	assert_true(matching(*state, "page-faults") > 0);
	assert_int_equal(matching(*state, "\\[kernel"), 0);
}

static void call_graphs_are_as_asked_for(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0, "$JPROF record -g $PROGRAMS/omit_fp 0.3");
	assert_true(matching(*state, "^\t.* main\\+") > 0);
	expect_exit(*state, 0, "$JPROF record --call-graph no $PROGRAMS/omit_fp 0.3");
	assert_true(matching(*state, " spin\\+") > 0);
	assert_int_equal(matching(*state, " main\\+"), 0);
	expect_exit(*state, 0, "$JPROF record --call-graph fp $PROGRAMS/stl 0.3");
	assert_true(matching(*state, "cpu-clock") > 0);
}

static void kept_stacks_are_in_the_file(void **state)
{
	long without, with;

	shell_sampling_or_skip(*state);
	expect_exit(*state, 0, "$JPROF record -F 200 $PROGRAMS/omit_fp 0.5");
	without = shell_number(*state, "stat -c %%s jprof.data");
	expect_exit(*state, 0, "$JPROF record -F 200 --keep-stacks $PROGRAMS/omit_fp 0.5");
	with = shell_number(*state, "stat -c %%s jprof.data");
	assert_true(with > 4 * without);
	assert_true(matching(*state, " main\\+") > 0);
}

static void a_duration_ends_the_command(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 0, "$JPROF record --duration 0.3 $PROGRAMS/omit_fp 60");
	assert_true(matching(*state, " spin\\+") > 0);
	assert_false(shell_file_exists(*state, "jprof.data.part"));
	/* A command that ends by itself has its say. */
	expect_exit(*state, 5, "$JPROF record --duration 60 sh -c 'exit 5'");
}

static void a_signal_to_jprof_ends_the_command(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 143,
		    "$JPROF record $PROGRAMS/omit_fp 60 & sleep 0.5; kill -INT $!; wait $!");
	assert_true(matching(*state, " spin\\+") > 0);
	expect_exit(*state, 0,
		    "$PROGRAMS/omit_fp 60 & target=$!; $JPROF record -p $target & sleep 0.5\n"
		    "kill -TERM $!; wait $!; code=$?; kill $target; exit $code");
	assert_true(matching(*state, " spin\\+") > 0);
	assert_false(shell_file_exists(*state, "jprof.data.part"));
}

static void the_end_of_the_terminal_ends_the_recording_unless_ignored(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 143,
		    "$JPROF record sh -c 'trap \"\" HUP; exec $PROGRAMS/omit_fp 60' & sleep 0.5; "
		    "kill -HUP $!; wait $!");
	assert_true(matching(*state, " spin\\+") > 0);
	assert_false(shell_file_exists(*state, "jprof.data.part"));
	expect_exit(*state, 0,
		    "nohup $JPROF record $PROGRAMS/omit_fp 1 & sleep 0.5; kill -HUP $!; wait $!");
	assert_true(matching(*state, " spin\\+") > 0);
}

static void what_was_recorded_before_a_kill_is_read(void **state)
{
	shell_sampling_or_skip(*state);
	expect_exit(*state, 137,
		    "$JPROF record -q -- $PROGRAMS/omit_fp 1 & sleep 0.8; kill -9 $!; wait $!");
	assert_true(shell_file_exists(*state, "jprof.data.part"));
	assert_true(matching(*state, " spin\\+") > 0);
}

/* Types `keys` into a terminal in which `command` runs, one every half second. */
static int run_in_terminal(const char *directory, const char *command, const char *keys)
{
	int terminal, status;
	char echo[256];
	pid_t child = forkpty(&terminal, NULL, NULL, NULL);

	assert_true(child >= 0);
	if (child == 0) {
		if (chdir(directory) != 0)
			_exit(99);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(99);
	}
	for (; *keys; keys++) {
		usleep(500000);
		assert_int_equal(write(terminal, keys, 1), 1);
	}
	while (read(terminal, echo, sizeof(echo)) > 0)
		;
	assert_int_equal(waitpid(child, &status, 0), child);
	close(terminal);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void ctrl_c_goes_to_the_command_whose_end_is_waited_for(void **state)
{
	shell_sampling_or_skip(*state);
	assert_int_equal(
		run_in_terminal(*state,
				"exec $JPROF record sh -c 'trap \"sleep 0.3; exit 9\" INT; "
				"while :; do sleep 0.1; done'",
				"\x03"),
		9);
	assert_false(shell_file_exists(*state, "jprof.data.part"));
}

static void the_second_ctrl_c_ends_at_once(void **state)
{
	shell_sampling_or_skip(*state);
	assert_int_equal(run_in_terminal(*state,
					 "exec $JPROF record sh -c 'trap \"\" INT; exec "
					 "$PROGRAMS/omit_fp 3'",
					 "\x03\x03"),
			 128 + SIGINT);
}

int main(void)
{
#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		TEST(a_command_is_recorded_with_all_that_it_starts),
		TEST(without_inheritance_only_the_first_thread_is),
		TEST(the_exit_code_is_the_commands),
		TEST(an_earlier_recording_is_kept),
		TEST(quiet_says_nothing),
		TEST(standard_output_is_a_pipe),
		TEST(processes_are_sampled_until_the_command_ends),
		TEST(processes_are_sampled_until_they_end),
		TEST(a_thread_is_sampled_alone),
		TEST(threads_that_come_while_attaching_are_sampled_once),
		TEST(the_system_is_sampled_on_the_cpus_asked_for),
		TEST(several_events_are_sampled_each),
		TEST(every_event_can_be_a_sample),
		TEST(the_kernel_can_be_left_out),
		TEST(call_graphs_are_as_asked_for),
		TEST(kept_stacks_are_in_the_file),
		TEST(a_duration_ends_the_command),
		TEST(a_signal_to_jprof_ends_the_command),
		TEST(the_end_of_the_terminal_ends_the_recording_unless_ignored),
		TEST(what_was_recorded_before_a_kill_is_read),
		TEST(ctrl_c_goes_to_the_command_whose_end_is_waited_for),
		TEST(the_second_ctrl_c_ends_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
