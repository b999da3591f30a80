/* SPDX-License-Identifier: MIT */
/*
 * The user's editor, at a line of a file.
 *
 * You give a file and a line; you get $VISUAL, $EDITOR or vi, as a command to be run. It never runs
 * it.
 */
#ifndef UI_EDITOR_H
#define UI_EDITOR_H

enum { EDITOR_ARGUMENTS_MAX = 8 };

struct editor_command {
	const char *name;		  /* as the user set it; borrowed from the environment */
	char *argv[EDITOR_ARGUMENTS_MAX]; /* ends with NULL */
	char *texts[2];			  /* that argv leads into */
};

/* `path` is borrowed for the command's life. */
void editor_command_init(struct editor_command *command, const char *path, unsigned int line);
void editor_command_deinit(struct editor_command *command);

#endif
