/* SPDX-License-Identifier: MIT */
/*
 * Paths of mapped files as the kernel tells them: behind that of a file which has no name any more
 * there is " (deleted)" (d_path() in fs/d_path.c, 6.1). A file may really be called so: whoever opens
 * one tries both.
 */
#ifndef SYMBOLIZE_MAPPED_PATH_H
#define SYMBOLIZE_MAPPED_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* How long the path is without that. */
static inline size_t mapped_path_length(const char *path)
{
	static const char deleted[] = " (deleted)";
	size_t length = strlen(path), end = sizeof(deleted) - 1;

	return length > end && !strcmp(path + length - end, deleted) ? length - end : length;
}

/* Whether both files had the same base name, deleted or not. */
static inline bool mapped_path_is_named_like(const char *mapped, const char *path)
{
	const char *name = basename(mapped), *wanted = basename(path);
	size_t length = mapped_path_length(name);

	return length == mapped_path_length(wanted) && !strncmp(name, wanted, length);
}

#endif
