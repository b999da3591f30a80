/* SPDX-License-Identifier: MIT */
#include "support/memory_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

struct memory_file memory_file_create(void)
{
	struct memory_file file = { memfd_create("jprof-test", MFD_CLOEXEC) };

	assert_true(file.fd >= 0);
	return file;
}

void memory_file_close(struct memory_file *file)
{
	close(file->fd);
	file->fd = -1;
}

int memory_file_reader(const struct memory_file *file)
{
	int fd = dup(file->fd);

	assert_true(fd >= 0);
	return fd;
}

void memory_file_append(const struct memory_file *file, const void *bytes, size_t size)
{
	off_t end = lseek(file->fd, 0, SEEK_END);

	assert_int_equal(pwrite(file->fd, bytes, size, end), size);
}

void memory_file_append_text(const struct memory_file *file, const char *text)
{
	memory_file_append(file, text, strlen(text));
}

void memory_file_truncate(const struct memory_file *file, size_t size)
{
	assert_int_equal(ftruncate(file->fd, (off_t)size), 0);
}
