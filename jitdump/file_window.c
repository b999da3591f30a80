/* SPDX-License-Identifier: MIT */
#include "jitdump/file_window.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 << 10 };

void file_window_deinit(struct file_window *window)
{
	file_window_discard(window);
	*window = (struct file_window){ .fd = -1 };
}

void file_window_discard(struct file_window *window)
{
	free(window->bytes);
	window->bytes = NULL;
	window->size = window->capacity = 0;
}

/* What of it is at the window's end. */
static size_t take_ahead(struct file_window *window, size_t wanted)
{
	uint64_t at = window->start + window->size - window->ahead_start;
	size_t size = wanted - window->size;

	if (window->start + window->size < window->ahead_start || at >= window->ahead_size)
		return 0;
	if (size > window->ahead_size - at)
		size = window->ahead_size - at;
	memcpy(window->bytes + window->size, window->ahead + at, size);
	return size;
}

/* Reads on at the window's end until it holds `wanted` bytes or the file has no more. */
static void fill(struct file_window *window, size_t wanted)
{
	while (window->size < wanted) {
		size_t ahead = take_ahead(window, wanted);

		window->size += ahead;
		if (ahead)
			continue;
		ssize_t got = pread(window->fd, window->bytes + window->size, wanted - window->size,
				    (off_t)(window->start + window->size));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		window->size += (size_t)got;
	}
}

/* Drops what lies before `offset` and reads on. `left` bytes of the file lie behind it. */
static void move_to(struct file_window *window, uint64_t offset, size_t wanted, uint64_t left)
{
	uint64_t skip = offset - window->start;
	/* Half as much again is read, so that moving what is kept costs little. */
	uint64_t ahead = wanted + wanted / 2 + CHUNK_BYTES;

	if (offset < window->start || skip > window->size)
		skip = window->size;
	window->size -= skip;
	if (window->size > 0)
		memmove(window->bytes, window->bytes + skip, window->size);
	window->start = offset;
	if (ahead > left)
		ahead = left;
	if (ahead > window->capacity) {
		window->bytes = xrealloc(window->bytes, ahead);
		window->capacity = ahead;
	}
	fill(window, ahead);
}

const uint8_t *file_window_at(struct file_window *window, uint64_t offset, size_t wanted,
			      size_t *available)
{
	uint64_t left = offset < window->file_size ? window->file_size - offset : 0;

	*available = 0;
	if (left == 0)
		return NULL;
	if (wanted > left)
		wanted = left;
	if (offset < window->start || offset + wanted > window->start + window->size)
		move_to(window, offset, wanted, left);
	*available = window->start + window->size - offset;
	return *available ? window->bytes + (offset - window->start) : NULL;
}
