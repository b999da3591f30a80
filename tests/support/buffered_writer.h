/* SPDX-License-Identifier: MIT */
/*
 * A process that writes a file through stdio.
 *
 * You give bytes; it has written them when the call returns, as far as its buffer goes. It has two
 * descriptors of the file, of which it writes the higher one.
 */
#ifndef SUPPORT_BUFFERED_WRITER_H
#define SUPPORT_BUFFERED_WRITER_H

#include <stddef.h>
#include <sys/types.h>

struct buffered_writer {
	pid_t pid; /* 0: it has stopped */
	int commands, answers;
};

/* Makes the file, empty. */
void buffered_writer_start(struct buffered_writer *writer, const char *path);
void buffered_writer_write(struct buffered_writer *writer, const void *bytes, size_t size);
void buffered_writer_flush(struct buffered_writer *writer);

/* Without flushing. May be called twice. */
void buffered_writer_stop(struct buffered_writer *writer);

#endif
