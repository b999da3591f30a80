/* SPDX-License-Identifier: MIT */
#include "symbolize/elf_image.h"

#include "jitdump/xalloc.h"
#include "symbolize/dwarf_file.h"
#include "symbolize/mini_debug_file.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

struct elf_image *elf_image_create(struct elf_file *file, const struct debug_places *places)
{
	struct elf_image *image = xcalloc(1, sizeof(*image));

	image->file = file;
	image->places = *places;
	return image;
}

void elf_image_destroy(struct elf_image *image)
{
	if (!image)
		return;
	dwarf_index_destroy(image->dwarf);
	elf_objects_destroy(image->objects);
	elf_symbols_destroy(image->symbols);
	elf_file_close(image->mini_debug_file);
	elf_file_close(image->debug_file);
	elf_file_close(image->file);
	free(image->refusal);
	free(image);
}

void elf_image_give_back_pages(const struct elf_image *image)
{
	elf_file_give_back_pages(image->file);
	if (image->debug_file)
		elf_file_give_back_pages(image->debug_file);
}

const struct elf_file *elf_image_debug_file(struct elf_image *image)
{
	if (!image->has_debug_file) {
		image->has_debug_file = true;
		image->debug_file = debug_file_open(image->file, &image->places, &image->refusal);
	}
	return image->debug_file;
}

void elf_image_prepare_names(struct elf_image *image)
{
	if (image->was_asked_for)
		return;
	image->was_asked_for = true;
	if (dwarf_is_in(image->file) || elf_image_debug_file(image))
		return;
	image->debug_file = debug_file_download(image->file, &image->places, &image->refusal);
	if (!image->debug_file)
		return;
	elf_symbols_destroy(image->symbols);
	elf_objects_destroy(image->objects);
	image->symbols = NULL;
	image->objects = NULL;
}

const struct elf_symbols *elf_image_symbols(struct elf_image *image)
{
	const struct elf_file *debug_file = NULL;

	if (image->symbols)
		return image->symbols;
	if (!elf_symbols_are_in(image->file)) {
		debug_file = elf_image_debug_file(image);
		if (!debug_file || !elf_symbols_are_in(debug_file))
			image->mini_debug_file = mini_debug_file_open(image->file);
	}
	image->symbols = elf_symbols_create(image->file, debug_file, image->mini_debug_file);
	return image->symbols;
}

const struct elf_objects *elf_image_objects(struct elf_image *image)
{
	const struct elf_file *debug_file = NULL;

	if (image->objects)
		return image->objects;
	if (!elf_symbols_are_in(image->file))
		debug_file = elf_image_debug_file(image);
	image->objects = elf_objects_create(image->file, debug_file);
	return image->objects;
}

struct dwarf_index *elf_image_dwarf(struct elf_image *image, struct string_pool *strings,
				    struct demangler *demangler)
{
	const struct elf_file *file = image->file;

	if (image->has_dwarf)
		return image->dwarf;
	image->has_dwarf = true;
	elf_image_prepare_names(image);
	if (!dwarf_is_in(file))
		file = elf_image_debug_file(image);
	if (file && dwarf_is_in(file))
		image->dwarf = dwarf_index_create(file, &image->places, strings, demangler);
	return image->dwarf;
}

static bool find_section(const struct elf_file *file, const char *name,
			 struct image_section *section)
{
	struct elf_section found;

	if (!elf_file_section(file, name, &found) || !found.bytes || !found.size)
		return false;
	*section = (struct image_section){ found.image_address, found.bytes, found.size };
	return true;
}

static bool find_segment(const struct elf_file *file, uint32_t type, GElf_Phdr *header)
{
	size_t count;

	if (elf_getphdrnum(file->elf, &count))
		return false;
	for (size_t i = 0; i < count && gelf_getphdr(file->elf, (int)i, header); i++)
		if (header->p_type == type)
			return true;
	return false;
}

/* A file without section headers still has the search table, for the C++ runtime to find. */
static void find_table_by_segment(const struct elf_file *file, struct image_section *table)
{
	GElf_Phdr header;
	const uint8_t *bytes;
	size_t size;

	if (!find_segment(file, PT_GNU_EH_FRAME, &header))
		return;
	bytes = elf_file_at(file, header.p_vaddr, &size);
	if (bytes)
		*table = (struct image_section){
			.image_address = header.p_vaddr,
			.bytes = bytes,
			.size = header.p_filesz < size ? header.p_filesz : size,
		};
}

/*
 * The table's second byte says how its pointer to .eh_frame is encoded: as a signed 32-bit
 * distance from where the pointer lies (DW_EH_PE_pcrel | DW_EH_PE_sdata4, LSB 5.0 core 10.6.2) in
 * every file that linkers make. The end of .eh_frame is not said: a terminator, or the segment's.
 */
static void find_frames_by_table(const struct elf_file *file, const struct image_section *table,
				 struct image_section *frames)
{
	enum { POINTER_AT = 4, PCREL_SDATA4 = 0x1b };
	int32_t distance;

	if (table->size < POINTER_AT + sizeof(distance) || table->bytes[0] != 1 ||
	    table->bytes[1] != PCREL_SDATA4)
		return;
	memcpy(&distance, table->bytes + POINTER_AT, sizeof(distance));
	frames->image_address = table->image_address + POINTER_AT + (uint64_t)(int64_t)distance;
	frames->bytes = elf_file_at(file, frames->image_address, &frames->size);
}

static void find_text(const struct elf_file *file, struct image_section *text)
{
	if (find_section(file, ".text", text))
		return;
	for (size_t i = 0; i < file->segment_count; i++) {
		const struct elf_segment *segment = &file->segments[i];

		if (!segment->is_executable)
			continue;
		*text = (struct image_section){
			.image_address = segment->image_address,
			.bytes = file->bytes + segment->file_offset,
			.size = segment->file_size,
		};
		return;
	}
}

const struct image_unwind_sections *elf_image_unwind_sections(struct elf_image *image)
{
	struct image_unwind_sections *sections = &image->sections;
	const struct elf_file *file = image->file, *debug_file;
	struct image_section got;
	struct elf_section debug_frame;

	if (image->has_sections)
		return sections;
	image->has_sections = true;
	if (!find_section(file, ".eh_frame_hdr", &sections->eh_frame_hdr))
		find_table_by_segment(file, &sections->eh_frame_hdr);
	if (!find_section(file, ".eh_frame", &sections->eh_frame))
		find_frames_by_table(file, &sections->eh_frame_hdr, &sections->eh_frame);
	find_text(file, &sections->text);
	if (find_section(file, ".got.plt", &got) || find_section(file, ".got", &got))
		sections->got_address = got.image_address;
	debug_file = elf_image_debug_file(image);
	if (elf_file_debug_section(file, ".debug_frame", &debug_frame) ||
	    (debug_file && elf_file_debug_section(debug_file, ".debug_frame", &debug_frame)))
		sections->debug_frame = (struct image_section){ .bytes = debug_frame.bytes,
								.size = debug_frame.size };
	return sections;
}
