/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a jitdump file, as sentences for the author of a JIT.
 *
 * You give an open file; you get one line for each fault with its offset in the file, in file
 * order: what jprof had to work around, and what makes perf refuse or misread the file. It never
 * judges names, addresses or times that merely look odd.
 */
#ifndef UI_DUMP_CHECK_H
#define UI_DUMP_CHECK_H

#include <stdint.h>
#include <stdio.h>

struct dump_check {
	uint64_t function_count; /* CODE_LOADs, repeated ones once */
	uint64_t fault_count;
};

/* Reads the file from its start; `fd`, which must have a header, stays the caller's. */
struct dump_check dump_check_print(int fd, FILE *out);

#endif
