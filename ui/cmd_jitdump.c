/* SPDX-License-Identifier: MIT */
/* jprof jitdump: the records of a dump, or what is wrong with it. */
#include "jitdump/stream.h"
#include "profiler/jit_file.h"
#include "ui/command.h"
#include "ui/dump_check.h"
#include "ui/dump_listing.h"
#include "ui/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { JITDUMP_CHECK = OPTION_LONG };

static const struct option_row rows[] = {
	{ JITDUMP_CHECK, "check", NULL, "say what is wrong with the dump; exit 1 if anything is" },
	{ 0 },
};

static const char usage[] =
	"jprof jitdump [--check] FILE\n\n"
	"Lists the records of a jitdump file, which a JIT wrote to announce its "
	"code.";

/* False with a sentence, for which EXIT_FAILED is due, if no record of the file can be read. */
static bool open_stream(struct jitdump_stream *stream, const char *path, int fd)
{
	jitdump_stream_init(stream, fd);
	jitdump_stream_refresh(stream);
	if (stream->is_foreign)
		command_fail("cannot read %s: it is no jitdump file; give the jit-PID.dump that a "
			     "JIT wrote",
			     path);
	else if (!stream->has_header)
		command_fail("cannot read %s: its %" PRIu64 " bytes hold no jitdump header yet; "
			     "let the program that writes it run on, or end",
			     path, stream->window.file_size);
	else if (stream->header.version > JITDUMP_VERSION)
		command_fail("cannot read %s: its version is %" PRIu32
			     " and only 1 is known; a newer jprof may know it",
			     path, stream->header.version);
	else
		return true;
	jitdump_stream_deinit(stream);
	return false;
}

static int check(int fd)
{
	struct dump_check result = dump_check_print(fd, stdout);

	if (result.fault_count > 0)
		return EXIT_FAILED;
	printf("%" PRIu64 " function%s, nothing wrong\n", result.function_count,
	       result.function_count == 1 ? "" : "s");
	return EXIT_DONE;
}

static int run(const char *path, bool is_check)
{
	struct jitdump_stream stream;
	struct error err;
	int fd = jit_file_open_named(path, &err);
	int code = EXIT_DONE;

	if (fd < 0)
		return command_fail("%s", err.text);
	if (!open_stream(&stream, path, fd)) {
		close(fd);
		return EXIT_FAILED;
	}
	if (is_check)
		code = check(fd);
	else
		dump_listing_print(&stream, stdout);
	jitdump_stream_deinit(&stream);
	close(fd);
	return command_output(code);
}

int cmd_jitdump(int argc, char **argv)
{
	struct options options;
	bool is_check = false;
	int letter;

	options_init(&options, rows, usage, true);
	while ((letter = options_next(&options, argc, argv)) >= 0)
		is_check = is_check || letter == JITDUMP_CHECK;
	options_deinit(&options);
	if (letter == OPTIONS_HELP)
		return EXIT_DONE;
	if (letter == OPTIONS_BAD)
		return EXIT_USAGE;
	if (optind + 1 != argc)
		return command_usage("jitdump", "give one FILE");
	return run(argv[optind], is_check);
}
