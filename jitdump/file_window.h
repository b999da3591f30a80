/* SPDX-License-Identifier: MIT */
/*
 * A part of a file in memory, that moves along as the file is read.
 *
 * You give an offset and a size; you get the bytes there. It reads with pread(), never with
 * mmap(): the file may shrink. It never holds much more than the largest piece that was asked for,
 * and never more than the file has.
 */
#ifndef JITDUMP_FILE_WINDOW_H
#define JITDUMP_FILE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

struct file_window {
	int fd;		    /* the caller's */
	uint64_t file_size; /* set by the caller: nothing beyond is read */
	uint8_t *bytes;	    /* of the file, [start, start + size) */
	uint64_t start;
	size_t size, capacity;
	const uint8_t *ahead; /* borrowed: what will follow the file's end at `ahead_start` */
	uint64_t ahead_start;
	size_t ahead_size; /* a part of file_size; 0: there is none */
};

void file_window_deinit(struct file_window *window);

/* Forgets what was read: the file has changed. */
void file_window_discard(struct file_window *window);

/*
 * The file's bytes from `offset` on, borrowed until the next call: *available of them, which is
 * `wanted` at least unless the file ends before. NULL if there are none.
 */
const uint8_t *file_window_at(struct file_window *window, uint64_t offset, size_t wanted,
			      size_t *available);

#endif
