/* SPDX-License-Identifier: MIT */
/* jprof pack: what a recording's samples are called goes into it, so that it can travel. */
#include "ui/command.h"
#include "ui/options.h"
#include "ui/printable.h"
#include "ui/quantity.h"
#include "ui/recording.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct pack {
	struct recording_options recording;
	const char *output; /* NULL: the recording's own place */
	bool is_quiet;
};

static const struct option_row rows[] = {
	RECORDING_OPTION_ROWS,
	{ 'o', "output", "FILE",
	  "the packed recording (the input's own place);\n"
	  "one that is there becomes FILE.old" },
	{ 'q', "quiet", NULL, "say nothing but errors" },
	{ 0 },
};

static const char usage[] =
	"jprof pack [OPTION...]\n\n"
	"Puts the names, lines and code of everything that was sampled into a recording, so\n"
	"that it shows the same where neither binaries nor dumps are. perf reads it as before.";

static void print_closing_line(const struct pack *pack, const struct recording *recording,
			       uint64_t bytes)
{
	uint64_t before = data_reader_file_bytes(recording->reader);

	fputs("jprof: ", stderr);
	print_printable(stderr, pack->output ? pack->output : pack->recording.path);
	fputs(" is packed: ", stderr);
	print_bytes(stderr, bytes);
	fputs(", before ", stderr);
	print_bytes(stderr, before);
	fputc('\n', stderr);
}

/* Everything that is to be stored is named, so that what is missing is known. */
static bool write_packed(const struct pack *pack, const struct recording *recording,
			 struct error *err)
{
	const struct session_store_options options = { .embed = true };
	struct section_bytes chunks = { 0 };
	uint64_t bytes;

	session_store(recording->session, &options, &chunks);
	bool is_done = data_reader_copy(recording->reader, pack->output, &chunks, &bytes, err);

	section_bytes_deinit(&chunks);
	if (pack->is_quiet || !is_done)
		return is_done;
	recording_print_remarks(recording, stderr, "jprof: ");
	print_closing_line(pack, recording, bytes);
	return true;
}

static int pack_recording(const struct pack *pack)
{
	struct recording recording;
	struct error err;

	if (!recording_open(&recording, &pack->recording, NULL, NULL, &err))
		return command_fail("%s", err.text);
	recording_read(&recording);
	bool is_done = write_packed(pack, &recording, &err);

	recording_close(&recording);
	return is_done ? EXIT_DONE : command_fail("%s", err.text);
}

/* -1 if the options go together, else what was printed about them. */
static int check_together(const struct pack *pack, int argc, char **argv)
{
	if (optind < argc)
		return command_usage("pack", "no argument is expected, but there is '%s'",
				     argv[optind]);
	if (!strcmp(pack->recording.path, "-") && !pack->output)
		return command_usage("pack",
				     "where to is standard input to be packed? Give -o FILE");
	if (pack->output && !strcmp(pack->output, "-"))
		return command_usage("pack", "a packed recording is a file: give its name");
	return -1;
}

int cmd_pack(int argc, char **argv)
{
	struct options options;
	struct pack pack = { 0 };
	int letter, result = -1;

	options_init(&options, rows, usage, true);
	recording_options_init(&pack.recording);
	pack.recording.is_to_be_stored = true;
	while (result < 0 && (letter = options_next(&options, argc, argv)) != OPTIONS_END) {
		if (letter == OPTIONS_BAD || letter == OPTIONS_HELP)
			result = letter == OPTIONS_HELP ? EXIT_DONE : EXIT_USAGE;
		else if (letter == 'o')
			pack.output = options.argument;
		else if (letter == 'q')
			pack.is_quiet = true;
		else
			recording_option(&pack.recording, letter, options.argument);
	}
	if (result < 0)
		result = check_together(&pack, argc, argv);
	if (result < 0)
		result = pack_recording(&pack);
	recording_options_deinit(&pack.recording);
	options_deinit(&options);
	return result;
}
