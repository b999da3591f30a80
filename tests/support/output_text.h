/* SPDX-License-Identifier: MIT */
/*
 * What a function printed, as a text: into a stream that it was given, or to the process's own
 * stdout and stderr.
 *
 *     struct text_stream out;
 *     print_something(text_stream_open(&out), ...);
 *     assert_string_equal(text_stream_close(&out), "...");
 *     free(out.text);
 */
#ifndef SUPPORT_OUTPUT_TEXT_H
#define SUPPORT_OUTPUT_TEXT_H

#include <stdio.h>

struct text_stream {
	FILE *file;
	char *text; /* after closing; to be freed */
	size_t size;
};

FILE *text_stream_open(struct text_stream *stream);
const char *text_stream_close(struct text_stream *stream);

/* File descriptor 1 or 2 of this process, until the end. */
struct captured_output {
	int fd, saved_fd, file_fd;
};

void capture_begin(struct captured_output *capture, int fd);
char *capture_end(struct captured_output *capture); /* to be freed */

#endif
