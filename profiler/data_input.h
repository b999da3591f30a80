/* SPDX-License-Identifier: MIT */
/*
 * The files that make up one recording.
 *
 * You give what the user named: a file, a directory of files, a pipe, or "-". You get descriptors
 * that can be read at any offset: what comes through a pipe is kept in a temporary file first. It
 * never reads a byte of the format.
 */
#ifndef PROFILER_DATA_INPUT_H
#define PROFILER_DATA_INPUT_H

#include "profiler/data_spool.h"
#include "profiler/error.h"

struct data_input_file {
	int fd;
	uint64_t bytes; /* when it was opened */
};

/* The first file has the header; the others, of a directory, are records alone. */
struct data_input {
	char *name; /* for sentences: the path, or "standard input" */
	struct data_input_file *files;
	size_t count, capacity;
	struct data_spool spool;
	uint64_t file_bytes; /* of all */
};

/* Fails for what does not exist, cannot be read, or belongs to someone else (neither to the user
 * nor to root; not asked of root, nor with `force`). */
bool data_input_open(struct data_input *input, const char *path, bool force, struct error *err);
void data_input_close(struct data_input *input);

/* What lies beside a recording that was not closed: FILE.part, whole, on the heap; NULL without. */
uint8_t *data_input_read_part_file(const char *path, bool force, size_t *size);

#endif
