/* SPDX-License-Identifier: MIT */
/* jprof report: a recording as a table, as trees, as folded stacks, or its statistics. */
#include "jitdump/xalloc.h"
#include "profiler/profile_collect.h"
#include "ui/command.h"
#include "ui/explorer.h"
#include "ui/flame.h"
#include "ui/function_table.h"
#include "ui/printable.h"
#include "ui/reading.h"
#include "ui/report_header.h"
#include "ui/stop_signal.h"
#include "ui/table_text.h"
#include "ui/tree_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum report_form { FORM_TABLE, FORM_TREE, FORM_CALLERS, FORM_FLAME, FORM_STATS };

struct report {
	struct recording_options recording_options;
	struct selection selection;
	struct sort_order order;
	enum report_form form;
	bool no_children, is_plain, is_text, is_tui;
	uint64_t limit;
	double min_percent; /* below 0: the form's own */
	struct recording recording;
	struct profile *profile;
	size_t printed_count; /* of events */
};

/* clang-format off */
enum {
	REPORT_NO_CHILDREN = OPTION_LONG,
	REPORT_LIMIT, REPORT_MIN_PERCENT, REPORT_TREE, REPORT_CALLERS, REPORT_FLAME, REPORT_PLAIN,
	REPORT_STATS, REPORT_STDIO, REPORT_TUI,
};

static const struct option_row rows[] = {
	RECORDING_OPTION_ROWS,
	{ REPORT_TREE, "tree", NULL, "the call tree, from the outermost functions down" },
	{ REPORT_CALLERS, "callers", NULL, "who calls: from the hottest functions outwards" },
	{ REPORT_FLAME, "flame", NULL, "folded stacks, for any flame graph tool" },
	{ REPORT_PLAIN, "plain", NULL, "folded stacks without the suffixes _[k] _[j] _[i]" },
	{ REPORT_STATS, "stats", NULL, "how good the recording is, one number a line" },
	{ REPORT_STDIO, "stdio", NULL, "text, also on a terminal" },
	{ REPORT_TUI, "tui", NULL, "the terminal UI, which is what a terminal gets" },
	{ 's', "sort", "KEY[,KEY]", "symbol, module, line, comm, pid, tid: what a row is;\n"
				    "self, total: what orders the rows (self)" },
	{ REPORT_NO_CHILDREN, "no-children", NULL, "leave out what functions spend in callees" },
	{ REPORT_LIMIT, "limit", "N", "at most N rows" },
	{ REPORT_MIN_PERCENT, "min-percent", "P", "leave out what is below P percent\n"
						  "(of trees below 0.5)" },
	SELECTION_OPTION_ROWS,
	{ 0 },
};
/* clang-format on */

static const char usage[] =
	"jprof report [OPTION...] [FILE]\n\n"
	"Shows where a recording's time went: a table of functions, call trees, folded stacks.\n"
	"Percentages go by weight (the sampling period), counts are of samples.";

static double min_percent(const struct report *report)
{
	if (report->min_percent >= 0)
		return report->min_percent;
	return report->form == FORM_TABLE ? 0 : 0.5;
}

static void print_table(struct report *report, const struct stack_sums *sums)
{
	const struct table_text_options options = {
		.limit = report->limit,
		.min_percent = min_percent(report),
		.no_children = report->no_children,
	};
	struct function_table table;

	function_table_build(&table, &report->order, &report->selection, report->profile,
			     report->recording.naming, sums);
	table_text_print(stdout, &table, sums->all, &options);
	function_table_deinit(&table);
}

static void print_tree(struct report *report, const struct stack_sums *sums)
{
	const struct tree_text_options options = {
		.is_bottom_up = report->form == FORM_CALLERS,
		.limit = report->limit,
		.min_percent = min_percent(report),
	};

	tree_text_print(stdout, &options, &report->selection, report->profile,
			report->recording.naming, sums);
}

static void print_event_name(struct report *report, uint32_t number, uint64_t sample_count)
{
	size_t count;
	const struct data_event *events = data_reader_events(report->recording.reader, &count);

	fputs(report->printed_count++ ? "\n# event " : "# event ", stdout);
	print_printable(stdout, events[number].name);
	printf(", %" PRIu64 " samples\n", sample_count);
}

/* Periods of different events do not add up: each event is a report of its own. */
static void print_event(struct report *report, uint32_t number, bool is_only)
{
	struct stack_sums sums;

	selection_sum(&report->selection, report->profile, report->recording.naming, number, &sums);
	if (sums.all.count || is_only) {
		if (!is_only)
			print_event_name(report, number, sums.all.count);
		if (report->form == FORM_TABLE)
			print_table(report, &sums);
		else
			print_tree(report, &sums);
	}
	stack_sums_deinit(&sums);
}

/* Counts of samples do add up. */
static void print_flame(struct report *report)
{
	struct stack_sums sums;

	selection_sum(&report->selection, report->profile, report->recording.naming,
		      SELECTION_ALL_EVENTS, &sums);
	flame_print(stdout, &report->selection, report->profile, report->recording.naming, &sums,
		    report->is_plain);
	stack_sums_deinit(&sums);
}

/* Events that have samples, or the first if none has. */
static void print_events(struct report *report)
{
	bool *is_used = NULL;
	size_t count, used = 0;

	data_reader_events(report->recording.reader, &count);
	is_used = xcalloc(count, sizeof(*is_used));
	for (size_t i = 0; i < report->profile->sample_count; i++) {
		uint16_t event = report->profile->samples[i].event;

		used += event < count && !is_used[event];
		if (event < count)
			is_used[event] = true;
	}
	if (!used)
		print_event(report, 0, true);
	for (size_t i = 0; i < count; i++) {
		if (is_used[i])
			print_event(report, (uint32_t)i, used == 1);
	}
	free(is_used);
}

static int compare_locations(const void *a, const void *b)
{
	const struct location *first = a, *second = b;

	if (first->image_id != second->image_id)
		return first->image_id < second->image_id ? -1 : 1;
	if (first->image_address != second->image_address)
		return first->image_address < second->image_address ? -1 : 1;
	return 0;
}

/* Before anything is printed: the header tells which files are missing, and while names are looked
 * for there is progress to be shown. */
static void name_all(struct report *report)
{
	enum { AT_ONCE = 4096 };
	struct progress *progress = &report->recording.progress;
	struct naming *naming = report->recording.naming;
	size_t frames, all = report->profile->location_count;
	struct location *locations = xmalloc((all + 1) * sizeof(*locations));

	if (all)
		memcpy(locations, report->profile->locations, all * sizeof(*locations));
	qsort(locations, all, sizeof(*locations), compare_locations);
	for (size_t i = 0; i < all; i++) {
		if (i % AT_ONCE == 0)
			naming_prepare(naming, &locations[i],
				       all - i < AT_ONCE ? all - i : AT_ONCE);
		if (progress_is_due(progress))
			progress_draw(progress, "naming: %zu of %zu places", i, all);
		naming_frames(naming, locations[i], &frames);
	}
	free(locations);
	progress_erase(progress);
}

/* A name that was mistyped shall not look like one without samples. */
static void remark_nothing_selected(const struct report *report)
{
	struct stack_sums sums = { 0 };

	if (selection_is_all(&report->selection) || !report->profile->sample_count)
		return;
	selection_sum(&report->selection, report->profile, report->recording.naming,
		      SELECTION_ALL_EVENTS, &sums);
	if (!sums.count)
		fputs("jprof: no sample is of what --comm, --pid, --tid, --module, --symbol and "
		      "--time select\n",
		      stderr);
	stack_sums_deinit(&sums);
}

/* The table is for people: on a terminal they get all views. */
static bool is_explored(const struct report *report)
{
	return report->form == FORM_TABLE && !report->is_text &&
	       (report->is_tui || terminal_is_there());
}

/* Downloads show how far they are on the terminal as it is: then all is read and named before. */
static void read_before_screen(struct report *report, struct shown *shown)
{
	recording_read(&report->recording);
	name_all(report);
	stats_collect(&shown->stats, &report->recording, report->profile);
}

static void run_explorer(struct report *report, struct shown *shown, struct terminal *terminal,
			 const struct live_source *source)
{
	struct explorer *explorer =
		explorer_create(shown, terminal, report->recording_options.path, source);

	explorer_run(explorer);
	explorer_destroy(explorer);
}

static int explore(struct report *report)
{
	bool is_read_before = recording_may_download(&report->recording_options);
	struct terminal *terminal;
	struct reading reading;
	struct shown shown;
	struct error err;

	if (!terminal_is_there())
		return command_fail("--tui needs a terminal that can be drawn on: leave it out");
	shown_init(&shown, report->profile, report->recording.naming, &report->recording);
	if (is_read_before)
		read_before_screen(report, &shown);
	stop_signal_catch();
	terminal = terminal_open(&err);
	if (terminal) {
		shown.selection = report->selection; /* and gives it back */
		shown.min_percent = report->min_percent > 0 ? report->min_percent : 0;
		progress_init(&report->recording.progress, -1, NULL);
		reading_init(&reading, &report->recording);
		run_explorer(report, &shown, terminal, is_read_before ? NULL : &reading.source);
		report->selection = shown.selection;
		selection_init(&shown.selection);
		terminal_close(terminal);
	}
	shown_deinit(&shown);
	return terminal ? EXIT_DONE : command_fail("%s", err.text);
}

static void print_text(struct report *report)
{
	struct stats stats;

	recording_read(&report->recording);
	stats_collect(&stats, &report->recording, report->profile);
	if (report->form != FORM_STATS)
		name_all(report);
	if (report->form == FORM_STATS) {
		stats_print(stdout, &stats);
	} else if (report->form == FORM_FLAME) {
		print_flame(report);
	} else {
		report_header_print(stdout, &report->recording, &stats);
		print_events(report);
	}
	if (report->form == FORM_STATS || report->form == FORM_FLAME)
		recording_print_remarks(&report->recording, stderr, "jprof: ");
	if (report->form != FORM_STATS)
		remark_nothing_selected(report);
}

static int print_report(struct report *report)
{
	int result = EXIT_DONE;
	struct error err;

	report->profile = profile_create();
	if (!recording_open(&report->recording, &report->recording_options, profile_collect,
			    report->profile, &err)) {
		profile_destroy(report->profile);
		return command_fail("%s", err.text);
	}
	if (is_explored(report))
		result = explore(report);
	else
		print_text(report);
	recording_close(&report->recording);
	profile_destroy(report->profile);
	return command_output(result);
}

static bool take_form(struct report *report, int letter)
{
	static const struct {
		int letter;
		enum report_form form;
	} forms[] = {
		{ REPORT_TREE, FORM_TREE },
		{ REPORT_CALLERS, FORM_CALLERS },
		{ REPORT_FLAME, FORM_FLAME },
		{ REPORT_STATS, FORM_STATS },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (forms[i].letter != letter)
			continue;
		report->form = forms[i].form;
		return true;
	}
	return false;
}

/* False when the value cannot be read. */
static bool take_option(struct report *report, int letter, const char *argument)
{
	bool bad = false;

	if (take_form(report, letter) ||
	    recording_option(&report->recording_options, letter, argument) ||
	    selection_option(&report->selection, letter, argument, &bad))
		return !bad;
	switch (letter) {
	case 's':
		return sort_order_parse(&report->order, argument);
	case REPORT_LIMIT:
		return option_number(argument, 1, UINT32_MAX, &report->limit);
	case REPORT_MIN_PERCENT:
		return option_decimal(argument, &report->min_percent) && report->min_percent >= 0 &&
		       report->min_percent <= 100;
	case REPORT_NO_CHILDREN:
		report->no_children = true;
		break;
	case REPORT_PLAIN:
		report->is_plain = true;
		break;
	case REPORT_STDIO:
		report->is_text = true;
		break;
	case REPORT_TUI:
		report->is_tui = true;
		break;
	}
	return true;
}

int cmd_report(int argc, char **argv)
{
	struct report report = { .min_percent = -1 };
	struct options options;
	int letter, result = -1;

	options_init(&options, rows, usage, true);
	recording_options_init(&report.recording_options);
	selection_init(&report.selection);
	while (result < 0 && (letter = options_next(&options, argc, argv)) != OPTIONS_END) {
		if (letter == OPTIONS_BAD || letter == OPTIONS_HELP)
			result = letter == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		else if (!take_option(&report, letter, options.argument))
			result = options_refuse(&options, "report", letter);
	}
	if (result < 0)
		result = recording_options_finish(&report.recording_options, argc, argv);
	if (result < 0)
		result = print_report(&report);
	selection_deinit(&report.selection);
	recording_options_deinit(&report.recording_options);
	options_deinit(&options);
	return result;
}
