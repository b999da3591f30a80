/* SPDX-License-Identifier: MIT */
#include "profiler/process_memory.h"

#include <sys/uio.h>

size_t process_memory_read(uint32_t pid, uint64_t address, void *bytes, size_t size)
{
	struct iovec here = { bytes, size }, there = { (void *)(uintptr_t)address, size }; // NOLINT
	ssize_t got = process_vm_readv((pid_t)pid, &here, 1, &there, 1, 0);

	return got > 0 ? (size_t)got : 0;
}
