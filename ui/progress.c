/* SPDX-License-Identifier: MIT */
#include "ui/progress.h"

#include "jitdump/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define FIRST_NS    500000000u
#define INTERVAL_NS 100000000u

enum { WIDTH_MAX = 200 };

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void progress_init(struct progress *progress, int fd, uint64_t (*now_ns)(void))
{
	*progress = (struct progress){ .fd = fd, .now_ns = now_ns ? now_ns : monotonic_ns };
	progress->due_ns = isatty(fd) ? progress->now_ns() + FIRST_NS : UINT64_MAX;
}

bool progress_is_due(const struct progress *progress)
{
	return progress->due_ns != UINT64_MAX && progress->now_ns() >= progress->due_ns;
}

/* A line that fills the last column may wrap. */
static int width_of(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) || size.ws_col < 2)
		return 79;
	return size.ws_col <= WIDTH_MAX ? size.ws_col - 1 : WIDTH_MAX;
}

/* Writes the text over what is drawn; the cursor stays in the first column. */
static void overwrite(struct progress *progress, const char *text)
{
	int width = (int)strlen(text), blank = progress->drawn_width - width;
	char line[2 * WIDTH_MAX + 3];
	int size = snprintf(line, sizeof(line), "\r%s%*s\r", text, blank > 0 ? blank : 0, "");

	/* A terminal that is gone has no use for the line. */
	if (write(progress->fd, line, (size_t)size) < 0)
		progress->due_ns = UINT64_MAX;
	progress->drawn_width = width;
}

void progress_draw(struct progress *progress, const char *format, ...)
{
	char text[WIDTH_MAX + 1];
	va_list arguments;
	size_t length;

	va_start(arguments, format);
	vsnprintf(text, (size_t)width_of(progress->fd) + 1, format, arguments);
	va_end(arguments);
	length = strlen(text);
	text_replace_controls(text, length);
	overwrite(progress, text);
	if (progress->due_ns != UINT64_MAX)
		progress->due_ns = progress->now_ns() + INTERVAL_NS;
}

void progress_erase(struct progress *progress)
{
	if (progress->drawn_width)
		overwrite(progress, "");
}
