/* SPDX-License-Identifier: MIT */
#include "profiler/unflushed_file.h"

#include "jitdump/xalloc.h"
#include "profiler/proc_maps.h"
#include "profiler/process_memory.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	CHUNK_BYTES = 1 << 20,
	BUFFER_BYTES_MAX = 4 << 20, /* what is larger is no buffer */
	SEARCHES_MAX = 3,
};

/* How much memory is searched of either kind: FILEs lie where malloc() begins. */
#define SEARCHED_BYTES_MAX (UINT64_C(64) << 20)

/*
 * struct _IO_FILE of glibc on 64-bit machines (bits/types/struct_FILE.h, 2.36):
 *
 *     0 flags (4)  8 read_ptr  16 read_end  24 read_base  32 write_base  40 write_ptr
 *     48 write_end  56 buf_base  64 buf_end  ...  112 fileno (4)
 */
struct stream {
	uint32_t flags, padding;
	uint64_t read_ptr, read_end, read_base;
	uint64_t write_base, write_ptr, write_end;
	uint64_t buffer_start, buffer_end;
	uint64_t others[5];
	int32_t fd, flags2;
};

#define STREAM_MAGIC	  0xfbad0000u
#define STREAM_MAGIC_MASK 0xffff0000u

/* Whether it can be a stream that something is written to. */
static bool is_stream(const struct stream *stream, int fd)
{
	return (stream->flags & STREAM_MAGIC_MASK) == STREAM_MAGIC && stream->fd == fd &&
	       stream->buffer_start && stream->buffer_start < stream->buffer_end &&
	       stream->buffer_end - stream->buffer_start <= BUFFER_BYTES_MAX &&
	       stream->write_base >= stream->buffer_start &&
	       stream->write_base <= stream->write_ptr && stream->write_ptr <= stream->buffer_end;
}

static bool has_identity(const struct stat *status, const struct jit_file_identity *identity)
{
	return status->st_dev == identity->device && status->st_ino == identity->inode;
}

/* The lowest one above `after`; -1: there is none. */
static int find_fd(const struct unflushed_file *file, int after)
{
	char path[64 + NAME_MAX];
	struct dirent *entry;
	int fd = -1;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd", file->pid);
	fds = opendir(path);
	while (fds && (entry = readdir(fds))) {
		int number = atoi(entry->d_name);
		struct stat status;

		snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd/%s", file->pid, entry->d_name);
		if (entry->d_name[0] != '.' && number > after && (fd < 0 || number < fd) &&
		    stat(path, &status) == 0 && has_identity(&status, &file->identity))
			fd = number;
	}
	if (fds)
		closedir(fds);
	return fd;
}

/* Where one begins in the chunk, or its size. Streams are aligned as malloc() does. */
static size_t find_in_chunk(const uint8_t *chunk, size_t size, int fd)
{
	for (size_t at = 0; at + sizeof(struct stream) <= size; at += 16) {
		struct stream stream;

		memcpy(&stream, chunk + at, sizeof(stream));
		if (is_stream(&stream, fd))
			return at;
	}
	return size;
}

static uint64_t find_in_mapping(const struct unflushed_file *file,
				const struct proc_mapping *mapping, uint8_t *chunk)
{
	/* Chunks overlap by the size of a stream. */
	uint64_t step = CHUNK_BYTES - (sizeof(struct stream) + 15) / 16 * 16;

	for (uint64_t at = mapping->start; at < mapping->end; at += step) {
		uint64_t left = mapping->end - at;
		size_t size = process_memory_read(file->pid, at, chunk,
						  left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES);
		size_t found = find_in_chunk(chunk, size, file->fd);

		if (!size)
			break;
		if (found < size)
			return at + found;
	}
	return 0;
}

/* Private memory that malloc() may have: where it begins, or where else it may be. What is huge is a
 * runtime's own heap, and a stack has at most what somebody read of a stream. */
static bool is_searched(const struct proc_mapping *mapping, bool is_heap)
{
	if (!mapping->is_readable || !mapping->is_writable || mapping->is_shared || mapping->inode)
		return false;
	if (is_heap)
		return !strcmp(mapping->path, "[heap]");
	return strcmp(mapping->path, "[heap]") != 0 && strcmp(mapping->path, "[stack]") != 0 &&
	       mapping->end - mapping->start <= SEARCHED_BYTES_MAX;
}

static uint64_t find_in_memory(const struct unflushed_file *file, FILE *maps, bool is_heap,
			       uint8_t *chunk)
{
	uint64_t found = 0, left = SEARCHED_BYTES_MAX;
	struct proc_mapping mapping;
	size_t capacity = 0;
	char *line = NULL;

	while (!found && left && getline(&line, &capacity, maps) > 0) {
		if (!proc_maps_parse(line, &mapping) || !is_searched(&mapping, is_heap))
			continue;
		if (mapping.end - mapping.start > left)
			mapping.end = mapping.start + left;
		found = find_in_mapping(file, &mapping, chunk);
		left -= mapping.end - mapping.start;
	}
	free(line);
	return found;
}

static uint64_t find_stream(const struct unflushed_file *file)
{
	uint64_t found;
	char path[64];
	uint8_t *chunk;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/maps", file->pid);
	maps = fopen(path, "re");
	if (!maps)
		return 0;
	chunk = xmalloc(CHUNK_BYTES);
	found = find_in_memory(file, maps, true, chunk);
	rewind(maps);
	if (!found)
		found = find_in_memory(file, maps, false, chunk);
	free(chunk);
	fclose(maps);
	return found;
}

/* False where nothing is found, after some searches for good. */
static bool find(struct unflushed_file *file)
{
	if (file->stream_address)
		return true;
	if (file->search_count >= SEARCHES_MAX)
		return false;
	file->search_count++;
	file->fd = find_fd(file, -1);
	while (file->fd >= 0 && !(file->stream_address = find_stream(file)))
		file->fd = find_fd(file, file->fd);
	if (!file->stream_address)
		return false;
	/* It may be closed and opened again, any number of times. */
	file->search_count = 0;
	return true;
}

static bool read_stream(const struct unflushed_file *file, struct stream *stream)
{
	return process_memory_read(file->pid, file->stream_address, stream, sizeof(*stream)) ==
		       sizeof(*stream) &&
	       is_stream(stream, file->fd);
}

static bool size_of_file(const struct unflushed_file *file, uint64_t *size)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fd/%d", file->pid, file->fd);
	if (stat(path, &status) != 0 || !has_identity(&status, &file->identity))
		return false;
	*size = (uint64_t)status.st_size;
	return true;
}

/* That nothing was handed over between two looks makes them one moment. */
static bool is_as_before(const struct unflushed_file *file, const struct stream *before,
			 uint64_t size_before)
{
	struct stream stream;
	uint64_t size;

	return read_stream(file, &stream) && stream.write_base == before->write_base &&
	       stream.write_ptr >= before->write_ptr && size_of_file(file, &size) &&
	       size == size_before;
}

bool unflushed_file_read(struct unflushed_file *file, uint64_t *file_size, uint8_t **bytes,
			 size_t *size)
{
	struct stream stream;

	if (!find(file))
		return false;
	if (!size_of_file(file, file_size) || !read_stream(file, &stream)) {
		file->stream_address = 0; /* closed, perhaps opened again */
		return false;
	}
	*size = (size_t)(stream.write_ptr - stream.write_base);
	if (!*size)
		return false;
	*bytes = xmalloc(*size);
	if (process_memory_read(file->pid, stream.write_base, *bytes, *size) == *size &&
	    is_as_before(file, &stream, *file_size))
		return true;
	free(*bytes);
	return false;
}
