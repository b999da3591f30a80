/* SPDX-License-Identifier: MIT */
/*
 * Where the bytes of an ELF file lie in its image.
 *
 * You give the loaded segments and a place in the file; you get the image address. It never needs
 * the file itself.
 */
#ifndef SYMBOLIZE_ELF_SEGMENT_H
#define SYMBOLIZE_ELF_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A PT_LOAD that is not empty; its ends do not overflow. */
struct elf_segment {
	uint64_t file_offset, file_size;
	uint64_t image_address, memory_size;
	bool is_executable;
};

/* See image_address_of(). */
bool elf_segments_address_of(const struct elf_segment *segments, size_t count, uint64_t file_offset,
			     uint64_t *image_address);

#endif
