/* SPDX-License-Identifier: MIT */
/*
 * CFI programs as bytes for another interpreter: the instructions of an FDE up to one row.
 *
 * You give a function's CFI and an address in it; you get the CIE and FDE programs as bytes that
 * describe the same row and that an interpreter can trust, for they are what profiler/cfi_reader.h
 * lets through. It never runs a program.
 */
#ifndef PROFILER_CFI_PROGRAM_H
#define PROFILER_CFI_PROGRAM_H

#include "jitdump/cfi_table.h"

/* Bytes that grow; zeroed is empty. Reused, it stops allocating. */
struct cfi_buffer {
	uint8_t *bytes;
	size_t size, capacity;
};

void cfi_buffer_deinit(struct cfi_buffer *buffer);
void cfi_buffer_append(struct cfi_buffer *buffer, const void *bytes, size_t size);

/* Appends the CIE's program. False if it cannot be trusted. */
bool cfi_program_copy_initial(const struct cfi_function *function, struct cfi_buffer *buffer);

/* Appends the FDE's program up to the row that holds at `address` (in the function). */
bool cfi_program_copy(const struct cfi_function *function, uint64_t address,
		      struct cfi_buffer *buffer);

#endif
