/* SPDX-License-Identifier: MIT */
/*
 * The memory of the kernel that runs, by run-time address.
 *
 * You give /proc/kcore, which is an ELF core file of it; you get bytes. They are as they are now:
 * the kernel changes its own code (static keys, ftrace). It never knows whether an address is of
 * this boot.
 *
 * Source: fs/proc/kcore.c of Linux 6.1; a segment's file offset is told in its program header.
 */
#ifndef SYMBOLIZE_KERNEL_MEMORY_H
#define SYMBOLIZE_KERNEL_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#define KERNEL_MEMORY_PATH "/proc/kcore"

struct kernel_memory;
struct symbolizer;

/* NULL: it cannot be read, and *reason is a static sentence. */
struct kernel_memory *kernel_memory_open(const char *path, const char **reason);
void kernel_memory_close(struct kernel_memory *memory);

/* Copies up to `size` bytes; returns how many were there. */
size_t kernel_memory_read(const struct kernel_memory *memory, uint64_t address, void *bytes,
			  size_t size);

/* Lets image_read() read the symbolizer's kernel image; "" or why it cannot. Once it can, a path is
 * looked at no more. */
const char *symbolizer_use_kernel_memory(struct symbolizer *symbolizer, const char *path);

#endif
