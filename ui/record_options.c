/* SPDX-License-Identifier: MIT */
#include "ui/record_options.h"

#include "jitdump/xalloc.h"
#include "ui/command.h"
#include "ui/options.h"

#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel's limits: a record's size is a u16, and locked memory has to be had. */
#define RING_BYTES_MAX (1ull << 30)
#define DURATION_MAX   1e9 /* seconds */

/* zstd's. */
#define COMPRESSION_LEVEL_MAX 22

enum {
	RECORD_CALL_GRAPH = OPTION_LONG,
	RECORD_UNWINDER,
	RECORD_KEEP_STACKS,
	RECORD_EMBED,
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
	{ RECORD_UNWINDER, "unwinder", "NAME", "fast: the compact engine, and libunwind for what does\n"
				       "not fit it; libunwind: that alone" },
	{ RECORD_STACK_SIZE, "stack-size", "BYTES", "of the stack copy to unwind, a multiple of 8 up to\n"
						    "65528 (32768)" },
	{ RECORD_KEEP_STACKS, "keep-stacks", NULL, "keep the stack copies in the file, to unwind again" },
	{ RECORD_EMBED, "embed", NULL, "put the names, lines and code of everything sampled into\n"
				       "the recording, to be read where its files are not" },
	{ 'o', "output", "FILE", "the recording (jprof.data), - for standard output;\n"
				 "one that is there becomes FILE.old" },
	{ 'z', "compression-level", "[=LEVEL]", "compress the recording with zstd, at a level from 1 (-z\n"
						"alone) to 22" },
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

static bool add_event(struct record_options *record, const char *text)
{
	record->events = xgrow(record->events, record->recorder.event_count,
			       &record->event_capacity, sizeof(*record->events));
	record->events[record->recorder.event_count++] = text;
	return true;
}

static bool read_call_graph(struct recorder_options *recorder, const char *text)
{
	recorder->no_call_graph = !strcmp(text, "no");
	if (!strcmp(text, "auto"))
		recorder->method = UNWIND_AUTO;
	else if (!strcmp(text, "dwarf"))
		recorder->method = UNWIND_DWARF;
	else if (!strcmp(text, "fp"))
		recorder->method = UNWIND_FRAME_POINTER;
	else
		return recorder->no_call_graph;
	return true;
}

static bool read_unwinder(const char *text, enum unwind_engine *engine)
{
	*engine = strcmp(text, "libunwind") ? UNWIND_FAST : UNWIND_LIBUNWIND;
	return *engine == UNWIND_LIBUNWIND || !strcmp(text, "fast");
}

static bool read_rate(struct record_options *record, const char *text)
{
	record->recorder.is_rate_given = true;
	record->recorder.is_rate_max = !strcmp(text, "max");
	return record->recorder.is_rate_max ||
	       option_number(text, 1, INT32_MAX, &record->recorder.rate_hz);
}

static bool read_period(struct record_options *record, const char *text)
{
	record->recorder.is_rate_given = true;
	return option_number(text, 1, INT64_MAX, &record->recorder.period);
}

static bool read_uid(struct record_options *record, const char *text)
{
	const struct passwd *user = getpwnam(text);
	uint64_t number;

	if (user)
		record->uid = user->pw_uid;
	else if (option_number(text, 0, UINT32_MAX - 1, &number))
		record->uid = (uint32_t)number;
	else
		return false;
	record->recorder.target.uid = &record->uid;
	return true;
}

static bool read_stack_size(struct record_options *record, const char *text)
{
	return option_number(text, 8, SAMPLED_STACK_MAX, &record->recorder.stack_copy_bytes) &&
	       record->recorder.stack_copy_bytes % 8 == 0;
}

/* "64" pages, "256K" or "2M". */
static bool read_ring_size(struct record_options *record, const char *text)
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
	record->recorder.ring_bytes = number * factor;
	return is_good;
}

static bool read_duration(struct record_options *record, const char *text)
{
	double seconds;

	if (!option_decimal(text, &seconds) || seconds <= 0 || seconds > DURATION_MAX)
		return false;
	record->recorder.duration_ns = (uint64_t)(seconds * 1e9);
	return record->recorder.duration_ns != 0;
}

/* As perf's: 0 is off, and -z alone is the fastest level. */
static bool read_compression(struct record_options *record, const char *text)
{
	uint64_t level = 1;
	bool is_good = !text || option_number(text, 0, COMPRESSION_LEVEL_MAX, &level);

	record->recorder.compression_level = (uint32_t)level;
	return is_good;
}

static bool read_option(struct record_options *record, int letter, const char *value)
{
	struct recorder_options *recorder = &record->recorder;

	switch (letter) {
	case 'p':
		return add_ids(value, &record->pids, &recorder->target.pid_count,
			       &record->pid_capacity);
	case 't':
		return add_ids(value, &record->tids, &recorder->target.tid_count,
			       &record->tid_capacity);
	case RECORD_USER:
		return read_uid(record, value);
	case 'a':
		recorder->target.is_system_wide = true;
		return true;
	case 'C':
		recorder->cpus = value;
		return true;
	case 'e':
		return add_event(record, value);
	case 'F':
		return read_rate(record, value);
	case 'c':
		return read_period(record, value);
	case 'g':
		return read_call_graph(recorder, "auto");
	case RECORD_CALL_GRAPH:
		return read_call_graph(recorder, value);
	case RECORD_UNWINDER:
		return read_unwinder(value, &recorder->engine);
	case RECORD_STACK_SIZE:
		return read_stack_size(record, value);
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
	case RECORD_DURATION:
		return read_duration(record, value);
	case RECORD_NO_INHERIT:
		recorder->no_inherit = true;
		return true;
	case RECORD_KERNEL:
		recorder->target.kernel = TARGET_KERNEL_ALWAYS;
		return true;
	case RECORD_NO_KERNEL:
		recorder->target.kernel = TARGET_KERNEL_NEVER;
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
		return "fast or libunwind";
	case RECORD_STACK_SIZE:
		return "a multiple of 8 up to 65528";
	case 'z':
		return "a level from 1 to 22, or 0 for none";
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
static int check_together(struct record_options *record)
{
	struct recorder_options *recorder = &record->recorder;
	struct target *target = &recorder->target;
	bool has_threads = target->pid_count || target->tid_count || target->uid;

	if (record->repaired && (recorder->command || has_threads || target->is_system_wide))
		return command_usage("record", "--repair closes a recording and samples nothing");
	if (record->repaired)
		return -1;
	if (recorder->cpus && !has_threads)
		target->is_system_wide = true;
	if (target->is_system_wide && has_threads)
		return command_usage("record",
				     "-a is the whole system: leave -p, -t and --user out");
	if (!recorder->command && target_is_command(target))
		return command_usage(
			"record", "what is to be sampled? Give a command, or -p, -t, --user or -a");
	if (recorder->period && (recorder->rate_hz || recorder->is_rate_max))
		return command_usage("record", "-F and -c exclude each other");
	if (!strcmp(recorder->output, "-") && isatty(STDOUT_FILENO))
		return command_usage("record", "-o - would write a recording to the terminal: "
					       "redirect it, or give a file");
	/* As perf: -t is about these threads, not about what they start. */
	if (target->tid_count && !target->pid_count && !target->uid)
		recorder->no_inherit = true;
	return -1;
}

static void take_arguments(struct record_options *record, int argc, char **argv)
{
	if (optind < argc)
		record->recorder.command = argv + optind;
	record->command_line = xcalloc((size_t)argc + 2, sizeof(*record->command_line));
	record->command_line[0] = (char *)"jprof";
	for (int i = 0; i < argc; i++)
		record->command_line[i + 1] = argv[i];
	record->recorder.command_line = record->command_line;
	record->recorder.target.pids = record->pids;
	record->recorder.target.tids = record->tids;
	record->recorder.events = record->events;
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
	take_arguments(record, argc, argv);
	return check_together(record);
}

int record_options_read(struct record_options *record, int argc, char **argv)
{
	struct options options;

	*record = (struct record_options){ .recorder = { .output = "jprof.data" } };
	options_init(&options, rows, usage, false);
	int result = read_all(record, &options, argc, argv);

	options_deinit(&options);
	return result;
}

void record_options_deinit(struct record_options *record)
{
	free(record->pids);
	free(record->tids);
	free(record->events);
	free(record->command_line);
	*record = (struct record_options){ 0 };
}
