/* SPDX-License-Identifier: MIT */
#include "symbolize/elf_segment.h"

/* The kernel maps segments in pages of this size on every CPU that jprof runs on, whatever
 * p_align says. */
#define PAGE_BYTES 4096u

static bool maps_page_of(const struct elf_segment *segment, uint64_t file_offset)
{
	uint64_t end = segment->file_offset + segment->file_size;

	return file_offset / PAGE_BYTES >= segment->file_offset / PAGE_BYTES &&
	       file_offset / PAGE_BYTES <= (end - 1) / PAGE_BYTES;
}

/*
 * Mappings are made of whole pages, so one page of the file can belong to two segments. Bytes of
 * code are asked for most, and each lies within an executable segment: that one goes first.
 */
bool elf_segments_address_of(const struct elf_segment *segments, size_t count, uint64_t file_offset,
			     uint64_t *image_address)
{
	int best = -1;

	for (size_t i = 0; i < count; i++) {
		const struct elf_segment *segment = &segments[i];
		bool holds = file_offset - segment->file_offset < segment->file_size;
		int rank = 2 * holds + segment->is_executable;

		if (rank <= best || !maps_page_of(segment, file_offset))
			continue;
		best = rank;
		*image_address = file_offset - segment->file_offset + segment->image_address;
	}
	return best >= 0;
}
