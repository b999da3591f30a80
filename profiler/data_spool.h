/* SPDX-License-Identifier: MIT */
/*
 * A temporary file without a name: what cannot be read twice is kept here.
 *
 * You give bytes; you get the offset where they can be read again, by the descriptor. It never
 * leaves a file behind, however the program ends. Lies in $TMPDIR or /var/tmp, for a recording may
 * be larger than memory; where neither can be written, in memory.
 */
#ifndef PROFILER_DATA_SPOOL_H
#define PROFILER_DATA_SPOOL_H

#include "profiler/error.h"

#include <stddef.h>
#include <stdint.h>

struct data_spool {
	int fd; /* -1: not open */
	uint64_t end;
	uint8_t *unwritten; /* the last bytes, on their way */
	size_t unwritten_bytes;
};

bool data_spool_open(struct data_spool *spool, struct error *err);
void data_spool_close(struct data_spool *spool);

/* False if the file system is full. */
bool data_spool_add(struct data_spool *spool, const uint8_t *bytes, size_t size, uint64_t *offset);

/* Everything added can be read by the descriptor. */
bool data_spool_flush(struct data_spool *spool);

/* Starts over at the offset 0: what was added can be read until more is added. */
bool data_spool_rewind(struct data_spool *spool);

/* Adds all that `fd` (a pipe) still gives. */
bool data_spool_add_all(struct data_spool *spool, int fd, struct error *err);

#endif
