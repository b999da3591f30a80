/* SPDX-License-Identifier: MIT */
#include "jitdump/dump_output.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "jitdump/format.h"

#if defined(__x86_64__)
#define NATIVE_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define NATIVE_MACHINE EM_AARCH64
#else
#error "name this CPU's ELF machine"
#endif

uint64_t jitdump_output_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

bool jitdump_output_pattern_is_valid(const char *pattern)
{
	bool has_pid = false;

	for (const char *at = pattern; *at != '\0'; at++) {
		if (*at == '/')
			return false;
		if (*at != '%')
			continue;
		at++;
		if (*at != 'p' && *at != '%')
			return false;
		has_pid |= *at == 'p';
	}
	return has_pid;
}

/* Writes directory/pattern with the pid filled in. */
static int expand_path(char *path, size_t size, const char *directory, const char *pattern)
{
	int length = snprintf(path, size, "%s/", directory);

	if (length < 0)
		return -EINVAL;
	for (const char *at = pattern; *at != '\0' && (size_t)length < size; at++) {
		if (*at == '%' && *++at == 'p')
			length += snprintf(path + length, size - (size_t)length, "%d", getpid());
		else
			path[length++] = *at;
	}
	if ((size_t)length >= size)
		return -ENAMETOOLONG;
	path[length] = '\0';
	return 0;
}

/* Removes what a dead process of this user left under the name. */
static int remove_stale(const char *path)
{
	struct stat file;
	int fd;
	bool is_busy;

	if (lstat(path, &file) != 0)
		return -errno;
	if (S_ISLNK(file.st_mode))
		return -ELOOP;
	if (!S_ISREG(file.st_mode) || file.st_uid != geteuid())
		return -EEXIST;
	/* A second copy of this library in the process, or a container that shares the directory
	 * and has the same pid in it, holds the lock. */
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		is_busy = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
		close(fd);
		if (is_busy)
			return -EBUSY;
	}
	return unlink(path) == 0 ? 0 : -errno;
}

static int create_file(const char *path, unsigned permissions)
{
	const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, flags, permissions);
	int status;

	if (fd >= 0 || errno != EEXIST)
		return fd >= 0 ? fd : -errno;
	status = remove_stale(path);
	if (status != 0)
		return status;
	fd = open(path, flags, permissions);
	return fd >= 0 ? fd : -errno;
}

static int write_header(struct jitdump_output *output)
{
	struct jitdump_file_header header = {
		.magic = JITDUMP_MAGIC,
		.version = JITDUMP_VERSION,
		.total_size = sizeof(header),
		.elf_mach = NATIVE_MACHINE,
		.pid = (uint32_t)getpid(),
		.timestamp = jitdump_output_now_ns(),
	};
	struct iovec piece = { &header, sizeof(header) };

	return jitdump_output_append(output, &piece, 1);
}

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static int map_marker(struct jitdump_output *output)
{
	void *marker =
		mmap(NULL, page_size(), PROT_READ | PROT_EXEC, MAP_PRIVATE, output->file.fd, 0);

	if (marker == MAP_FAILED)
		return -errno;
	output->marker = marker;
	return 0;
}

int jitdump_output_open(struct jitdump_output *output, const char *directory, const char *pattern,
			unsigned permissions)
{
	struct stat file;
	int status = expand_path(output->path, sizeof(output->path), directory, pattern);

	output->file.fd = -1;
	output->marker = NULL;
	output->end = 0;
	if (status != 0)
		return status;
	status = create_file(output->path, permissions);
	if (status < 0)
		return status;
	status = jitdump_file_open(&output->file, status, &file);
	if (status == 0) {
		flock(output->file.fd, LOCK_EX | LOCK_NB);
		status = write_header(output);
	}
	if (status == 0)
		status = map_marker(output);
	if (status != 0) {
		jitdump_output_unlink(output);
		jitdump_output_close(output);
	}
	return status;
}

int jitdump_output_close(struct jitdump_output *output)
{
	if (output->marker != NULL)
		munmap(output->marker, page_size());
	output->marker = NULL;
	return jitdump_file_close(&output->file);
}

void jitdump_output_forget(struct jitdump_output *output)
{
	output->marker = NULL;
	jitdump_file_close(&output->file);
}

int jitdump_output_unlink(const struct jitdump_output *output)
{
	return unlink(output->path) == 0 ? 0 : -errno;
}

/* Sees to it that the file ends where the last record ended. */
static int check_end(const struct jitdump_output *output)
{
	uint64_t size;
	int status = jitdump_file_size(&output->file, &size);

	if (status != 0)
		return status;
	if (size < output->end)
		return -EIO; /* somebody has cut it */
	if (size > output->end && ftruncate(output->file.fd, (off_t)output->end) != 0)
		return -errno;
	return 0;
}

/* Drops the first `written` bytes of the pieces; returns how many pieces are used up. */
static int skip_written(struct iovec *pieces, int count, size_t written)
{
	int used = 0;

	while (used < count && written >= pieces[used].iov_len)
		written -= pieces[used++].iov_len;
	if (used < count) {
		pieces[used].iov_base = (uint8_t *)pieces[used].iov_base + written;
		pieces[used].iov_len -= written;
	}
	return used;
}

static int write_pieces(int fd, uint64_t offset, struct iovec *pieces, int count)
{
	int used = 0;

	while (used < count) {
		ssize_t written = pwritev(fd, pieces + used, count - used, (off_t)offset);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		if (written == 0)
			return -ENOSPC;
		offset += (uint64_t)written;
		used += skip_written(pieces + used, count - used, (size_t)written);
	}
	return 0;
}

int jitdump_output_append(struct jitdump_output *output, struct iovec *pieces, int count)
{
	uint64_t size = 0;
	int status = check_end(output);

	if (status != 0)
		return status;
	for (int i = 0; i < count; i++)
		size += pieces[i].iov_len;
	if (!jitdump_file_may_grow_to(output->end + size))
		return -EFBIG;
	status = write_pieces(output->file.fd, output->end, pieces, count);
	if (status == 0)
		output->end += size;
	else if (ftruncate(output->file.fd, (off_t)output->end) != 0)
		return status; /* the next append tries again to cut it */
	return status;
}
