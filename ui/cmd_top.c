/* SPDX-License-Identifier: MIT */
/* jprof top: what runs while it runs. */
#include "ui/command.h"
#include "ui/live_header.h"
#include "ui/printable.h"
#include "ui/stop_signal.h"
#include "ui/terminal.h"
#include "ui/top_options.h"
#include "ui/top_screen.h"

#include <signal.h>
#include <stdio.h>

#define NS_PER_MS UINT64_C(1000000)

/* For how long a refresh that is printed once waits for names. */
enum { NAMING_MS = 1000 };

struct top {
	struct top_options options;
	struct live live;
	struct live_figures figures;
	uint64_t printed_count;
};

static void print_notes(const struct top *top)
{
	const struct recorder *recorder = top->live.recorder;

	for (size_t i = 0; i < recorder_note_count(recorder); i++) {
		const struct recorder_note *note = recorder_note(recorder, i);

		if (top->options.target.is_quiet ||
		    (note->is_detail && !top->options.target.is_verbose))
			continue;
		fputs("jprof: ", stderr);
		print_printable(stderr, note->text);
		fputc('\n', stderr);
	}
}

/* What is printed once cannot get its names later: all are waited for. */
static void name_all(struct top *top, const struct profile *profile)
{
	size_t count;

	for (size_t i = 0; i < profile->location_count; i++)
		naming_frames(top->live.naming, profile->locations[i], &count);
	live_name(&top->live, NAMING_MS);
}

/* Periods of different events do not add up: each has a table of its own. */
static void print_event(struct top *top, const struct profile *profile, uint32_t event)
{
	struct function_table table;
	struct stack_sums sums;

	selection_sum(&top->options.selection, profile, top->live.naming, event, &sums);
	function_table_build(&table, &top->options.order, &top->options.selection, profile,
			     top->live.naming, &sums);
	if (recorder_event_name(top->live.recorder, 1)) {
		fputs("# event ", stdout);
		print_printable(stdout, recorder_event_name(top->live.recorder, event));
		fputc('\n', stdout);
	}
	table_text_print(stdout, &table, sums.all, &top->options.table);
	function_table_deinit(&table);
	stack_sums_deinit(&sums);
}

static void print_refresh(struct top *top)
{
	const struct profile *profile = live_refresh(&top->live);

	name_all(top, profile);
	if (top->printed_count++)
		fputc('\n', stdout);
	live_figures_update(&top->figures, &top->live, profile);
	live_header_print(stdout, &top->live, &top->figures);
	for (uint32_t event = 0; recorder_event_name(top->live.recorder, event); event++)
		print_event(top, profile, event);
	fflush(stdout);
}

static bool is_enough(const struct top *top)
{
	return ferror(stdout) || (top->options.batch && top->printed_count >= top->options.batch);
}

/* Rounds until it is time, or over. */
static void wait_until(struct top *top, uint64_t time_ns)
{
	uint64_t now_ns;

	while (!top->live.is_over && (now_ns = live_now_ns()) < time_ns)
		live_step(&top->live, (int)((time_ns - now_ns) / NS_PER_MS) + 1);
}

static void print_refreshes(struct top *top)
{
	uint64_t next_ns = live_now_ns() + top->options.delay_ns;

	live_figures_update(&top->figures, &top->live, live_refresh(&top->live));
	while (!top->live.is_over && !is_enough(top)) {
		wait_until(top, next_ns);
		if (!top->live.is_over)
			print_refresh(top);
		next_ns = live_now_ns() + top->options.delay_ns;
	}
	live_stop(&top->live);
	if (!is_enough(top))
		print_refresh(top);
}

static int run(struct top *top)
{
	bool is_explored = !top->options.batch && terminal_is_there();
	struct error err;

	top->options.target.recorder.is_terminal_taken = is_explored;
	if (!live_open(&top->live, &top->options.target.recorder, &top->options.rolling, &err))
		return command_fail("%s", err.text);
	print_notes(top);
	stop_signal_catch();
	signal(SIGPIPE, SIG_IGN);
	bool is_started = recorder_start(top->live.recorder, &err);

	if (is_started && is_explored)
		is_started = top_screen_run(&top->live, &top->options, &err);
	else if (is_started)
		print_refreshes(top);
	live_close(&top->live);
	return is_started ? command_output(EXIT_DONE) : command_fail("%s", err.text);
}

int cmd_top(int argc, char **argv)
{
	struct top top = { 0 };
	int result = top_options_read(&top.options, argc, argv);

	top.options.target.recorder.stop = &stop_signal;
	if (result < 0)
		result = run(&top);
	top_options_deinit(&top.options);
	return result;
}
