/* SPDX-License-Identifier: MIT */
#include "symbolize/image.h"

#include "jitdump/xalloc.h"
#include "symbolize/elf_image.h"
#include "symbolize/image_excerpt.h"
#include "symbolize/perf_map.h"
#include "symbolize/symbolizer_state.h"

#include <stdlib.h>
#include <string.h>

/* Calls inlined into each other at one place; compilers stop long before. */
enum { INLINED_MAX = 256 };

struct elf_image *image_elf(struct image *image)
{
	struct known_image *known = (struct known_image *)image;

	if (!known->was_opened) {
		known->was_opened = true;
		if (image->kind == IMAGE_ELF)
			image_file_open(known);
		else if (image->kind == IMAGE_VDSO)
			image_file_open_vdso(known);
		/* That of an excerpt, which had no answer, no longer. */
		image->lack = IMAGE_LACKS_NOTHING;
	}
	return image->elf;
}

bool image_is_lost(const struct image *image)
{
	struct known_image again = *(const struct known_image *)image;

	if (image->kind != IMAGE_ELF || !image->elf)
		return false;
	again.image.elf = NULL;
	again.identity.root = NULL;
	again.identity.build_id = image->build_id;
	image_file_open(&again);
	elf_image_destroy(again.image.elf);
	return !again.image.elf;
}

static const char *display_name(struct symbolizer *symbolizer, const struct elf_symbol *symbol)
{
	const char *shown = demangle(symbolizer->demangler, symbol->name);
	char *name;

	if (!symbol->suffix)
		return shown;
	name = xasprintf("%s%s", shown, symbol->suffix);
	shown = string_pool_add(symbolizer->strings, name);
	free(name);
	return shown;
}

static struct symbol shown_symbol(struct symbolizer *symbolizer, const struct elf_symbol *symbol)
{
	return (struct symbol){
		.name = display_name(symbolizer, symbol),
		.start = symbol->start,
		.size = symbol->end - symbol->start,
	};
}

static void set_status(struct image *image, enum image_lack lack, char *status)
{
	image->lack = lack;
	image->status =
		string_pool_add_printable(image->symbolizer->strings, status, strlen(status));
	free(status);
}

/* A unit whose entries are in a .dwo file has lines without it, and no inlined functions. */
static void note_missing_part(struct image *image, const struct dwarf_index *dwarf)
{
	const char *missing = dwarf_index_missing(dwarf);

	if (missing && image->kind == IMAGE_ELF && !*image->status)
		set_status(image, IMAGE_LACKS_NOTHING,
			   xasprintf("inlined functions of %s are not told: %s, or a .dwp file "
				     "with it, was not found",
				     image->path, missing));
}

/* Says once what is missing of what was asked for. */
static void note_lacks(struct image *image, const struct elf_image *elf)
{
	bool is_stripped = elf->symbols && elf_symbols_are_exported_only(elf->symbols);
	bool has_no_lines = elf->has_dwarf && !elf->dwarf;

	if (image->kind != IMAGE_ELF || *image->status || !(is_stripped || has_no_lines))
		return;
	if (elf->refusal)
		set_status(image, IMAGE_LACKS_NOTHING,
			   xasprintf("%s %s, and %s", image->path,
				     is_stripped ? "is stripped" : "has no debug information",
				     elf->refusal));
	else if (is_stripped)
		set_status(image, IMAGE_LACKS_NAMES,
			   xasprintf("%s is stripped and no debug file of it was found: "
				     "only exported functions have names",
				     image->path));
	else
		set_status(image, IMAGE_LACKS_LINES,
			   xasprintf("%s has no debug information and no debug file of it was "
				     "found: its functions have no lines",
				     image->path));
}

static bool find_elf_symbol(struct image *image, uint64_t image_address, struct symbol *symbol)
{
	const struct excerpt_place *place = image_excerpt_place(image->excerpt, image_address);
	struct elf_symbol found;
	struct elf_image *elf;
	bool is_found;

	if (place)
		return image_excerpt_symbol(image, place, symbol);
	elf = image_elf(image);
	if (!elf)
		return false;
	elf_image_prepare_names(elf);
	is_found = elf_symbols_find(elf_image_symbols(elf), image_address, &found);
	note_lacks(image, elf);
	if (!is_found)
		return false;
	*symbol = shown_symbol(image->symbolizer, &found);
	return true;
}

bool image_symbol(struct image *image, uint64_t image_address, struct symbol *symbol)
{
	switch (image->kind) {
	case IMAGE_ELF:
	case IMAGE_VDSO:
		return find_elf_symbol(image, image_address, symbol);
	case IMAGE_KERNEL:
		return kernel_symbols_find(image->symbolizer->kernel_symbols, image_address,
					   symbol);
	case IMAGE_PERF_MAP:
		return perf_map_find(image->perf_map, image_address, symbol);
	case IMAGE_JIT:
	case IMAGE_UNKNOWN:
		break;
	}
	return false;
}

bool image_data_symbol(struct image *image, uint64_t image_address, struct symbol *symbol)
{
	const struct excerpt_place *place = image_excerpt_place(image->excerpt, image_address);
	struct elf_symbol found;
	struct elf_image *elf;

	if (place)
		return image_excerpt_symbol(image, place, symbol);
	elf = image_elf(image);
	if (!elf)
		return false;
	elf_image_prepare_names(elf);
	if (!elf_objects_find(elf_image_objects(elf), elf_image_symbols(elf), image_address,
			      &found))
		return false;
	*symbol = shown_symbol(image->symbolizer, &found);
	return true;
}

static size_t find_lines(struct image *image, uint64_t image_address, struct frame *frames,
			 size_t max)
{
	struct symbolizer *symbolizer = image->symbolizer;
	struct elf_image *elf = image_elf(image);
	struct dwarf_index *dwarf =
		elf ? elf_image_dwarf(elf, symbolizer->strings, symbolizer->demangler) : NULL;
	struct dwarf_frame found[INLINED_MAX];
	size_t count = 0;

	if (dwarf)
		count = dwarf_index_frames(dwarf, image_address, found,
					   max < INLINED_MAX ? max : INLINED_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct dwarf_frame *from = &found[i];

		frames[i] = (struct frame){
			.function = from->shown,
			.file = from->file,
			.line = from->line,
			.column = from->column,
			.is_inlined = from->is_inlined,
		};
	}
	if (dwarf)
		note_missing_part(image, dwarf);
	return count;
}

static void prepare_lines(struct image *image, const uint64_t *image_addresses, size_t count)
{
	const struct symbolizer *symbolizer = image->symbolizer;
	struct elf_image *elf = image->excerpt ? NULL : image_elf(image);
	struct dwarf_index *dwarf =
		elf ? elf_image_dwarf(elf, symbolizer->strings, symbolizer->demangler) : NULL;

	if (dwarf)
		dwarf_index_prepare(dwarf, image_addresses, count);
}

void image_prepare(struct image *image, const uint64_t *image_addresses, size_t count)
{
	if (image->kind == IMAGE_KERNEL)
		kernel_symbols_prepare(image->symbolizer->kernel_symbols, image_addresses, count);
	else if (image->kind == IMAGE_ELF || image->kind == IMAGE_VDSO)
		prepare_lines(image, image_addresses, count);
}

/* The outermost function is called what the symbol table calls it, as in image_symbol(). */
size_t image_frames(struct image *image, uint64_t image_address, struct frame *frames, size_t max)
{
	const struct excerpt_place *place = image_excerpt_place(image->excerpt, image_address);
	struct symbol symbol;
	size_t count = 0;

	if (!max)
		return 0;
	if (place)
		return image_excerpt_frames(image, place, frames, max);
	if (image->kind == IMAGE_ELF || image->kind == IMAGE_VDSO)
		count = find_lines(image, image_address, frames, max);
	if (!count)
		frames[count++] = (struct frame){ 0 };
	if (!frames[count - 1].is_inlined && image_symbol(image, image_address, &symbol))
		frames[count - 1].function = symbol.name;
	return count;
}

bool image_line(struct image *image, uint64_t image_address, struct frame *frame)
{
	if (image_excerpt_line(image, image_address, frame))
		return frame->file != NULL;
	if ((image->kind != IMAGE_ELF && image->kind != IMAGE_VDSO) ||
	    !find_lines(image, image_address, frame, 1))
		return false;
	return frame->file != NULL;
}

bool image_address_of(struct image *image, uint64_t file_offset, uint64_t *image_address)
{
	struct elf_image *elf;

	if (image->excerpt &&
	    elf_segments_address_of(image->excerpt->segments, image->excerpt->segment_count,
				    file_offset, image_address))
		return true;
	elf = image_elf(image);
	return elf && elf_file_address_of(elf->file, file_offset, image_address);
}

size_t image_read(struct image *image, uint64_t image_address, void *bytes, size_t size)
{
	const struct excerpt_code *code = image_excerpt_code(image->excerpt, image_address);
	struct elf_image *elf = code ? NULL : image_elf(image);
	const uint8_t *from = NULL;
	size_t room;

	if (image->kind == IMAGE_KERNEL)
		return kernel_memory_read(image->symbolizer->kernel_memory, image_address, bytes,
					  size);
	if (code) {
		from = code->bytes + (image_address - code->image_address);
		room = code->size - (image_address - code->image_address);
	} else if (elf) {
		from = elf_file_at(elf->file, image_address, &room);
	}
	if (!from)
		return 0;
	if (size > room)
		size = room;
	memcpy(bytes, from, size);
	return size;
}

/* An excerpt does not tell, and its file is not looked for because of that. */
uint16_t image_machine(struct image *image)
{
	const struct elf_image *elf = image->excerpt ? image->elf : image_elf(image);

	return elf ? elf->file->machine : 0;
}

bool image_unwind_sections(struct image *image, struct image_unwind_sections *sections)
{
	struct elf_image *elf = image_elf(image);

	if (!elf)
		return false;
	*sections = *elf_image_unwind_sections(elf);
	return true;
}

bool image_is_entry(struct image *image, uint64_t image_address)
{
	struct elf_image *elf = image_elf(image);

	return elf && elf_image_is_entry(elf, image_address);
}

/* Whoever asks has asked for the place itself, or for the byte before it. */
bool image_is_signal_trampoline(struct image *image, uint64_t image_address)
{
	const struct excerpt_place *place = image_excerpt_place(image->excerpt, image_address);
	struct elf_image *elf;

	if (place && place->is_trampoline)
		return true;
	if (place || image_excerpt_place(image->excerpt, image_address - 1))
		return false;
	elf = image_elf(image);

	return elf && elf_image_is_signal_trampoline(elf, image_address);
}
