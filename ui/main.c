/* SPDX-License-Identifier: MIT */
#include "ui/bus_signal.h"
#include "ui/command.h"

#include <stdio.h>
#include <string.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct command commands[] = {
	{ "record", cmd_record, "sample a command, processes or the whole system" },
	{ "top", cmd_top, "show what runs while it runs" },
	{ "report", cmd_report, "show a recording: table, trees, folded stacks, statistics" },
	{ "annotate", cmd_annotate,
	  "show a function's source lines and instructions with samples" },
	{ "script", cmd_script, "print every sample, as `perf script` does" },
	{ "pack", cmd_pack, "put names, lines and code into a recording, to be read elsewhere" },
	{ "jitdump", cmd_jitdump, "list or check a jitdump file" },
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(*commands) };

static void print_usage(FILE *out)
{
	fputs("usage: jprof COMMAND [OPTION...]\n\n"
	      "A sampling profiler for programs that mix native and JIT-compiled code.\n\n",
	      out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
	fputs("\n`jprof COMMAND --help` tells a command's options.\n", out);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	bus_signal_catch();
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
		puts("jprof " JPROF_VERSION);
		return EXIT_DONE;
	}
	if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
		print_usage(stdout);
		return EXIT_DONE;
	}
	if (*name)
		fprintf(stderr, "jprof: there is no command '%s'\n", name);
	print_usage(stderr);
	return EXIT_USAGE;
}
