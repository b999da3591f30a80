/* SPDX-License-Identifier: MIT */
#include "support/output_text.h"

#include "jitdump/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

FILE *text_stream_open(struct text_stream *stream)
{
	stream->file = open_memstream(&stream->text, &stream->size);
	assert_non_null(stream->file);
	return stream->file;
}

const char *text_stream_close(struct text_stream *stream)
{
	assert_int_equal(fclose(stream->file), 0);
	return stream->text;
}

void capture_begin(struct captured_output *capture, int fd)
{
	fflush(NULL);
	capture->fd = fd;
	capture->saved_fd = dup(fd);
	capture->file_fd = memfd_create("captured", MFD_CLOEXEC);
	assert_true(capture->saved_fd >= 0 && capture->file_fd >= 0);
	assert_int_equal(dup2(capture->file_fd, fd), fd);
}

char *capture_end(struct captured_output *capture)
{
	struct stat status;

	fflush(NULL);
	dup2(capture->saved_fd, capture->fd);
	close(capture->saved_fd);
	assert_int_equal(fstat(capture->file_fd, &status), 0);
	char *text = xcalloc((size_t)status.st_size + 1, 1);

	assert_int_equal(pread(capture->file_fd, text, (size_t)status.st_size, 0), status.st_size);
	close(capture->file_fd);
	return text;
}
