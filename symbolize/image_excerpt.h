/* SPDX-License-Identifier: MIT */
/*
 * What is kept of an image's file, for where the file is not: an excerpt.
 *
 * You give an image and places in it; you get their names and lines as the image told them, where
 * the bytes of the file lie, and the code of the functions around the places with its lines and the
 * names of what it calls, reads and writes. Given to an image again (image_use_excerpt()), it
 * answers for the file. It never has more than names, lines and code of what was asked for: nothing
 * to unwind by.
 *
 * Everything in an excerpt may come from an untrusted recording: arrays are searched, never trusted
 * to be complete, and texts become printable when an image hands them out.
 */
#ifndef SYMBOLIZE_IMAGE_EXCERPT_H
#define SYMBOLIZE_IMAGE_EXCERPT_H

#include "symbolize/elf_segment.h"
#include "symbolize/image.h"
#include "symbolize/symbolizer.h"

struct excerpt_symbol {
	uint64_t start, size;
	const char *name;
};

#define EXCERPT_NO_SYMBOL UINT32_MAX

struct excerpt_place {
	uint64_t image_address;
	uint32_t symbol;		   /* index, or EXCERPT_NO_SYMBOL */
	uint32_t first_frame, frame_count; /* in `frames`, innermost first */
	bool is_trampoline;		   /* see image_is_signal_trampoline() */
};

/* From here to the next row, or to the end of the piece of code, the line of the innermost frame. */
struct excerpt_row {
	uint64_t image_address;
	const char *file; /* NULL: not known */
	uint32_t line, column;
};

/* A piece of code: a sampled function, or what lies around sampled places. */
struct excerpt_code {
	uint64_t image_address;
	const uint8_t *bytes;
	size_t size;
};

/* Places, rows and pieces ascend by address, and pieces do not overlap; symbols have no order. Texts
 * and code are borrowed, arrays owned. A zeroed one is empty. */
struct image_excerpt {
	struct image_identity identity; /* of the file; its build-id, where it has one */
	const char *status;		/* of the image when it had the file ... */
	enum image_lack lack;		/* ... and this */
	struct elf_segment *segments;
	size_t segment_count, segment_capacity;
	struct excerpt_symbol *symbols;
	size_t symbol_count, symbol_capacity;
	struct excerpt_place *places;
	size_t place_count, place_capacity;
	struct frame *frames;
	size_t frame_count, frame_capacity;
	struct excerpt_row *rows;
	size_t row_count, row_capacity;
	struct excerpt_code *code;
	size_t code_count, code_capacity;
	uint8_t *code_bytes; /* what `code` points into, where the excerpt owns it */
};
void image_excerpt_deinit(struct image_excerpt *excerpt);

/*
 * Fills a zeroed excerpt with what the image knows of these places, which are sorted on the way.
 * Texts live with the symbolizer. False, and nothing, for an image without a file that could be
 * used, and for one that is not of a file.
 */
bool image_excerpt_take(struct image_excerpt *excerpt, struct image *image, uint64_t *places,
			size_t count);

/* Whether the excerpt is of the file that this image was mapped from. */
bool image_excerpt_is_of(const struct image_excerpt *excerpt, const struct image *image);

/* The image answers from the excerpt, which is borrowed for its life, and looks for its file only
 * where that has no answer; but where the user names a directory of symbols, the file goes first. */
void image_use_excerpt(struct image *image, const struct image_excerpt *excerpt);

/* What the excerpt (NULL: there is none) has of an address, or NULL. */
const struct excerpt_place *image_excerpt_place(const struct image_excerpt *excerpt,
						uint64_t image_address);
const struct excerpt_code *image_excerpt_code(const struct image_excerpt *excerpt,
					      uint64_t image_address);

/* The same as image.h tells it, of an image that has an excerpt with this place in it. */
bool image_excerpt_symbol(const struct image *image, const struct excerpt_place *place,
			  struct symbol *symbol);
size_t image_excerpt_frames(const struct image *image, const struct excerpt_place *place,
			    struct frame *frames, size_t max);
/* False where no excerpt has the code. */
bool image_excerpt_line(const struct image *image, uint64_t image_address, struct frame *frame);

#endif
