/* SPDX-License-Identifier: MIT */
#include "symbolize/inflated_sections.h"

#include "jitdump/xalloc.h"

#include <gelf.h>
#include <stdlib.h>
#include <zstd.h>

/* Debian 12's <elf.h> does not have it (System V gABI, "Section Compression"). */
#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2
#endif

/* What zlib can reach at most, and libelf believes (elf_compress.c, 0.188); debug information is
 * far from it. */
enum { RATIO_MAX = 1032 };

void inflated_sections_deinit(struct inflated_sections *sections)
{
	for (size_t i = 0; i < sections->count; i++)
		free(sections->items[i].bytes);
	free(sections->items);
	*sections = (struct inflated_sections){ 0 };
}

static void inflate(struct inflated_section *section, Elf *elf, Elf_Scn *scn)
{
	Elf_Data *data = elf_rawdata(scn, NULL);
	GElf_Chdr header;
	size_t header_size, compressed_size;

	if (!data || !data->d_buf || !gelf_getchdr(scn, &header) ||
	    header.ch_type != ELFCOMPRESS_ZSTD)
		return;
	header_size = gelf_getclass(elf) == ELFCLASS32 ? sizeof(Elf32_Chdr) : sizeof(Elf64_Chdr);
	compressed_size = data->d_size - header_size;
	if (!header.ch_size || header.ch_size / RATIO_MAX > compressed_size)
		return;
	section->size = header.ch_size;
	/* Not xmalloc(): the size is the file's word. */
	section->bytes = malloc(section->size);
	if (!section->bytes)
		return;
	if (ZSTD_decompress(section->bytes, section->size, (char *)data->d_buf + header_size,
			    compressed_size) == section->size)
		return;
	free(section->bytes);
	section->bytes = NULL;
}

const uint8_t *inflated_sections_get(struct inflated_sections *sections, Elf *elf, Elf_Scn *scn,
				     size_t *size)
{
	size_t number = elf_ndxscn(scn);
	struct inflated_section *section = NULL;

	for (size_t i = 0; i < sections->count && !section; i++)
		if (sections->items[i].number == number)
			section = &sections->items[i];
	if (!section) {
		sections->items = xgrow(sections->items, sections->count, &sections->capacity,
					sizeof(*sections->items));
		section = &sections->items[sections->count++];
		*section = (struct inflated_section){ .number = number };
		inflate(section, elf, scn);
	}
	*size = section->size;
	return section->bytes;
}
