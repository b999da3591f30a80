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

/* Says why there is nothing to list. */
static int fail_without_header(const char *path, const struct jitdump_stream *stream)
{
	if (stream->is_foreign)
		return command_fail("cannot read %s: it is no jitdump file", path);
	return command_fail("cannot read %s: it has no jitdump header yet (%" PRIu64 " bytes)",
			    path, stream->window.file_size);
}

static int list(const char *path, int fd)
{
	struct jitdump_stream stream;
	int code = EXIT_DONE;

	jitdump_stream_init(&stream, fd);
	jitdump_stream_refresh(&stream);
	if (!stream.has_header)
		code = fail_without_header(path, &stream);
	else if (stream.header.version > JITDUMP_VERSION)
		code = command_fail("cannot read %s: its version is %" PRIu32
				    ", and only version 1 is known",
				    path, stream.header.version);
	else
		dump_listing_print(&stream, stdout);
	jitdump_stream_deinit(&stream);
	return code;
}

static int check(const char *path, int fd)
{
	struct jitdump_stream stream;

	jitdump_stream_init(&stream, fd);
	jitdump_stream_refresh(&stream);
	if (!stream.has_header) {
		int code = fail_without_header(path, &stream);

		jitdump_stream_deinit(&stream);
		return code;
	}
	jitdump_stream_deinit(&stream);
	struct dump_check result = dump_check_print(fd, stdout);

	if (result.fault_count > 0)
		return EXIT_FAILED;
	printf("%" PRIu64 " functions, nothing wrong\n", result.function_count);
	return EXIT_DONE;
}

static int run(const char *path, bool is_check)
{
	struct error err;
	int fd = jit_file_open_named(path, &err);

	if (fd < 0)
		return command_fail("%s", err.text);
	int code = is_check ? check(path, fd) : list(path, fd);

	close(fd);
	return code;
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
