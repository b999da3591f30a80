/* SPDX-License-Identifier: MIT */
/*
 * A file in memory that a test lets grow and shrink under its reader.
 *
 * You give bytes; you get descriptors. The reader owns the one it was given; the test keeps its
 * own, closed by memory_file_close().
 */
#ifndef SUPPORT_MEMORY_FILE_H
#define SUPPORT_MEMORY_FILE_H

#include <stddef.h>

struct memory_file {
	int fd;
};

struct memory_file memory_file_create(void);
void memory_file_close(struct memory_file *file);

/* A descriptor for a reader to own. */
int memory_file_reader(const struct memory_file *file);

void memory_file_append(const struct memory_file *file, const void *bytes, size_t size);
void memory_file_append_text(const struct memory_file *file, const char *text);
void memory_file_truncate(const struct memory_file *file, size_t size);

#endif
