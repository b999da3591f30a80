/* SPDX-License-Identifier: MIT */
#include "support/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void read_text(const char *directory, const char *name, char *text, size_t size)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

static struct shell_outcome run(const char *directory, const char *command)
{
	struct shell_outcome outcome;
	char script[8192];
	int status;

	setenv("JPROF", JPROF_PROGRAM, 1);
	setenv("PROGRAMS", JPROF_PROGRAMS_DIR, 1);
	snprintf(script, sizeof(script), "cd %s && {\n%s\n} >.printed 2>.said </dev/null",
		 directory, command);
	status = system(script); /* NOLINT(cert-env33-c) */
	outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	read_text(directory, ".said", outcome.said, sizeof(outcome.said));
	read_text(directory, ".printed", outcome.printed, sizeof(outcome.printed));
	return outcome;
}

struct shell_outcome shell_run(const char *directory, const char *format, ...)
{
	va_list arguments;
	char command[4096];

	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	return run(directory, command);
}

long shell_number(const char *directory, const char *format, ...)
{
	va_list arguments;
	char command[4096];

	va_start(arguments, format);
	vsnprintf(command, sizeof(command), format, arguments);
	va_end(arguments);
	struct shell_outcome outcome = run(directory, command);
	char *end;
	long number = strtol(outcome.printed, &end, 10);

	if (end == outcome.printed)
		fail_msg("`%s` prints no number: %s%s", command, outcome.printed, outcome.said);
	return number;
}

void shell_sampling_or_skip(const char *directory)
{
	struct shell_outcome outcome = shell_run(directory, "$PROGRAMS/can_sample");

	if (outcome.exit_code == 0)
		return;
	print_message("SKIPPED: no perf events here: %s", outcome.said);
	skip();
}

bool shell_file_exists(const char *directory, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return access(path, F_OK) == 0;
}
