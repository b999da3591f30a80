/* SPDX-License-Identifier: MIT */
#include "ui/target_options.h"

#include "jitdump/xalloc.h"
#include "ui/command.h"

#include <getopt.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel's limits: a record's size is a u16, and locked memory has to be had. */
#define RING_BYTES_MAX (1ull << 30)
#define DURATION_MAX   1e9 /* seconds */

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

static bool add_event(struct target_options *options, const char *text)
{
	options->events = xgrow(options->events, options->recorder.event_count,
				&options->event_capacity, sizeof(*options->events));
	options->events[options->recorder.event_count++] = text;
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

static bool read_rate(struct target_options *options, const char *text)
{
	options->recorder.is_rate_given = true;
	options->recorder.is_rate_max = !strcmp(text, "max");
	return options->recorder.is_rate_max ||
	       option_number(text, 1, INT32_MAX, &options->recorder.rate_hz);
}

static bool read_period(struct target_options *options, const char *text)
{
	options->recorder.is_rate_given = true;
	return option_number(text, 1, INT64_MAX, &options->recorder.period);
}

static bool read_uid(struct target_options *options, const char *text)
{
	const struct passwd *user = getpwnam(text);
	uint64_t number;

	if (user)
		options->uid = user->pw_uid;
	else if (option_number(text, 0, UINT32_MAX - 1, &number))
		options->uid = (uint32_t)number;
	else
		return false;
	options->recorder.target.uid = &options->uid;
	return true;
}

static bool read_stack_size(struct target_options *options, const char *text)
{
	return option_number(text, 8, SAMPLED_STACK_MAX, &options->recorder.stack_copy_bytes) &&
	       options->recorder.stack_copy_bytes % 8 == 0;
}

/* "64" pages, "256K" or "2M". */
static bool read_ring_size(struct target_options *options, const char *text)
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
	options->recorder.ring_bytes = number * factor;
	return is_good;
}

static bool read_duration(struct target_options *options, const char *text)
{
	double seconds;

	if (!option_decimal(text, &seconds) || seconds <= 0 || seconds > DURATION_MAX)
		return false;
	options->recorder.duration_ns = (uint64_t)(seconds * 1e9);
	return options->recorder.duration_ns != 0;
}

static bool read_option(struct target_options *options, int letter, const char *value)
{
	struct recorder_options *recorder = &options->recorder;

	switch (letter) {
	case 'p':
		return add_ids(value, &options->pids, &recorder->target.pid_count,
			       &options->pid_capacity);
	case 't':
		return add_ids(value, &options->tids, &recorder->target.tid_count,
			       &options->tid_capacity);
	case TARGET_USER:
		return read_uid(options, value);
	case 'a':
		recorder->target.is_system_wide = true;
		return true;
	case 'C':
		recorder->cpus = value;
		return true;
	case 'e':
		return add_event(options, value);
	case 'F':
		return read_rate(options, value);
	case 'c':
		return read_period(options, value);
	case 'g':
		return read_call_graph(recorder, "auto");
	case TARGET_CALL_GRAPH:
		return read_call_graph(recorder, value);
	case TARGET_UNWINDER:
		return read_unwinder(value, &recorder->engine);
	case TARGET_STACK_SIZE:
		return read_stack_size(options, value);
	case TARGET_DURATION:
		return read_duration(options, value);
	case TARGET_NO_INHERIT:
		recorder->no_inherit = true;
		return true;
	case TARGET_KERNEL:
		recorder->target.kernel = TARGET_KERNEL_ALWAYS;
		return true;
	case TARGET_NO_KERNEL:
		recorder->target.kernel = TARGET_KERNEL_NEVER;
		return true;
	case 'm':
		return read_ring_size(options, value);
	case 'q':
		options->is_quiet = true;
		return true;
	default:
		options->is_verbose = true;
		return true;
	}
}

bool target_option(struct target_options *options, int letter, const char *value, bool *bad)
{
	static const struct option_row rows[] = { TARGET_OPTION_ROWS, { 0 } };
	const struct option_row *row = rows;

	while (row->letter && row->letter != letter)
		row++;
	*bad = row->letter && !read_option(options, letter, value);
	return row->letter != 0;
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
	case TARGET_USER:
		return "the name or number of a user";
	case TARGET_CALL_GRAPH:
		return "auto, dwarf, fp or no";
	case TARGET_UNWINDER:
		return "fast or libunwind";
	case TARGET_STACK_SIZE:
		return "a multiple of 8 up to 65528";
	default:
		return "a number of seconds";
	}
}

int target_option_refuse(const char *command, const struct option_row *rows, int letter,
			 const char *value)
{
	while (rows->letter != letter)
		rows++;
	return command_usage(command, "--%s takes %s, not '%s'", rows->name, expected_of(letter),
			     value);
}

static void take_arguments(struct target_options *options, int argc, char **argv)
{
	if (optind < argc)
		options->recorder.command = argv + optind;
	options->command_line = xcalloc((size_t)argc + 2, sizeof(*options->command_line));
	options->command_line[0] = (char *)"jprof";
	for (int i = 0; i < argc; i++)
		options->command_line[i + 1] = argv[i];
	options->recorder.command_line = options->command_line;
	options->recorder.target.pids = options->pids;
	options->recorder.target.tids = options->tids;
	options->recorder.events = options->events;
}

int target_options_finish(struct target_options *options, int argc, char **argv)
{
	struct recorder_options *recorder = &options->recorder;
	struct target *target = &recorder->target;
	bool has_threads = target->pid_count || target->tid_count || target->uid;

	take_arguments(options, argc, argv);
	if (recorder->cpus && !has_threads)
		target->is_system_wide = true;
	if (target->is_system_wide && has_threads)
		return command_usage(argv[0],
				     "-a is the whole system: leave -p, -t and --user out");
	if (recorder->period && (recorder->rate_hz || recorder->is_rate_max))
		return command_usage(argv[0], "-F and -c exclude each other");
	/* As perf: -t is about these threads, not about what they start. */
	if (target->tid_count && !target->pid_count && !target->uid)
		recorder->no_inherit = true;
	return -1;
}

void target_options_deinit(struct target_options *options)
{
	free(options->pids);
	free(options->tids);
	free(options->events);
	free(options->command_line);
	*options = (struct target_options){ 0 };
}
