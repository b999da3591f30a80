/* SPDX-License-Identifier: MIT */
/* jprof record: samples a command, processes or the whole system into a recording. */
#include "profiler/data_writer.h"
#include "profiler/recorder.h"
#include "ui/command.h"
#include "ui/printable.h"
#include "ui/quantity.h"
#include "ui/record_options.h"
#include "ui/stop_signal.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static void print_notes(const struct record_options *record, const struct recorder *recorder,
			size_t *printed)
{
	for (; *printed < recorder_note_count(recorder); ++*printed) {
		const struct recorder_note *note = recorder_note(recorder, *printed);

		if (record->target.is_quiet || (note->is_detail && !record->target.is_verbose))
			continue;
		fputs("jprof: ", stderr);
		print_printable(stderr, note->text);
		fputc('\n', stderr);
	}
}

static void print_closing_line(const struct record_options *record,
			       const struct recorder_result *result)
{
	const char *output = record->target.recorder.output;

	if (record->target.is_quiet)
		return;
	fputs("jprof: ", stderr);
	print_count(stderr, result->samples);
	fputs(" samples, ", stderr);
	print_count(stderr, result->lost);
	fputs(" lost, ", stderr);
	if (result->unwound)
		fprintf(stderr, "%.1f%% complete stacks, ",
			100.0 * (double)result->complete / (double)result->unwound);
	print_bytes(stderr, result->file_bytes);
	fprintf(stderr, " in %s\n", strcmp(output, "-") ? output : "standard output");
}

static int run(const struct record_options *record)
{
	struct recorder_result result;
	struct error err;
	struct recorder *recorder = recorder_open(&record->target.recorder, &err);
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

static int repair(const struct record_options *record)
{
	struct data_writer *writer;
	struct error err;

	writer = data_writer_resume(record->repaired, &err);
	if (!writer || !data_writer_close(writer, NULL, &err))
		return command_fail("%s", err.text);
	if (!record->target.is_quiet)
		fprintf(stderr, "jprof: %s is closed: perf reads it\n", record->repaired);
	return EXIT_DONE;
}

int cmd_record(int argc, char **argv)
{
	struct record_options record;
	int result = record_options_read(&record, argc, argv);

	record.target.recorder.stop = &stop_signal;
	if (result < 0)
		result = record.repaired ? repair(&record) : run(&record);
	record_options_deinit(&record);
	return result;
}
