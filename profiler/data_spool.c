/* SPDX-License-Identifier: MIT */
#include "profiler/data_spool.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { UNWRITTEN_BYTES = 1 << 18 };

static int open_unnamed(void)
{
	const char *directory = getenv("TMPDIR");
	int fd = -1;

	if (directory && *directory)
		fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd < 0 ? memfd_create("jprof-spool", MFD_CLOEXEC) : fd;
}

bool data_spool_open(struct data_spool *spool, struct error *err)
{
	*spool = (struct data_spool){ .fd = open_unnamed() };
	if (spool->fd < 0)
		return error_set(err, errno,
				 "cannot make a temporary file: %s; set TMPDIR to a directory "
				 "with room",
				 strerror(errno));
	spool->unwritten = xmalloc(UNWRITTEN_BYTES);
	return true;
}

void data_spool_close(struct data_spool *spool)
{
	if (spool->unwritten)
		close(spool->fd);
	free(spool->unwritten);
	*spool = (struct data_spool){ .fd = -1 };
}

bool data_spool_flush(struct data_spool *spool)
{
	uint64_t offset = spool->end - spool->unwritten_bytes;
	size_t done = 0;

	while (done < spool->unwritten_bytes) {
		ssize_t put = pwrite(spool->fd, spool->unwritten + done,
				     spool->unwritten_bytes - done, (off_t)(offset + done));

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		done += (size_t)put;
	}
	spool->unwritten_bytes = 0;
	return true;
}

bool data_spool_add(struct data_spool *spool, const uint8_t *bytes, size_t size, uint64_t *offset)
{
	if (spool->unwritten_bytes + size > UNWRITTEN_BYTES && !data_spool_flush(spool))
		return false;
	memcpy(spool->unwritten + spool->unwritten_bytes, bytes, size);
	*offset = spool->end;
	spool->unwritten_bytes += size;
	spool->end += size;
	return true;
}

bool data_spool_rewind(struct data_spool *spool)
{
	bool is_flushed = data_spool_flush(spool);

	spool->end = 0;
	spool->unwritten_bytes = 0;
	return is_flushed;
}

static bool cannot_keep(struct error *err)
{
	return error_set(err, errno,
			 "cannot keep the recording that comes through the pipe: %s; "
			 "set TMPDIR to a directory with room",
			 strerror(errno));
}

bool data_spool_add_all(struct data_spool *spool, int fd, struct error *err)
{
	uint8_t bytes[1 << 16];
	uint64_t offset;
	ssize_t got;

	while ((got = read(fd, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set(err, errno, "cannot read the recording: %s",
					 strerror(errno));
		if (!data_spool_add(spool, bytes, (size_t)got, &offset))
			return cannot_keep(err);
	}
	return data_spool_flush(spool) || cannot_keep(err);
}
