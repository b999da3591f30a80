/* SPDX-License-Identifier: MIT */
/*
 * What a process has written to a file and not handed over to the kernel yet.
 *
 * You give a live process and a file that it writes through glibc's stdio; you get the bytes that
 * will follow the file's end. V8, CPython and LLVM write their dumps so, 4 KiB at a time: a steady
 * program's hottest function may wait in that buffer for its whole life. It reads the process's
 * memory and nothing else: it never stops the process, and trusts no pointer that it finds there.
 * Where the process may not be looked into, or writes in another way, there is nothing.
 */
#ifndef PROFILER_UNFLUSHED_FILE_H
#define PROFILER_UNFLUSHED_FILE_H

#include "profiler/jit_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One file of one process. Zeroed but for these two it knows nothing yet. */
struct unflushed_file {
	uint32_t pid;
	struct jit_file_identity identity;
	int fd;			 /* the process's; -1: it has none for the file */
	uint64_t stream_address; /* of its FILE; 0: not found yet */
	unsigned search_count;	 /* in vain, one after another */
};

/*
 * True, with memory that is the caller's, if there is something: `*size` bytes that follow the first
 * `*file_size` of the file, as of a moment during the call.
 */
bool unflushed_file_read(struct unflushed_file *file, uint64_t *file_size, uint8_t **bytes,
			 size_t *size);

#endif
