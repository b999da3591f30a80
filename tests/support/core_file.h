/* SPDX-License-Identifier: MIT */
/*
 * A core file as the kernel shows its memory in /proc/kcore, small.
 *
 * You give pieces of memory; you get the file, with a segment for each.
 */
#ifndef SUPPORT_CORE_FILE_H
#define SUPPORT_CORE_FILE_H

#include <stddef.h>
#include <stdint.h>

struct core_piece {
	uint64_t address;
	const void *bytes;
	size_t size;
};

void core_file_write(const char *path, const struct core_piece *pieces, size_t count);

#endif
