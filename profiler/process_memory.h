/* SPDX-License-Identifier: MIT */
/*
 * The memory of a process that runs.
 *
 * You give an address in it; you get the bytes that are there now, if ptrace(2) is allowed. It never
 * stops the process.
 */
#ifndef PROFILER_PROCESS_MEMORY_H
#define PROFILER_PROCESS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Returns how many bytes were read: fewer where no memory is, 0 where nothing may be read. */
size_t process_memory_read(uint32_t pid, uint64_t address, void *bytes, size_t size);

#endif
