/* SPDX-License-Identifier: MIT */
#include "jitdump/output_file.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

int jitdump_file_open(struct jitdump_file *file, int fd, struct stat *stat)
{
	int status;

	file->fd = fd;
	if (fstat(fd, stat) != 0) {
		status = -errno;
		close(fd);
		file->fd = -1;
		return status;
	}
	file->device = stat->st_dev;
	file->inode = stat->st_ino;
	return 0;
}

int jitdump_file_close(struct jitdump_file *file)
{
	uint64_t size;
	int status = 0;

	if (file->fd >= 0 && jitdump_file_size(file, &size) == 0 && close(file->fd) != 0)
		status = -errno;
	file->fd = -1;
	return status;
}

int jitdump_file_size(const struct jitdump_file *file, uint64_t *size)
{
	struct stat stat;

	if (fstat(file->fd, &stat) != 0)
		return -errno;
	if (stat.st_dev != file->device || stat.st_ino != file->inode)
		return -EBADF;
	*size = (uint64_t)stat.st_size;
	return 0;
}

bool jitdump_file_may_grow_to(uint64_t size)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
	       size <= limit.rlim_cur;
}
