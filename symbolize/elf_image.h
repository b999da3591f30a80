/* SPDX-License-Identifier: MIT */
/*
 * An ELF file with all that names and unwinds its code: symbols, separate debug file, sections.
 *
 * You give the open file; you get each of these when it is first asked for. It never looks for
 * the file itself (image_file.h does).
 */
#ifndef SYMBOLIZE_ELF_IMAGE_H
#define SYMBOLIZE_ELF_IMAGE_H

#include "symbolize/debug_file.h"
#include "symbolize/dwarf_index.h"
#include "symbolize/elf_objects.h"
#include "symbolize/elf_symbols.h"

struct elf_image {
	struct elf_file *file;
	struct debug_places places; /* borrowed */
	struct elf_file *debug_file, *mini_debug_file;
	char *refusal; /* why what lay in a debug file's place is not used; NULL: nothing did */
	struct elf_symbols *symbols; /* NULL: not read yet */
	struct elf_objects *objects; /* NULL: not read yet */
	struct dwarf_index *dwarf;   /* NULL: not read yet, or none */
	struct image_unwind_sections sections;
	bool has_debug_file; /* it was looked for */
	bool was_asked_for;  /* of the servers */
	bool has_sections;   /* they were looked for */
	bool has_dwarf;	     /* it was looked for */
};

/* Owns `file`; what `places` points to outlives the image. */
struct elf_image *elf_image_create(struct elf_file *file, const struct debug_places *places);
void elf_image_destroy(struct elf_image *image);

/* See elf_file.h: of its files. */
void elf_image_give_back_pages(const struct elf_image *image);

/* NULL: there is none. It is not downloaded. */
const struct elf_file *elf_image_debug_file(struct elf_image *image);

/* To be called before symbols are asked for names: downloads the debug file if one is needed.
 * Unwinding, which meets many images that nobody looks at, does without. */
void elf_image_prepare_names(struct elf_image *image);

const struct elf_symbols *elf_image_symbols(struct elf_image *image);
const struct elf_objects *elf_image_objects(struct elf_image *image);

/* NULL: there is none. What it is given outlives the image. */
struct dwarf_index *elf_image_dwarf(struct elf_image *image, struct string_pool *strings,
				    struct demangler *demangler);

const struct image_unwind_sections *elf_image_unwind_sections(struct elf_image *image);

/* elf_entry.c; see image.h. */
bool elf_image_is_entry(struct elf_image *image, uint64_t image_address);
bool elf_image_is_signal_trampoline(const struct elf_image *image, uint64_t image_address);

#endif
