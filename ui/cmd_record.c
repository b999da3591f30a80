/* SPDX-License-Identifier: MIT */
/* jprof record: samples a command, processes or the whole system into a recording. */
#include "jitdump/xalloc.h"
#include "profiler/data_writer.h"
#include "profiler/recorder.h"
#include "ui/command.h"
#include "ui/options.h"
#include "ui/printable.h"
#include "ui/stop_signal.h"

#include <getopt.h>
#include <inttypes.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel's limits: a record's size is a u16, and locked memory has to be had. */
#define STACK_BYTES_MAX 65528
#define RING_BYTES_MAX	(1ull << 30)
#define DURATION_MAX	1e9 /* seconds */

enum {
	RECORD_CALL_GRAPH = OPTION_LONG,
	RECORD_UNWINDER,
	RECORD_KEEP_STACKS,
	RECORD_STACK_SIZE,
	RECORD_DURATION,
	RECORD_NO_INHERIT,
	RECORD_KERNEL,
	RECORD_NO_KERNEL,
	RECORD_USER,
	RECORD_REPAIR,
};

/* clang-format off */
static const struct option_row rows[] = {
	{ 'p', "pid", "PID[,PID...]", "sample these processes: all their threads, and what\n"
				      "descends from them, now and to come" },
	{ 't', "tid", "TID[,TID...]", "sample these threads alone" },
	{ RECORD_USER, "user", "USER", "sample all processes of a user (name or number)" },
	{ 'a', "all-cpus", NULL, "sample the whole system" },
	{ 'C', "cpu", "CPUS", "only on these CPUs (0-3,6); without -p, -t and\n"
			      "--user the whole system there" },
	{ 'e', "event", "EVENT[,EVENT...]", "what to sample, by perf's names: cycles, cpu-clock,\n"
					    "page-faults, r1c2, cpu/event=0x3c/, sched:sched_switch,\n"
					    "with modifiers (:u, :k ...); may be repeated\n"
					    "(cycles, or cpu-clock where there is no such counter)" },
	{ 'F', "freq", "HZ", "samples per second, or max (999)" },
	{ 'c', "count", "N", "a sample every N events, instead of -F" },
	{ 'g', NULL, NULL, "--call-graph auto, which is the default" },
	{ RECORD_CALL_GRAPH, "call-graph", "HOW", "auto: by unwind tables, and by frame pointers where\n"
						  "there are none; dwarf: by unwind tables alone;\n"
						  "fp: by frame pointers, in the kernel; no" },
	{ RECORD_UNWINDER, "unwinder", "NAME", "libunwind, which is the only one" },
	{ RECORD_STACK_SIZE, "stack-size", "BYTES", "of the stack copy to unwind, a multiple of 8 up to\n"
						    "65528 (32768)" },
	{ RECORD_KEEP_STACKS, "keep-stacks", NULL, "keep the stack copies in the file, to unwind again" },
	{ 'o', "output", "FILE", "the recording (jprof.data), - for standard output;\n"
				 "one that is there becomes FILE.old" },
	{ RECORD_DURATION, "duration", "SECONDS", "stop after so long; a command is then ended with\n"
						  "SIGTERM, and that is no failure" },
	{ RECORD_NO_INHERIT, "no-inherit", NULL, "leave out threads and processes to come" },
	{ RECORD_KERNEL, "kernel", NULL, "sample the kernel, or fail if that is not permitted" },
	{ RECORD_NO_KERNEL, "no-kernel", NULL, "leave the kernel out (else it is in where permitted)" },
	{ 'm', "mmap-pages", "N|SIZE", "ring for a CPU's samples: pages, or bytes with K or M" },
	{ RECORD_REPAIR, "repair", "FILE", "sample nothing: close a recording whose recorder was\n"
					   "killed, so that perf reads it too (jprof needs no repair)" },
	{ 'q', "quiet", NULL, "say nothing but errors" },
	{ 'v', "verbose", NULL, "say what was decided: events, rates, rings, limits" },
	{ 0 },
};
/* clang-format on */

static const char usage[] =
	"jprof record [OPTION...] [--] [COMMAND [ARGUMENT...]]\n\n"
	"Samples a command, or with -p, -t, --user or -a what runs already, until the\n"
	"command ends (or what is sampled), --duration is over, or Ctrl-C, which the\n"
	"command gets as well. The exit code is the command's, 128 + N if signal N ended\n"
	"it; 1 if recording failed.";

struct record {
	struct recorder_options options;
	uint32_t *pids, *tids;
	size_t pid_capacity, tid_capacity;
	const char **events;
	size_t event_capacity;
	char **command_line;
	uint32_t uid;
	const char *repaired; /* the recording to be closed, instead of making one */
	bool is_quiet, is_verbose;
};

/* Each reads one option's value; false if it is none: the caller says so. */

static bool add_ids(const char *text, uint32_t **ids, size_t *count, size_t *capacity)
{
	char *copy = xstrdup(text), *rest = NULL;
	uint64_t id;
	bool is_good = *text != '\0';

	for (char *item = strtok_r(copy, ",", &rest); is_good && item;
	     item = strtok_r(NULL, ",", &rest)) {
		is_good = option_number(item, 1, INT32_MAX, &id);
		*ids = xgrow(*ids, *count, capacity, sizeof(**ids));
		(*ids)[(*count)++] = (uint32_t)id;
	}
	free(copy);
	return is_good && *count;
}

static bool add_event(struct record *record, const char *text)
{
	record->events = xgrow(record->events, record->options.event_count, &record->event_capacity,
			       sizeof(*record->events));
	record->events[record->options.event_count++] = text;
	return true;
}

static bool read_call_graph(struct recorder_options *options, const char *text)
{
	options->no_call_graph = !strcmp(text, "no");
	if (!strcmp(text, "auto"))
		options->method = UNWIND_AUTO;
	else if (!strcmp(text, "dwarf"))
		options->method = UNWIND_DWARF;
	else if (!strcmp(text, "fp"))
		options->method = UNWIND_FRAME_POINTER;
	else
		return options->no_call_graph;
	return true;
}

static bool read_rate(struct record *record, const char *text)
{
	record->options.is_rate_given = true;
	record->options.is_rate_max = !strcmp(text, "max");
	return record->options.is_rate_max ||
	       option_number(text, 1, INT32_MAX, &record->options.rate_hz);
}

static bool read_period(struct record *record, const char *text)
{
	record->options.is_rate_given = true;
	return option_number(text, 1, INT64_MAX, &record->options.period);
}

static bool read_uid(struct record *record, const char *text)
{
	const struct passwd *user = getpwnam(text);
	uint64_t number;

	if (user)
		record->uid = user->pw_uid;
	else if (option_number(text, 0, UINT32_MAX - 1, &number))
		record->uid = (uint32_t)number;
	else
		return false;
	record->options.target.uid = &record->uid;
	return true;
}

static bool read_stack_size(struct record *record, const char *text)
{
	return option_number(text, 8, STACK_BYTES_MAX, &record->options.stack_copy_bytes) &&
	       record->options.stack_copy_bytes % 8 == 0;
}

/* "64" pages, "256K" or "2M". */
static bool read_ring_size(struct record *record, const char *text)
{
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits;
	uint64_t factor, number;

	if (!*unit)
		factor = (uint64_t)sysconf(_SC_PAGESIZE);
	else if (!strcmp(unit, "K") || !strcmp(unit, "k"))
		factor = 1 << 10;
	else if (!strcmp(unit, "M") || !strcmp(unit, "m"))
		factor = 1 << 20;
	else
		return false;
	char *copy = xstrndup(text, digits);
	bool is_good = option_number(copy, 1, RING_BYTES_MAX / factor, &number);

	free(copy);
	record->options.ring_bytes = number * factor;
	return is_good;
}

static bool read_duration(struct record *record, const char *text)
{
	double seconds;

	if (!option_decimal(text, &seconds) || seconds <= 0 || seconds > DURATION_MAX)
		return false;
	record->options.duration_ns = (uint64_t)(seconds * 1e9);
	return record->options.duration_ns != 0;
}

static bool read_option(struct record *record, int letter, const char *value)
{
	struct recorder_options *options = &record->options;

	switch (letter) {
	case 'p':
		return add_ids(value, &record->pids, &options->target.pid_count,
			       &record->pid_capacity);
	case 't':
		return add_ids(value, &record->tids, &options->target.tid_count,
			       &record->tid_capacity);
	case RECORD_USER:
		return read_uid(record, value);
	case 'a':
		options->target.is_system_wide = true;
		return true;
	case 'C':
		options->cpus = value;
		return true;
	case 'e':
		return add_event(record, value);
	case 'F':
		return read_rate(record, value);
	case 'c':
		return read_period(record, value);
	case 'g':
		return read_call_graph(options, "auto");
	case RECORD_CALL_GRAPH:
		return read_call_graph(options, value);
	case RECORD_UNWINDER:
		return !strcmp(value, "libunwind");
	case RECORD_STACK_SIZE:
		return read_stack_size(record, value);
	case RECORD_KEEP_STACKS:
		options->keep_stacks = true;
		return true;
	case 'o':
		options->output = value;
		return true;
	case RECORD_DURATION:
		return read_duration(record, value);
	case RECORD_NO_INHERIT:
		options->no_inherit = true;
		return true;
	case RECORD_KERNEL:
		options->target.kernel = TARGET_KERNEL_ALWAYS;
		return true;
	case RECORD_NO_KERNEL:
		options->target.kernel = TARGET_KERNEL_NEVER;
		return true;
	case RECORD_REPAIR:
		record->repaired = value;
		return true;
	case 'm':
		return read_ring_size(record, value);
	case 'q':
		record->is_quiet = true;
		return true;
	default:
		record->is_verbose = true;
		return true;
	}
}

static const char *expected_of(int letter)
{
	switch (letter) {
	case 'p':
	case 't':
		return "numbers with commas between";
	case 'F':
		return "a number of samples per second, or max";
	case 'c':
		return "a number of events";
	case 'm':
		return "pages, or a size with K or M, up to 1024M";
	case RECORD_USER:
		return "the name or number of a user";
	case RECORD_CALL_GRAPH:
		return "auto, dwarf, fp or no";
	case RECORD_UNWINDER:
		return "libunwind, which is the only one";
	case RECORD_STACK_SIZE:
		return "a multiple of 8 up to 65528";
	default:
		return "a number of seconds";
	}
}

static int refuse_value(int letter, const char *value)
{
	const struct option_row *row = rows;

	while (row->letter != letter)
		row++;
	return command_usage("record", "--%s takes %s, not '%s'", row->name, expected_of(letter),
			     value);
}

/* -1 if the options go together, else what was printed about them. */
static int check_together(struct record *record)
{
	struct recorder_options *options = &record->options;
	struct target *target = &options->target;
	bool has_threads = target->pid_count || target->tid_count || target->uid;

	if (record->repaired && (options->command || has_threads || target->is_system_wide))
		return command_usage("record", "--repair closes a recording and samples nothing");
	if (record->repaired)
		return -1;
	if (options->cpus && !has_threads)
		target->is_system_wide = true;
	if (target->is_system_wide && has_threads)
		return command_usage("record",
				     "-a is the whole system: leave -p, -t and --user out");
	if (!options->command && target_is_command(target))
		return command_usage(
			"record", "what is to be sampled? Give a command, or -p, -t, --user or -a");
	if (options->period && (options->rate_hz || options->is_rate_max))
		return command_usage("record", "-F and -c exclude each other");
	if (!strcmp(options->output, "-") && isatty(STDOUT_FILENO))
		return command_usage("record", "-o - would write a recording to the terminal: "
					       "redirect it, or give a file");
	/* As perf: -t is about these threads, not about what they start. */
	if (target->tid_count && !target->pid_count && !target->uid)
		options->no_inherit = true;
	return -1;
}

static void print_notes(const struct record *record, const struct recorder *recorder,
			size_t *printed)
{
	for (; *printed < recorder_note_count(recorder); ++*printed) {
		const struct recorder_note *note = recorder_note(recorder, *printed);

		if (record->is_quiet || (note->is_detail && !record->is_verbose))
			continue;
		fputs("jprof: ", stderr);
		print_printable(stderr, note->text);
		fputc('\n', stderr);
	}
}

/* "4,012" */
static void print_count(uint64_t count)
{
	if (count >= 1000) {
		print_count(count / 1000);
		fprintf(stderr, ",%03" PRIu64, count % 1000);
	} else {
		fprintf(stderr, "%" PRIu64, count);
	}
}

static void print_size(uint64_t bytes)
{
	if (bytes < 1000)
		fprintf(stderr, "%" PRIu64 " bytes", bytes);
	else if (bytes < 1000000)
		fprintf(stderr, "%.1f kB", (double)bytes / 1e3);
	else if (bytes < 1000000000)
		fprintf(stderr, "%.1f MB", (double)bytes / 1e6);
	else
		fprintf(stderr, "%.1f GB", (double)bytes / 1e9);
}

static void print_closing_line(const struct record *record, const struct recorder_result *result)
{
	const char *output = record->options.output;

	if (record->is_quiet)
		return;
	fputs("jprof: ", stderr);
	print_count(result->samples);
	fputs(" samples, ", stderr);
	print_count(result->lost);
	fputs(" lost, ", stderr);
	if (result->unwound)
		fprintf(stderr, "%.1f%% complete stacks, ",
			100.0 * (double)result->complete / (double)result->unwound);
	print_size(result->file_bytes);
	fprintf(stderr, " in %s\n", strcmp(output, "-") ? output : "standard output");
}

static int run(const struct record *record)
{
	struct recorder_result result;
	struct error err;
	struct recorder *recorder = recorder_open(&record->options, &err);
	size_t printed = 0;

	if (!recorder)
		return command_fail("%s", err.text);
	print_notes(record, recorder, &printed);
	stop_signal_catch();
	/* A reader of our standard output that ends is an error to be told, after the file is. */
	signal(SIGPIPE, SIG_IGN);
	bool is_whole = recorder_run(recorder, &result, &err);

	print_notes(record, recorder, &printed);
	if (!is_whole)
		command_fail("%s", err.text);
	if (is_whole || result.samples)
		print_closing_line(record, &result);
	recorder_close(recorder);
	return is_whole ? result.exit_code : EXIT_FAILED;
}

static int repair(const struct record *record)
{
	struct data_writer *writer;
	struct error err;

	writer = data_writer_resume(record->repaired, &err);
	if (!writer || !data_writer_close(writer, NULL, &err))
		return command_fail("%s", err.text);
	if (!record->is_quiet)
		fprintf(stderr, "jprof: %s is closed: perf reads it\n", record->repaired);
	return EXIT_DONE;
}

/* -1 when all was read, else the exit code. */
static int read_options(struct record *record, struct options *options, int argc, char **argv)
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
	if (optind < argc)
		record->options.command = argv + optind;
	record->command_line = xcalloc((size_t)argc + 2, sizeof(*record->command_line));
	record->command_line[0] = (char *)"jprof";
	for (int i = 0; i < argc; i++)
		record->command_line[i + 1] = argv[i];
	record->options.command_line = record->command_line;
	record->options.target.pids = record->pids;
	record->options.target.tids = record->tids;
	record->options.events = record->events;
	return check_together(record);
}

int cmd_record(int argc, char **argv)
{
	struct record record = {
		.options = { .output = "jprof.data", .stop = &stop_signal },
	};
	struct options options;
	int result;

	options_init(&options, rows, usage, false);
	result = read_options(&record, &options, argc, argv);
	if (result < 0)
		result = record.repaired ? repair(&record) : run(&record);
	options_deinit(&options);
	free(record.pids);
	free(record.tids);
	free(record.events);
	free(record.command_line);
	return result;
}
