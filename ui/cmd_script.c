/* SPDX-License-Identifier: MIT */
/* jprof script: every sample as text, in the layout of `perf script`. */
#include "ui/command.h"
#include "ui/options.h"
#include "ui/printable.h"
#include "ui/recording.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct script {
	struct recording recording;
	bool nanoseconds, no_inline, ends;
};

enum { SCRIPT_NS = OPTION_LONG, SCRIPT_NO_INLINE, SCRIPT_ENDS };

static const struct option_row rows[] = {
	RECORDING_OPTION_ROWS,
	{ SCRIPT_NS, "ns", NULL, "times in nanoseconds" },
	{ SCRIPT_NO_INLINE, "no-inline", NULL, "leave inlined functions out" },
	{ SCRIPT_ENDS, "ends", NULL, "behind each event: why its stack ends where it does" },
	{ 0 },
};

static const char usage[] = "jprof script [OPTION...] [FILE]\n\n"
			    "Prints every sample of a recording, in the layout of `perf script`.";

static const char *event_name(const struct script *script, uint32_t number)
{
	size_t count;
	const struct data_event *events = data_reader_events(script->recording.reader, &count);

	return number < count ? events[number].name : "unknown";
}

static void print_head(const struct script *script, const struct session_sample *sample)
{
	const struct event *event = sample->event;
	uint64_t seconds = event->time_ns / 1000000000, rest_ns = event->time_ns % 1000000000;

	print_printable(stdout, sample->comm);
	printf(" %5" PRId32 "/%-5" PRId32 " ", (int32_t)event->pid, (int32_t)event->tid);
	if (event->cpu != UINT32_MAX)
		printf("[%03" PRIu32 "] ", event->cpu);
	if (script->nanoseconds)
		printf("%5" PRIu64 ".%09" PRIu64 ": ", seconds, rest_ns);
	else
		printf("%5" PRIu64 ".%06" PRIu64 ": ", seconds, rest_ns / 1000);
	printf("%10" PRIu64 " ", event->sample.period);
	print_printable(stdout, event_name(script, event->event_number));
	printf(": %s%s\n", script->ends ? stack_end_name(sample->chain->end) : "",
	       script->ends && sample->chain->is_joined ? ",joined" : "");
}

/* perf gives the path of the file; what has none is its module. */
static const char *module_path(const struct image *image, const struct named_frame *frame)
{
	if (image->kind == IMAGE_KERNEL && !strcmp(frame->module, "[kernel]"))
		return image->path;
	return image->kind == IMAGE_ELF ? image->path : frame->module;
}

static void print_inlined(const struct chain_frame *at, const struct named_frame *frames,
			  size_t count)
{
	for (size_t i = 0; i + 1 < count; i++) {
		printf("\t%16" PRIx64 " ", at->pc);
		print_printable(stdout, frames[i].function);
		puts(" (inlined)");
	}
}

static void print_frame(const struct script *script, const struct chain_frame *at,
			const struct code *code)
{
	const struct location location = { code->image->id, code->image_address };
	struct naming *naming = script->recording.naming;
	size_t count;
	const struct named_frame *frames = naming_frames(naming, location, &count);
	const char *symbol;
	uint64_t offset;

	if (!script->no_inline)
		print_inlined(at, frames, count);
	printf("\t%16" PRIx64 " ", at->pc);
	if (naming_symbol(naming, location, &symbol, &offset)) {
		print_printable(stdout, symbol);
		/* The location of a return address is the byte before it. */
		printf("+0x%" PRIx64, offset + at->is_return);
	} else {
		fputs(code->kind == CODE_JIT_UNKNOWN ? "[jit?]" : "[unknown]", stdout);
	}
	fputs(" (", stdout);
	print_printable(stdout, module_path(code->image, &frames[count - 1]));
	puts(")");
}

static void print_sample(void *context, const struct session_sample *sample)
{
	const struct script *script = context;

	print_head(script, sample);
	for (size_t i = 0; i < sample->chain->count; i++)
		print_frame(script, &sample->chain->frames[i], &sample->codes[i]);
	putchar('\n');
}

static int print_recording(struct script *script, const struct recording_options *options)
{
	struct error err;

	if (!recording_open(&script->recording, options, print_sample, script, &err))
		return command_fail("%s", err.text);
	recording_read(&script->recording);
	recording_print_remarks(&script->recording, stderr, "jprof: ");
	recording_close(&script->recording);
	return command_output(EXIT_DONE);
}

int cmd_script(int argc, char **argv)
{
	struct recording_options recording;
	struct options options;
	struct script script = { 0 };
	int letter, result = -1;

	options_init(&options, rows, usage, true);
	recording_options_init(&recording);
	recording.is_printed_while_read = true;
	while (result < 0 && (letter = options_next(&options, argc, argv)) != OPTIONS_END) {
		if (letter == OPTIONS_BAD || letter == OPTIONS_HELP)
			result = letter == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		else if (letter == SCRIPT_NS)
			script.nanoseconds = true;
		else if (letter == SCRIPT_NO_INLINE)
			script.no_inline = true;
		else if (letter == SCRIPT_ENDS)
			script.ends = true;
		else
			recording_option(&recording, letter, options.argument);
	}
	if (result < 0)
		result = recording_options_finish(&recording, argc, argv);
	if (result < 0)
		result = print_recording(&script, &recording);
	recording_options_deinit(&recording);
	options_deinit(&options);
	return result;
}
