/* SPDX-License-Identifier: MIT */
/*
 * Is the kernel of a recording the one that runs now, at the same addresses?
 *
 * A kernel is moved at every boot (KASLR), so names from another boot's kallsyms would be wrong
 * without a sign of it.
 */
#ifndef PROFILER_KERNEL_BOOT_H
#define PROFILER_KERNEL_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#define KALLSYMS_PATH "/proc/kallsyms"

/* True if the running kernel has `symbol` (e.g. "_text") at `address`. */
bool kernel_boot_is(const char *symbol, uint64_t address);

#endif
