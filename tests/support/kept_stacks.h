/* SPDX-License-Identifier: MIT */
/*
 * The samples of a recording that kept its stacks, ready to be unwound again and again.
 *
 * You give a file (of jprof record --keep-stacks, or of perf record --call-graph dwarf); you get
 * one request for each sample that has a user stack, with everything mapped that was mapped then.
 * Copies lie one behind the other in memory, as in a ring.
 */
#ifndef SUPPORT_KEPT_STACKS_H
#define SUPPORT_KEPT_STACKS_H

#include "profiler/data_reader.h"
#include "profiler/session.h"

struct kept_sample {
	struct unwind_request request;
	struct user_registers registers;
	uint8_t register_bytes[8 * 32];
	uint64_t stack_offset; /* in `bytes` */
};

struct kept_stacks {
	struct data_reader *reader;
	struct symbolizer *symbolizer;
	struct session *session;
	struct kept_sample *samples;
	size_t count, capacity;
	uint8_t *bytes;
	size_t bytes_size, bytes_capacity;
};

/* At most `max` samples; 0: all of them. False with a sentence if the file cannot be read. */
bool kept_stacks_open(struct kept_stacks *kept, const char *path, size_t max, struct error *err);
void kept_stacks_close(struct kept_stacks *kept);

#endif
