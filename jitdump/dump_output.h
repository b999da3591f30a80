/* SPDX-License-Identifier: MIT */
/*
 * The dump file of one process, as its writer sees it.
 *
 * You give records, you get them in the file whole or not at all. It never writes into a file that
 * it did not create, never follows a symbolic link, and never raises SIGXFSZ. Not thread-safe: the
 * caller holds the process lock. Functions return 0 or a negative errno.
 */
#ifndef JITDUMP_DUMP_OUTPUT_H
#define JITDUMP_DUMP_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "jitdump/output_file.h"

struct jitdump_output {
	struct jitdump_file file;
	uint64_t end; /* of the last whole record */
	void *marker; /* one executable page of the file: its mmap event is what profilers see */
	char path[PATH_MAX];
};

/* Whether this is a file name with at least one %p, and no directory in it. */
bool jitdump_output_pattern_is_valid(const char *pattern);

/*
 * Creates the file, writes its header and maps the marker. A file of the same name is replaced if
 * it is a regular one of this user's that no living writer has open; else -ELOOP (a symbolic
 * link), -EEXIST or -EBUSY. A file system mounted noexec gives -EPERM.
 */
int jitdump_output_open(struct jitdump_output *output, const char *directory, const char *pattern,
			unsigned permissions);

/* Closes what is open; the file stays as it is. */
int jitdump_output_close(struct jitdump_output *output);

/* For a forked child: gives up the descriptor it inherited. The marker stays mapped, for it tells
 * a profiler that attaches to the child where the inherited code is described. */
void jitdump_output_forget(struct jitdump_output *output);

/* Appends the pieces as one unit; on failure the file still ends where it ended. Uses up the
 * pieces' values. */
int jitdump_output_append(struct jitdump_output *output, struct iovec *pieces, int count);

/* Removes the file's name; its writing goes on. */
int jitdump_output_unlink(const struct jitdump_output *output);

/* CLOCK_MONOTONIC, the clock of the whole format. */
uint64_t jitdump_output_now_ns(void);

#endif
