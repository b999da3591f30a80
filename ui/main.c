/* SPDX-License-Identifier: MIT */
/* jprof COMMAND: one row for each command; everything else is in its cmd_NAME.c. */
#include "ui/command.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "record", cmd_record, "sample a command, processes or the whole system" },
	{ "report", cmd_report, "show a recording: table, trees, folded stacks, statistics" },
	{ "script", cmd_script, "print every sample of a recording" },
	{ "jitdump", cmd_jitdump, "list the records of a jitdump file, or check it" },
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(*commands) };

static void print_help(FILE *out)
{
	fputs("usage: jprof COMMAND [OPTION...]\n\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-10s%s\n", commands[i].name, commands[i].help);
	fputs("\n`jprof COMMAND --help` explains each; `jprof --version` tells the version.\n",
	      out);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) {
		print_help(stdout);
		return EXIT_DONE;
	}
	if (!strcmp(name, "--version")) {
		puts("jprof " JPROF_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	if (*name)
		fprintf(stderr, "jprof: there is no command '%s'\n", name);
	print_help(stderr);
	return EXIT_USAGE;
}
