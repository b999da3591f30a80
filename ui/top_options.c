/* SPDX-License-Identifier: MIT */
#include "ui/top_options.h"

#include "ui/command.h"

#include <getopt.h>

#define LEAST_DELAY	  0.25 /* seconds: more than four times a second nobody reads */
#define DEFAULT_HALF_LIFE 5.0
#define SECONDS_MAX	  1e6

enum {
	TOP_WINDOW = OPTION_LONG,
	TOP_DECAY,
	TOP_BATCH,
	TOP_LIMIT,
	TOP_MIN_PERCENT,
	TOP_NO_CHILDREN,
};

/* clang-format off */
static const struct option_row rows[] = {
	TARGET_OPTION_ROWS,
	{ 'd', "delay", "SECONDS", "from one refresh to the next (1), 0.25 at least" },
	{ TOP_WINDOW, "window", "SECONDS", "only the samples of the last so many seconds" },
	{ TOP_DECAY, "decay", "[=SECONDS]", "a sample weighs half after so long (5)" },
	{ TOP_BATCH, "batch", "N", "print N refreshes as text, and end" },
	{ 's', "sort", "KEY[,KEY]", "symbol, module, line, comm, pid, tid: what a row is;\n"
				    "self, total: what orders the rows (self)" },
	{ TOP_NO_CHILDREN, "no-children", NULL, "leave out what functions spend in callees" },
	{ TOP_LIMIT, "limit", "N", "at most N rows" },
	{ TOP_MIN_PERCENT, "min-percent", "P", "leave out what is below P percent" },
	SELECTION_COMM_ROW,
	SELECTION_PLACE_ROWS,
	{ 0 },
};
/* clang-format on */

static const char usage[] =
	"jprof top [OPTION...] [--] [COMMAND [ARGUMENT...]]\n\n"
	"Shows what runs while it runs: the whole system, with -p, -t or --user a part of it,\n"
	"or a command, until it ends, --duration is over, or Ctrl-C. Where standard output is no\n"
	"terminal it prints text. Percentages go by weight (the sampling period), counts are of\n"
	"samples.";

static bool read_seconds(const char *text, double least, uint64_t *ns)
{
	double seconds;

	if (!option_decimal(text, &seconds) || seconds < least || seconds > SECONDS_MAX)
		return false;
	*ns = (uint64_t)(seconds * 1e9);
	return true;
}

static bool read_rolling(struct top_options *top, enum rolling_mode mode, const char *text)
{
	top->rolling.mode = mode;
	top->rolling.span_ns = (uint64_t)(DEFAULT_HALF_LIFE * 1e9);
	return !text || read_seconds(text, 0.1, &top->rolling.span_ns);
}

/* False when the value cannot be read. */
static bool read_option(struct top_options *top, int letter, const char *value)
{
	uint64_t number;

	switch (letter) {
	case 'd':
		return read_seconds(value, LEAST_DELAY, &top->delay_ns);
	case TOP_WINDOW:
		return read_rolling(top, ROLLING_WINDOW, value);
	case TOP_DECAY:
		return read_rolling(top, ROLLING_DECAY, value);
	case TOP_BATCH:
		return option_number(value, 1, UINT32_MAX, &top->batch);
	case 's':
		return sort_order_parse(&top->order, value);
	case TOP_LIMIT:
		if (!option_number(value, 1, UINT32_MAX, &number))
			return false;
		top->table.limit = number;
		return true;
	case TOP_MIN_PERCENT:
		return option_decimal(value, &top->table.min_percent) &&
		       top->table.min_percent >= 0 && top->table.min_percent <= 100;
	default:
		top->table.no_children = true;
		return true;
	}
}

/* -1, or what was printed about the value. */
static int take_option(struct top_options *top, const struct options *options, int letter)
{
	bool bad;

	if (target_option(&top->target, letter, options->argument, &bad))
		return bad ? target_option_refuse("top", rows, letter, options->argument) : -1;
	if (selection_option(&top->selection, letter, options->argument, &bad))
		return bad ? options_refuse(options, "top", letter) : -1;
	if ((letter == TOP_WINDOW || letter == TOP_DECAY) && top->rolling.mode != ROLLING_ALL)
		return command_usage("top", "--window and --decay exclude each other");
	return read_option(top, letter, options->argument) ? -1
							   : options_refuse(options, "top", letter);
}

static int read_all(struct top_options *top, struct options *options, int argc, char **argv)
{
	struct recorder_options *recorder = &top->target.recorder;
	int letter, result = -1;

	while (result < 0 && (letter = options_next(options, argc, argv)) != OPTIONS_END) {
		if (letter == OPTIONS_HELP)
			return EXIT_DONE;
		if (letter == OPTIONS_BAD)
			return EXIT_USAGE;
		result = take_option(top, options, letter);
	}
	if (result < 0)
		result = target_options_finish(&top->target, argc, argv);
	if (!recorder->command && target_is_command(&recorder->target))
		recorder->target.is_system_wide = true;
	return result;
}

int top_options_read(struct top_options *top, int argc, char **argv)
{
	struct options options;

	*top = (struct top_options){ .delay_ns = 1000000000 };
	selection_init(&top->selection);
	options_init(&options, rows, usage, false);
	int result = read_all(top, &options, argc, argv);

	options_deinit(&options);
	return result;
}

void top_options_deinit(struct top_options *top)
{
	selection_deinit(&top->selection);
	target_options_deinit(&top->target);
	*top = (struct top_options){ 0 };
}
