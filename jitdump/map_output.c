/* SPDX-License-Identifier: MIT */
#include "jitdump/map_output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND 1000000000ll

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

/* When this process began, on CLOCK_REALTIME; 0 if /proc does not tell. */
static int64_t process_start_ns(void)
{
	char text[1024];
	const char *at;
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	long long ticks;

	if (fd >= 0)
		close(fd);
	if (length <= 0)
		return 0;
	text[length] = '\0';
	/* The second field is the command in parentheses, with any bytes in it; field 22 is the
	 * start in clock ticks since boot (proc(5)). */
	at = strrchr(text, ')');
	for (int field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (at == NULL)
		return 0;
	ticks = strtoll(at, NULL, 10);
	return clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME) +
	       ticks * (NS_PER_SECOND / sysconf(_SC_CLK_TCK));
}

/* A second covers the grain of both clocks; a pid comes round no faster. */
static bool is_older_than_process(const struct stat *file)
{
	int64_t written_ns = file->st_mtim.tv_sec * NS_PER_SECOND + file->st_mtim.tv_nsec;

	return written_ns + NS_PER_SECOND < process_start_ns();
}

static int take_over(int fd, const struct stat *file)
{
	/* A second name may be somebody's trap: appending here would damage that file. */
	if (!S_ISREG(file->st_mode) || file->st_uid != geteuid() || file->st_nlink > 1)
		return -EEXIST;
	if (file->st_size != 0 && is_older_than_process(file) && ftruncate(fd, 0) != 0)
		return -errno;
	return 0;
}

int jitdump_map_open(struct jitdump_map *map, const char *directory)
{
	const int flags =
		O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s/perf-%d.map", directory, getpid());
	struct stat file;
	int status;
	int fd;

	map->file.fd = -1;
	if (length < 0 || (size_t)length >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, flags, 0600);
	if (fd < 0)
		return -errno;
	status = jitdump_file_open(&map->file, fd, &file);
	if (status == 0)
		status = take_over(fd, &file);
	if (status != 0)
		jitdump_file_close(&map->file);
	return status;
}

int jitdump_map_close(struct jitdump_map *map)
{
	int status = jitdump_file_close(&map->file);

	for (size_t i = 0; i < map->name_capacity; i++)
		free(map->names[i]);
	free(map->names);
	map->names = NULL;
	map->name_capacity = 0;
	return status;
}

void jitdump_map_forget(struct jitdump_map *map)
{
	jitdump_file_close(&map->file);
}

/* Takes back a line that was cut short, unless another runtime has written behind it. */
static void remove_partial_line(int fd, ssize_t written)
{
	struct stat file;
	off_t end = lseek(fd, 0, SEEK_CUR);

	if (written > 0 && end >= written && fstat(fd, &file) == 0 && file.st_size == end &&
	    ftruncate(fd, end - written) != 0)
		return; /* a line without its end is left, which readers skip */
}

static int write_line(const struct jitdump_map *map, const char *line, size_t length)
{
	uint64_t size;
	ssize_t written;
	int status = jitdump_file_size(&map->file, &size);

	if (status != 0)
		return status;
	if (!jitdump_file_may_grow_to(size + length))
		return -EFBIG;
	do
		written = write(map->file.fd, line, length);
	while (written < 0 && errno == EINTR);
	if (written == (ssize_t)length)
		return 0;
	if (written < 0)
		return -errno;
	remove_partial_line(map->file.fd, written);
	return -ENOSPC;
}

static int write_entry(const struct jitdump_map *map, uint64_t address, uint64_t size,
		       const char *name)
{
	char *line;
	int length = asprintf(&line, "%" PRIx64 " %" PRIx64 " %s\n", address, size, name);
	int status;

	if (length < 0)
		return -ENOMEM;
	status = write_line(map, line, (size_t)length);
	free(line);
	return status;
}

/* Grown by copying, the old table freed last: a child forked in between sees one or the other. */
static int reserve_name(struct jitdump_map *map, uint64_t code_index)
{
	size_t capacity = map->name_capacity < 64 ? 64 : map->name_capacity;
	char **names;
	char **old = map->names;

	if (code_index < map->name_capacity)
		return 0;
	while (capacity <= code_index)
		capacity *= 2;
	names = calloc(capacity, sizeof(*names));
	if (names == NULL)
		return -ENOMEM;
	if (old != NULL)
		memcpy(names, old, map->name_capacity * sizeof(*names));
	__atomic_store_n(&map->names, names, __ATOMIC_RELEASE);
	__atomic_store_n(&map->name_capacity, capacity, __ATOMIC_RELEASE);
	free(old);
	return 0;
}

int jitdump_map_add(struct jitdump_map *map, uint64_t code_index, uint64_t address, uint64_t size,
		    const char *name)
{
	char *copy = NULL;
	int status = reserve_name(map, code_index);

	if (status == 0) {
		copy = strdup(name);
		status = copy == NULL ? -ENOMEM : write_entry(map, address, size, name);
	}
	if (status == 0)
		map->names[code_index] = copy;
	else
		free(copy);
	return status;
}

int jitdump_map_move(struct jitdump_map *map, uint64_t code_index, uint64_t new_address,
		     uint64_t size)
{
	if (code_index >= map->name_capacity || map->names[code_index] == NULL)
		return -EINVAL;
	return write_entry(map, new_address, size, map->names[code_index]);
}
