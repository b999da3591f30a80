/* SPDX-License-Identifier: MIT */
#include "profiler/data_window.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

void data_window_deinit(struct data_window *window)
{
	free(window->bytes);
	*window = (struct data_window){ 0 };
}

void data_window_forget(struct data_window *window)
{
	window->size = 0;
}

size_t data_read_at(int fd, uint64_t offset, void *bytes, size_t size)
{
	size_t done = 0;

	if (offset > INT64_MAX)
		return 0;
	while (done < size) {
		ssize_t got =
			pread(fd, (uint8_t *)bytes + done, size - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

static bool holds(const struct data_window *window, int fd, uint64_t offset, size_t size)
{
	return fd == window->fd && offset >= window->offset &&
	       offset - window->offset <= window->size &&
	       size <= window->size - (offset - window->offset);
}

const uint8_t *data_window_read(struct data_window *window, int fd, uint64_t offset, size_t size)
{
	bool is_onward =
		fd == window->fd && offset >= window->asked_start && offset <= window->asked_end;

	window->asked_start = offset;
	window->asked_end = offset + size;
	if (!holds(window, fd, offset, size)) {
		if (!window->bytes)
			window->bytes = xmalloc(DATA_WINDOW_BYTES);
		window->fd = fd;
		window->offset = offset;
		window->size = data_read_at(fd, offset, window->bytes,
					    is_onward ? DATA_WINDOW_BYTES : size);
	}
	if (!holds(window, fd, offset, size))
		return NULL;
	return window->bytes + (offset - window->offset);
}
