/* SPDX-License-Identifier: MIT */
#include "ui/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int command_fail(const char *format, ...)
{
	va_list arguments;

	fputs("jprof: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

int command_usage(const char *command, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "jprof %s: ", command);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "; see `jprof %s --help`\n", command);
	return EXIT_USAGE;
}

int command_output(int exit_code)
{
	bool has_failed = ferror(stdout);

	if (fflush(stdout) == 0 && !has_failed)
		return exit_code;
	return command_fail("cannot write the output: %s", strerror(errno));
}
