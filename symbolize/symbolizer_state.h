/* SPDX-License-Identifier: MIT */
/*
 * The inside of a symbolizer, shared by its parts and by nobody else:
 *
 *     symbolizer.c   the table of images, by identity
 *     image.c        what an image's places are called
 *     image_file.c   which file an image's identity means
 */
#ifndef SYMBOLIZE_SYMBOLIZER_STATE_H
#define SYMBOLIZE_SYMBOLIZER_STATE_H

#include "symbolize/demangle.h"
#include "symbolize/hash_index.h"
#include "symbolize/kernel_memory.h"
#include "symbolize/kernel_symbols.h"
#include "symbolize/symbolizer.h"
#include "symbolize/symbols_directory.h"

/* An image is the first member of one of these. */
struct known_image {
	struct image image;
	struct image_identity identity; /* strings interned */
	bool was_opened;		/* or at least tried */
};

struct symbolizer {
	struct symbols_directory *symbols_directory;  /* NULL: none */
	const char *debug_directory, *build_id_cache; /* interned */
	struct debuginfod_servers *servers;	      /* NULL: none */
	struct string_pool *strings;
	struct demangler *demangler;
	struct kernel_symbols *kernel_symbols;
	struct kernel_memory *kernel_memory; /* NULL: not asked for, or not to be read */
	struct known_image **images;
	size_t image_count, image_capacity;
	struct hash_index image_index; /* of ELF images, by identity */
	struct image *kernel, *unknown;
};

/* Opens the file on first need. NULL: it cannot be used, and the image's status says why. */
struct elf_image *image_elf(struct image *image);

/* image_file.c: opens the file that the image's identity means, or sets its status. */
void image_file_open(struct known_image *known);

/* image_file.c: the same for the vDSO, which is in memory. */
void image_file_open_vdso(struct known_image *known);

#endif
