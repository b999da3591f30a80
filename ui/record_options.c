/* SPDX-License-Identifier: MIT */
#include "ui/record_options.h"

#include "ui/command.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

/* zstd's. */
#define COMPRESSION_LEVEL_MAX 22

enum { RECORD_KEEP_STACKS = OPTION_LONG, RECORD_EMBED, RECORD_REPAIR };

/* clang-format off */
static const struct option_row rows[] = {
	TARGET_OPTION_ROWS,
	{ RECORD_KEEP_STACKS, "keep-stacks", NULL, "keep the stack copies in the file, to unwind again" },
	{ RECORD_EMBED, "embed", NULL, "put the names, lines and code of everything sampled into\n"
				       "the recording, to be read where its files are not" },
	{ 'o', "output", "FILE", "the recording (jprof.data), - for standard output;\n"
				 "one that is there becomes FILE.old" },
	{ 'z', "compression-level", "[=LEVEL]", "compress the recording with zstd, at a level from 1 (-z\n"
						"alone) to 22" },
	{ RECORD_REPAIR, "repair", "FILE", "sample nothing: close a recording whose recorder was\n"
					   "killed, so that perf reads it too (jprof needs no repair)" },
	{ 0 },
};
/* clang-format on */

static const char usage[] =
	"jprof record [OPTION...] [--] [COMMAND [ARGUMENT...]]\n\n"
	"Samples a command, or with -p, -t, --user or -a what runs already, until the\n"
	"command ends (or what is sampled), --duration is over, or Ctrl-C, which the\n"
	"command gets as well. The exit code is the command's, 128 + N if signal N ended\n"
	"it; 1 if recording failed.";

/* As perf's: 0 is off, and -z alone is the fastest level. */
static bool read_compression(struct record_options *record, const char *text)
{
	uint64_t level = 1;
	bool is_good = !text || option_number(text, 0, COMPRESSION_LEVEL_MAX, &level);

	record->target.recorder.compression_level = (uint32_t)level;
	return is_good;
}

/* False when the value cannot be read. */
static bool read_option(struct record_options *record, int letter, const char *value)
{
	struct recorder_options *recorder = &record->target.recorder;
	bool bad;

	if (target_option(&record->target, letter, value, &bad))
		return !bad;
	switch (letter) {
	case RECORD_KEEP_STACKS:
		recorder->keep_stacks = true;
		return true;
	case RECORD_EMBED:
		recorder->embed = true;
		return true;
	case 'o':
		recorder->output = value;
		return true;
	case 'z':
		return read_compression(record, value);
	default:
		record->repaired = value;
		return true;
	}
}

static int refuse_value(int letter, const char *value)
{
	if (letter == 'z')
		return command_usage("record",
				     "--compression-level takes a level from 1 to 22, or 0 for "
				     "none, not '%s'",
				     value);
	return target_option_refuse("record", rows, letter, value);
}

/* -1 if the options go together, else what was printed about them. */
static int finish(struct record_options *record, int argc, char **argv)
{
	struct recorder_options *recorder = &record->target.recorder;
	const struct target *target = &recorder->target;
	bool has_threads = target->pid_count || target->tid_count || target->uid;

	if (record->repaired && (optind < argc || has_threads || target->is_system_wide))
		return command_usage("record", "--repair closes a recording and samples nothing");
	if (record->repaired)
		return -1;
	int result = target_options_finish(&record->target, argc, argv);

	if (result >= 0)
		return result;
	if (!recorder->command && target_is_command(target))
		return command_usage(
			"record", "what is to be sampled? Give a command, or -p, -t, --user or -a");
	if (!strcmp(recorder->output, "-") && isatty(STDOUT_FILENO))
		return command_usage("record", "-o - would write a recording to the terminal: "
					       "redirect it, or give a file");
	return -1;
}

static int read_all(struct record_options *record, struct options *options, int argc, char **argv)
{
	int letter;

	while ((letter = options_next(options, argc, argv)) != OPTIONS_END) {
		if (letter == OPTIONS_HELP)
			return EXIT_DONE;
		if (letter == OPTIONS_BAD)
			return EXIT_USAGE;
		if (!read_option(record, letter, options->argument))
			return refuse_value(letter, options->argument);
	}
	return finish(record, argc, argv);
}

int record_options_read(struct record_options *record, int argc, char **argv)
{
	struct options options;

	*record = (struct record_options){ .target.recorder.output = "jprof.data" };
	options_init(&options, rows, usage, false);
	int result = read_all(record, &options, argc, argv);

	options_deinit(&options);
	return result;
}

void record_options_deinit(struct record_options *record)
{
	target_options_deinit(&record->target);
	*record = (struct record_options){ 0 };
}
