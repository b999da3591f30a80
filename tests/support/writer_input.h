/* SPDX-License-Identifier: MIT */
/*
 * What a recorder gives to the data writer, made up: events, samples with chains, side-band
 * records as a kernel would make them.
 */
#ifndef SUPPORT_WRITER_INPUT_H
#define SUPPORT_WRITER_INPUT_H

#include "profiler/data_writer.h"
#include "support/read_back.h"

#include <linux/perf_event.h>

enum { WRITER_INPUT_PID = 4000000, WRITER_INPUT_CLOCK_ID = 71, WRITER_INPUT_DUMMY_ID = 81 };

/* Of an event that samples user registers and stacks, with its kernel chain. */
struct perf_event_attr writer_input_attr(void);
/* Of the side band. */
struct perf_event_attr writer_input_dummy_attr(void);

/* A recording of cpu-clock with a side band, into `path`; fails the test if it cannot be opened. */
struct data_writer *writer_input_open(const char *path);
/* The same, with compressed records. */
struct data_writer *writer_input_open_compressed(const char *path);

/* A sample of thread WRITER_INPUT_PID whose chain is these user addresses, leaf first. */
void writer_input_sample(struct data_writer *writer, uint64_t time_ns, const uint64_t *addresses,
			 size_t count);

void writer_input_comm(struct data_writer *writer, uint64_t time_ns, const char *comm);
/* Executable, [start, start + size), of a file. */
void writer_input_mmap(struct data_writer *writer, uint64_t time_ns, uint64_t start, uint64_t size,
		       const char *path);

/* Closes; fails the test if that fails. */
void writer_input_close(struct data_writer *writer);

/* Closes the recording of a writer that was killed. */
void writer_input_put_right(const char *path);

/* Reads a recording in which nothing may be wrong. */
struct read_back writer_input_read(const char *path);

#endif
