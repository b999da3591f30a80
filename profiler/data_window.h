/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a file, through a window of bounded size.
 *
 * You give a descriptor, an offset and a size; you get the bytes. Whoever goes through a file front
 * to back is read ahead of; who jumps about is given what was asked for and no more. It never maps
 * the file: a recording that is being truncated by someone else must not kill the reader.
 */
#ifndef PROFILER_DATA_WINDOW_H
#define PROFILER_DATA_WINDOW_H

#include <stddef.h>
#include <stdint.h>

enum { DATA_WINDOW_BYTES = 1 << 20 };

/* Zeroed is empty. */
struct data_window {
	uint8_t *bytes;
	int fd;
	uint64_t offset;		 /* of bytes[0] in the file */
	size_t size;			 /* bytes that are there */
	uint64_t asked_start, asked_end; /* of the last call */
};

void data_window_deinit(struct data_window *window);

/* `size` bytes (at most DATA_WINDOW_BYTES) at `offset`, until the next call; NULL if the file has
 * fewer. */
const uint8_t *data_window_read(struct data_window *window, int fd, uint64_t offset, size_t size);

/* What lies in the window may have been overwritten in its file. */
void data_window_forget(struct data_window *window);

/* Reads exactly `size` bytes at `offset`; returns how many were there. */
size_t data_read_at(int fd, uint64_t offset, void *bytes, size_t size);

#endif
