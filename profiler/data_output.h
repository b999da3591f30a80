/* SPDX-License-Identifier: MIT */
/*
 * Where a recording goes: a file, or a stream that can neither be sought nor cut.
 *
 * You give whole records; they are gathered and written in large pieces. When a file cannot grow
 * it is cut back to its last whole record. Records are compressed on their way, if that was asked
 * for. It never interprets a record beyond its size, and never changes what signals do: SIGPIPE and
 * SIGXFSZ must be ignored by whoever calls.
 */
#ifndef PROFILER_DATA_OUTPUT_H
#define PROFILER_DATA_OUTPUT_H

#include "profiler/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct data_deflate;

struct data_output {
	int fd;	    /* -1: closed */
	char *path; /* as given; "-" is standard output. NULL: closed */
	bool is_stream;
	uint64_t offset;	      /* in the file, of what is gathered */
	struct data_deflate *deflate; /* NULL: records are written as they are */
	uint8_t *gathered;
	size_t gathered_size;
	uint64_t room; /* bytes kept free behind the last record when the file cannot grow */
};

/*
 * A regular file that is there and not empty becomes FILE.old, with its FILE.part; anything else
 * that is there (a fifo, a device) is a stream, as is "-".
 */
bool data_output_open(struct data_output *output, const char *path, struct error *err);

/* Records are compressed from now on, at this level of zstd. */
bool data_output_compress(struct data_output *output, uint32_t level, struct error *err);

/* A file that is there, to be read, cut and written on. Fails while another process writes it. */
bool data_output_reopen(struct data_output *output, const char *path, struct error *err);

/* Of a zeroed one, too. */
void data_output_close(struct data_output *output);

/* Gathers one whole record, at most 64 KiB. */
bool data_output_append(struct data_output *output, const void *record, size_t size,
			struct error *err);

/* Writes what is gathered. */
bool data_output_drain(struct data_output *output, struct error *err);

/* Writes behind everything, at once; not records. */
bool data_output_write(struct data_output *output, const void *bytes, size_t size,
		       struct error *err);

/* Files only, within what was written. */
bool data_output_read_at(const struct data_output *output, uint64_t offset, void *bytes,
			 size_t size, struct error *err);
bool data_output_write_at(struct data_output *output, uint64_t offset, const void *bytes,
			  size_t size, struct error *err);

/* Files only: everything from `offset` on is gone, and the next write goes there. */
bool data_output_cut(struct data_output *output, uint64_t offset, struct error *err);

/* Files only: removes the file, if it is still the one that has the name. */
void data_output_remove(struct data_output *output);

/* The sentence for a write to `path` that failed with `code`; returns false. */
bool data_output_failed(struct error *err, const char *path, int code);

#endif
