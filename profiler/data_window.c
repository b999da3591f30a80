/* SPDX-License-Identifier: MIT */
#include "profiler/data_window.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

void data_window_deinit(struct data_window *window)
{
	for (size_t i = 0; i < DATA_PANES; i++)
		free(window->panes[i].bytes);
	*window = (struct data_window){ 0 };
}

void data_window_forget(struct data_window *window)
{
	for (size_t i = 0; i < DATA_PANES; i++)
		window->panes[i].size = 0;
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

/* Whether an offset lies in the pane, or just behind it. */
static bool reaches(const struct data_pane *pane, int fd, uint64_t offset)
{
	return pane->bytes && pane->fd == fd && offset >= pane->offset &&
	       offset - pane->offset <= pane->size;
}

static bool holds(const struct data_pane *pane, int fd, uint64_t offset, size_t size)
{
	return reaches(pane, fd, offset) && size <= pane->size - (offset - pane->offset);
}

/* The pane that has the bytes, or at least reaches them; the newest is asked first. NULL: none. */
static const struct data_pane *find_pane(const struct data_window *window, int fd, uint64_t offset,
					 size_t size)
{
	const struct data_pane *reaching = NULL;

	for (size_t back = 0; back < DATA_PANES; back++) {
		const struct data_pane *pane =
			&window->panes[(window->newest + DATA_PANES - back) % DATA_PANES];

		if (holds(pane, fd, offset, size))
			return pane;
		if (reaches(pane, fd, offset))
			reaching = pane;
	}
	return reaching;
}

/* In the place of the oldest. */
static const struct data_pane *read_pane(struct data_window *window, int fd, uint64_t offset,
					 size_t size)
{
	struct data_pane *pane;

	window->newest = (window->newest + 1) % DATA_PANES;
	pane = &window->panes[window->newest];
	if (!pane->bytes)
		pane->bytes = xmalloc(DATA_PANE_BYTES);
	pane->fd = fd;
	pane->offset = offset;
	pane->size = data_read_at(fd, offset, pane->bytes, size);
	return pane;
}

const uint8_t *data_window_read(struct data_window *window, int fd, uint64_t offset, size_t size)
{
	const struct data_pane *pane = find_pane(window, fd, offset, size);

	if (!pane || !holds(pane, fd, offset, size))
		pane = read_pane(window, fd, offset, pane ? DATA_PANE_BYTES : size);
	return holds(pane, fd, offset, size) ? pane->bytes + (offset - pane->offset) : NULL;
}
