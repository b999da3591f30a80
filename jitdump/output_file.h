/* SPDX-License-Identifier: MIT */
/*
 * A file that this process opened for writing, told apart from whatever else its descriptor's
 * number may come to stand for: programs that become daemons close every descriptor.
 *
 * You give a descriptor, you get to know before each write whether it still is that file, how long
 * it is, and whether it may grow. Functions return 0 or a negative errno.
 */
#ifndef JITDUMP_OUTPUT_FILE_H
#define JITDUMP_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct jitdump_file {
	int fd; /* -1: none */
	dev_t device;
	ino_t inode;
};

/* Owns the descriptor from here on, also if it fails. *stat is the file's. */
int jitdump_file_open(struct jitdump_file *file, int fd, struct stat *stat);

/* Closes the descriptor if it still is the file. A file with fd -1 is allowed. */
int jitdump_file_close(struct jitdump_file *file);

/* Its size in bytes, or -EBADF if the descriptor has become something else. */
int jitdump_file_size(const struct jitdump_file *file, uint64_t *size);

/* Whether RLIMIT_FSIZE allows this size: writing beyond it would raise SIGXFSZ. */
bool jitdump_file_may_grow_to(uint64_t size);

#endif
