/* SPDX-License-Identifier: MIT */
/*
 * The commands of jprof: one cmd_NAME.c each, one row in main.c's table.
 *
 * argv[0] is the command's name. Each returns the exit code: 0 done, 1 failed (one sentence on
 * stderr), 2 usage; `record` passes on the recorded command's own.
 */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

int cmd_record(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_annotate(int argc, char **argv);
int cmd_script(int argc, char **argv);
int cmd_pack(int argc, char **argv);
int cmd_jitdump(int argc, char **argv);

/* "jprof: SENTENCE" on stderr; returns EXIT_FAILED. */
int command_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same with a hint at --help; returns EXIT_USAGE. */
int command_usage(const char *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes out what stdout still holds: `exit_code`, or EXIT_FAILED with a sentence if anything of the
 * output could not be written. */
int command_output(int exit_code);

#endif
