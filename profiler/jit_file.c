/* SPDX-License-Identifier: MIT */
#include "profiler/jit_file.h"

#include "symbolize/mapped_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* No page of a supported CPU is larger. */
enum { PAGE_BYTES_MAX = 65536 };

/* jit-PID.dump, any other .dump, or jit-PID-... without one (bun). What is in the file does not tell:
 * V8 and others mark it before they write to it. */
static bool has_dump_name(const char *path)
{
	const char *name = basename(path);
	size_t length = mapped_path_length(name);

	return (length > 5 && !strncmp(name + length - 5, ".dump", 5)) ||
	       (!strncmp(name, "jit-", 4) && name[4] >= '0' && name[4] <= '9');
}

bool jit_file_is_marker(const struct mmap_event *mmap)
{
	return mmap->is_executable && mmap->file_offset == 0 &&
	       mmap->end - mmap->start <= PAGE_BYTES_MAX && has_dump_name(mmap->path);
}

/* The user a process runs as; false when it is gone. */
static bool owner_of_process(uint32_t pid, uid_t *owner)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%" PRIu32, pid);
	if (stat(path, &status) != 0)
		return false;
	*owner = status.st_uid;
	return true;
}

/* btrfs and overlayfs report other device numbers in stat(2) than in mappings: the inode alone
 * tells. An event without an inode does not tell. */
static bool is_the_mapped_file(const struct stat *status, const struct mmap_event *mmap)
{
	return !mmap->inode || status->st_ino == mmap->inode;
}

/* Not a device that blocks, not a file that somebody else planted. Of a process that is gone the
 * mapping itself is the witness; what a mere name leads to must be root's or our own. */
static bool is_trusted(const struct stat *status, uint32_t pid, const struct mmap_event *mmap)
{
	uid_t owner;

	if (!S_ISREG(status->st_mode))
		return false;
	if (status->st_uid == 0 || status->st_uid == geteuid())
		return true;
	if (owner_of_process(pid, &owner))
		return owner == status->st_uid;
	return mmap->inode != 0;
}

/* Opens without ever blocking on a FIFO, and checks what it is. */
static int open_checked(const char *path, uint32_t pid, const struct mmap_event *mmap,
			struct jit_file_identity *identity, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0) {
		error_set(err, errno, "cannot open %s: %s", path, strerror(errno));
		return -1;
	}
	if (fstat(fd, &status) != 0 || !is_the_mapped_file(&status, mmap)) {
		error_set(err, 0, "%s is not the file that pid %" PRIu32 " had mapped", path, pid);
		close(fd);
		return -1;
	}
	if (!is_trusted(&status, pid, mmap)) {
		error_set(err, 0,
			  "%s is refused: it must be a regular file that belongs to root or to the "
			  "user of pid %" PRIu32,
			  path, pid);
		close(fd);
		return -1;
	}
	*identity = (struct jit_file_identity){ status.st_dev, status.st_ino };
	return fd;
}

/* One of the process's own descriptors: works for a file that was deleted after opening. */
static int open_by_descriptor(uint32_t pid, const struct mmap_event *mmap,
			      struct jit_file_identity *identity, struct error *err)
{
	char path[PATH_MAX];
	int fd = -1;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd", pid);
	DIR *descriptors = opendir(path);

	if (!descriptors)
		return -1;
	for (struct dirent *entry; fd < 0 && (entry = readdir(descriptors));) {
		struct stat status;

		snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd/%s", pid, entry->d_name);
		if (entry->d_name[0] == '.' || stat(path, &status) != 0)
			continue;
		if (S_ISREG(status.st_mode) && status.st_ino == mmap->inode)
			fd = open_checked(path, pid, mmap, identity, err);
	}
	closedir(descriptors);
	return fd;
}

static int open_live(uint32_t pid, const struct mmap_event *mmap,
		     struct jit_file_identity *identity, struct error *err)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/root%.*s", pid,
		 (int)mapped_path_length(mmap->path), mmap->path);
	fd = open_checked(path, pid, mmap, identity, err);
	if (fd < 0 && mmap->inode)
		fd = open_by_descriptor(pid, mmap, identity, err);
	if (fd < 0) {
		snprintf(path, sizeof(path), "/proc/%" PRIu32 "/map_files/%" PRIx64 "-%" PRIx64,
			 pid, mmap->start, mmap->end);
		fd = open_checked(path, pid, mmap, identity, err);
	}
	return fd;
}

int jit_file_open_dump(uint32_t pid, const struct mmap_event *mmap, bool is_live,
		       struct jit_file_identity *identity, struct error *err)
{
	char path[PATH_MAX];
	int fd = -1;

	if (is_live)
		fd = open_live(pid, mmap, identity, err);
	if (fd < 0) {
		snprintf(path, sizeof(path), "%.*s", (int)mapped_path_length(mmap->path),
			 mmap->path);
		fd = open_checked(path, pid, mmap, identity, err);
	}
	return fd;
}

/* The pid that the process has in its innermost pid namespace: the last of its NSpid values. */
static uint32_t innermost_pid(uint32_t pid)
{
	char path[64], line[256];
	uint32_t inner = pid;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/status", pid);
	FILE *status = fopen(path, "re");

	if (!status)
		return pid;
	while (fgets(line, sizeof(line), status)) {
		if (strncmp(line, "NSpid:", 6) != 0)
			continue;
		const char *last = strrchr(line, '\t');

		if (last)
			inner = (uint32_t)strtoul(last, NULL, 10);
		break;
	}
	fclose(status);
	return inner;
}

int jit_file_open_map(uint32_t pid, bool is_live)
{
	const struct mmap_event any = { 0 };
	struct jit_file_identity identity;
	struct error err;
	char path[PATH_MAX];
	int fd = -1;

	if (is_live) {
		snprintf(path, sizeof(path), "/proc/%" PRIu32 "/root/tmp/perf-%" PRIu32 ".map", pid,
			 innermost_pid(pid));
		fd = open_checked(path, pid, &any, &identity, &err);
	}
	if (fd < 0) {
		snprintf(path, sizeof(path), "/tmp/perf-%" PRIu32 ".map", pid);
		fd = open_checked(path, pid, &any, &identity, &err);
	}
	return fd;
}

int jit_file_open_named(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0) {
		error_set(err, errno, "cannot open %s: %s", path, strerror(errno));
		return -1;
	}
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		error_set(err, 0, "cannot read %s: not a regular file", path);
		close(fd);
		return -1;
	}
	return fd;
}
