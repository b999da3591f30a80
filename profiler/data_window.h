/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a file, through a window of bounded size.
 *
 * You give a descriptor, an offset and a size; you get the bytes. Whoever goes on where bytes were
 * read is read ahead of; who jumps about is given what was asked for and no more. The last few pieces
 * that were read are kept: whoever follows not far behind needs no reading. It never maps the file:
 * a recording that is being truncated by someone else must not kill the reader.
 */
#ifndef PROFILER_DATA_WINDOW_H
#define PROFILER_DATA_WINDOW_H

#include <stddef.h>
#include <stdint.h>

enum { DATA_PANE_BYTES = 1 << 18, DATA_PANES = 8 };

struct data_pane {
	uint8_t *bytes; /* room for DATA_PANE_BYTES; NULL: not used yet */
	int fd;
	uint64_t offset; /* of bytes[0] in the file */
	size_t size;	 /* bytes that are there */
};

/* Zeroed is empty. */
struct data_window {
	struct data_pane panes[DATA_PANES];
	size_t newest;
};

void data_window_deinit(struct data_window *window);

/* `size` bytes (at most DATA_PANE_BYTES) at `offset`, until the next call; NULL if the file has
 * fewer. */
const uint8_t *data_window_read(struct data_window *window, int fd, uint64_t offset, size_t size);

/* What lies in the window may have been overwritten in its file. */
void data_window_forget(struct data_window *window);

/* Reads exactly `size` bytes at `offset`; returns how many were there. */
size_t data_read_at(int fd, uint64_t offset, void *bytes, size_t size);

#endif
