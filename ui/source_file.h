/* SPDX-License-Identifier: MIT */
/*
 * Source files as far as they are on this machine, line by line.
 *
 * You give a path as it was recorded; you get texts of lines, fit for a terminal. The file is looked
 * for where it was, and below the working directory by the ends of its path, the longest first. It
 * never reads anything but regular files, nor more than a source file has. Whether the file is still
 * the one that was compiled nobody knows.
 */
#ifndef UI_SOURCE_FILE_H
#define UI_SOURCE_FILE_H

#include <stddef.h>
#include <stdint.h>

struct source_file {
	char *recorded;
	char *path; /* where it was found; NULL: nowhere */
	char *text;
	uint32_t *lines; /* where they begin */
	size_t line_count, line_capacity;
};

/* A zeroed one is empty. */
struct source_files {
	struct source_file *items;
	size_t count, capacity;
	char *line; /* the one handed out last */
};
void source_files_deinit(struct source_files *files);

/* Borrowed until the next call; NULL if the file or the line is not there. Tabs are spread. */
const char *source_files_line(struct source_files *files, const char *recorded, uint32_t number);

/* Where the file was found, or NULL; lives with the files. */
const char *source_files_path(struct source_files *files, const char *recorded);

#endif
