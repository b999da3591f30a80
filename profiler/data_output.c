/* SPDX-License-Identifier: MIT */
#include "profiler/data_output.h"

#include "jitdump/xalloc.h"
#include "profiler/data_deflate.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GATHERED_BYTES_MAX = 256 << 10 };

bool data_output_failed(struct error *err, const char *path, int code)
{
	switch (code) {
	case ENOSPC:
	case EDQUOT:
		return error_set(err, code,
				 "cannot write more to %s: %s; what was recorded is kept; free "
				 "some space, or name a file on another disk with -o FILE",
				 path,
				 code == ENOSPC ? "no space left on the disk"
						: "the disk quota is used up");
	case EFBIG:
		return error_set(err, code,
				 "cannot write more to %s: it is as large as a file may be; what "
				 "was recorded is kept; raise the limit with `ulimit -f unlimited`",
				 path);
	case EPIPE:
		return error_set(err, code, "cannot write more to %s: its reader has ended",
				 strcmp(path, "-") == 0 ? "standard output" : path);
	default:
		return error_set(err, code, "cannot write %s: %s; name another file with -o FILE",
				 path, strerror(code));
	}
}

/* FILE.part tells about FILE and goes where it goes. */
static bool keep_old(const char *path, struct error *err)
{
	char *old = xasprintf("%s.old", path);
	char *part = xasprintf("%s.part", path);
	char *old_part = xasprintf("%s.part", old);
	bool is_done = rename(path, old) == 0;

	if (!is_done)
		error_set(err, errno, "cannot rename %s to %s: %s; name another file with -o FILE",
			  path, old, strerror(errno));
	else if (rename(part, old_part) != 0)
		unlink(old_part);
	free(old);
	free(part);
	free(old_part);
	return is_done;
}

static bool open_path(struct data_output *output, struct error *err)
{
	const char *path = output->path;
	struct stat there;
	int flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;

	if (stat(path, &there) == 0) {
		if (S_ISDIR(there.st_mode))
			return error_set(err, EISDIR,
					 "cannot write %s: it is a directory; name a file with "
					 "-o FILE",
					 path);
		if (!S_ISREG(there.st_mode)) {
			output->is_stream = true;
			flags = O_WRONLY | O_CLOEXEC;
		} else if (there.st_size > 0 && !keep_old(path, err)) {
			return false;
		}
	}
	output->fd = open(path, flags, 0600);
	if (output->fd < 0)
		return data_output_failed(err, path, errno);
	/* For data_output_reopen(); not every file system has locks. */
	flock(output->fd, LOCK_EX | LOCK_NB);
	return true;
}

bool data_output_open(struct data_output *output, const char *path, struct error *err)
{
	*output = (struct data_output){ .fd = -1, .path = xstrdup(path) };
	output->gathered = xmalloc(GATHERED_BYTES_MAX);
	if (strcmp(path, "-") != 0)
		return open_path(output, err);
	if (isatty(STDOUT_FILENO))
		return error_set(err, 0,
				 "cannot write a recording to the terminal; redirect it into a "
				 "pipe, or name a file with -o FILE");
	output->is_stream = true;
	output->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return output->fd >= 0 || data_output_failed(err, path, errno);
}

bool data_output_reopen(struct data_output *output, const char *path, struct error *err)
{
	struct stat there;

	*output = (struct data_output){ .fd = -1, .path = xstrdup(path) };
	output->gathered = xmalloc(GATHERED_BYTES_MAX);
	output->fd = open(path, O_RDWR | O_CLOEXEC);
	if (output->fd < 0)
		return error_set(err, errno, "cannot open %s for writing: %s", path,
				 strerror(errno));
	if (flock(output->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return error_set(err, EBUSY, "%s is still being recorded; end that first", path);
	if (fstat(output->fd, &there) == 0)
		output->offset = (uint64_t)there.st_size;
	return true;
}

bool data_output_compress(struct data_output *output, uint32_t level, struct error *err)
{
	output->deflate = data_deflate_create(level, err);
	return output->deflate != NULL;
}

void data_output_close(struct data_output *output)
{
	if (!output)
		return;
	if (output->path && output->fd >= 0)
		close(output->fd);
	free(output->path);
	free(output->gathered);
	data_deflate_destroy(output->deflate);
	*output = (struct data_output){ .fd = -1 };
}

/* Returns how many bytes were written: fewer than `size` only with errno set. A stream takes them
 * where it is. */
static size_t write_bytes(struct data_output *output, uint64_t offset, const uint8_t *bytes,
			  size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t written = output->is_stream ? write(output->fd, bytes + done, size - done)
						    : pwrite(output->fd, bytes + done, size - done,
							     (off_t)(offset + done));

		if (written >= 0) {
			done += (size_t)written;
		} else if (errno == EAGAIN) {
			struct pollfd wait = { .fd = output->fd, .events = POLLOUT };

			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			break;
		}
	}
	return done;
}

/* The end of the last record that lies within the first `size` bytes of records. */
static size_t whole_records(const uint8_t *records, size_t size)
{
	struct perf_event_header header;
	size_t end = 0;

	while (size - end >= sizeof(header)) {
		memcpy(&header, records + end, sizeof(header));
		if (header.size < sizeof(header) || header.size > size - end)
			break;
		end += header.size;
	}
	return end;
}

bool data_output_append(struct data_output *output, const void *record, size_t size,
			struct error *err)
{
	if (output->gathered_size + size > GATHERED_BYTES_MAX && !data_output_drain(output, err))
		return false;
	memcpy(output->gathered + output->gathered_size, record, size);
	output->gathered_size += size;
	return true;
}

bool data_output_drain(struct data_output *output, struct error *err)
{
	const uint8_t *records = output->gathered;
	size_t size = output->gathered_size;

	output->gathered_size = 0;
	if (output->deflate && size) {
		records = data_deflate_records(output->deflate, records, &size, err);
		if (!records)
			return false;
	}
	size_t done = write_bytes(output, output->offset, records, size);

	if (done == size) {
		output->offset += size;
		return true;
	}
	int code = errno;
	size_t kept = whole_records(records, done > output->room ? done - output->room : 0);

	if (!output->is_stream)
		data_output_cut(output, output->offset + kept, err);
	return data_output_failed(err, output->path, code);
}

bool data_output_write(struct data_output *output, const void *bytes, size_t size,
		       struct error *err)
{
	if (!data_output_drain(output, err))
		return false;
	if (write_bytes(output, output->offset, bytes, size) < size)
		return data_output_failed(err, output->path, errno);
	output->offset += size;
	return true;
}

bool data_output_read_at(const struct data_output *output, uint64_t offset, void *bytes,
			 size_t size, struct error *err)
{
	for (size_t done = 0; done < size;) {
		ssize_t got = pread(output->fd, (uint8_t *)bytes + done, size - done,
				    (off_t)(offset + done));

		if (got == 0)
			return error_set(err, 0, "cannot read %s back: somebody has cut it",
					 output->path);
		if (got < 0 && errno != EINTR)
			return error_set(err, errno, "cannot read %s back: %s", output->path,
					 strerror(errno));
		done += got > 0 ? (size_t)got : 0;
	}
	return true;
}

bool data_output_write_at(struct data_output *output, uint64_t offset, const void *bytes,
			  size_t size, struct error *err)
{
	if (write_bytes(output, offset, bytes, size) < size)
		return data_output_failed(err, output->path, errno);
	return true;
}

bool data_output_cut(struct data_output *output, uint64_t offset, struct error *err)
{
	output->offset = offset;
	output->gathered_size = 0;
	return ftruncate(output->fd, (off_t)offset) == 0 ||
	       data_output_failed(err, output->path, errno);
}

void data_output_remove(struct data_output *output)
{
	struct stat named, open_file;

	if (output->path && stat(output->path, &named) == 0 && fstat(output->fd, &open_file) == 0 &&
	    named.st_dev == open_file.st_dev && named.st_ino == open_file.st_ino)
		unlink(output->path);
}
