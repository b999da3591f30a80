/* SPDX-License-Identifier: MIT */
#include "symbolize/image_excerpt.h"

#include "symbolize/build_id.h"
#include "symbolize/symbolizer_state.h"

#include <stdlib.h>
#include <string.h>

void image_excerpt_deinit(struct image_excerpt *excerpt)
{
	if (!excerpt)
		return;
	free(excerpt->segments);
	free(excerpt->symbols);
	free(excerpt->places);
	free(excerpt->frames);
	free(excerpt->rows);
	free(excerpt->code);
	free(excerpt->code_bytes);
	*excerpt = (struct image_excerpt){ 0 };
}

bool image_excerpt_is_of(const struct image_excerpt *excerpt, const struct image *image)
{
	const struct image_identity *told = &excerpt->identity;
	const struct image_identity *mapped = &((const struct known_image *)image)->identity;

	if (strcmp(told->path, mapped->path) != 0)
		return false;
	if (told->build_id.size && mapped->build_id.size)
		return build_id_is_equal(&told->build_id, &mapped->build_id);
	return told->inode == mapped->inode && told->major == mapped->major &&
	       told->minor == mapped->minor;
}

void image_use_excerpt(struct image *image, const struct image_excerpt *excerpt)
{
	struct string_pool *strings = image->symbolizer->strings;

	if (image->symbolizer->symbols_directory && image_elf(image))
		return;
	image->excerpt = excerpt;
	image->lack = excerpt->lack;
	image->status =
		string_pool_add_printable(strings, excerpt->status, strlen(excerpt->status));
	((struct known_image *)image)->was_opened = false;
	if (!image->build_id.size)
		image->build_id = excerpt->identity.build_id;
}

/* Of items that begin with an address and ascend by it: how many are not above `address`. */
static size_t count_up_to(const void *items, size_t count, size_t item_size, uint64_t address)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint64_t start;

		memcpy(&start, (const uint8_t *)items + middle * item_size, sizeof(start));
		if (start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct excerpt_place *image_excerpt_place(const struct image_excerpt *excerpt,
						uint64_t image_address)
{
	const struct excerpt_place *place;
	size_t number = 0;

	if (excerpt)
		number = count_up_to(excerpt->places, excerpt->place_count,
				     sizeof(*excerpt->places), image_address);
	place = number ? &excerpt->places[number - 1] : NULL;
	return place && place->image_address == image_address ? place : NULL;
}

const struct excerpt_code *image_excerpt_code(const struct image_excerpt *excerpt,
					      uint64_t image_address)
{
	const struct excerpt_code *code;
	size_t number = 0;

	if (excerpt)
		number = count_up_to(excerpt->code, excerpt->code_count, sizeof(*excerpt->code),
				     image_address);
	code = number ? &excerpt->code[number - 1] : NULL;
	return code && image_address - code->image_address < code->size ? code : NULL;
}

static const char *printable(const struct image *image, const char *text)
{
	struct string_pool *strings = image->symbolizer->strings;

	return text ? string_pool_add_printable(strings, text, strlen(text)) : NULL;
}

bool image_excerpt_symbol(const struct image *image, const struct excerpt_place *place,
			  struct symbol *symbol)
{
	const struct excerpt_symbol *kept;

	if (place->symbol >= image->excerpt->symbol_count)
		return false;
	kept = &image->excerpt->symbols[place->symbol];
	*symbol = (struct symbol){
		.name = printable(image, kept->name),
		.start = kept->start,
		.size = kept->size,
	};
	return true;
}

size_t image_excerpt_frames(const struct image *image, const struct excerpt_place *place,
			    struct frame *frames, size_t max)
{
	size_t count = place->frame_count < max ? place->frame_count : max;

	for (size_t i = 0; i < count; i++) {
		frames[i] = image->excerpt->frames[place->first_frame + i];
		frames[i].function = printable(image, frames[i].function);
		frames[i].file = printable(image, frames[i].file);
	}
	return count;
}

bool image_excerpt_line(const struct image *image, uint64_t image_address, struct frame *frame)
{
	const struct image_excerpt *excerpt = image->excerpt;
	const struct excerpt_code *code = image_excerpt_code(excerpt, image_address);
	const struct excerpt_row *row;
	size_t number;

	if (!code)
		return false;
	number = count_up_to(excerpt->rows, excerpt->row_count, sizeof(*excerpt->rows),
			     image_address);
	row = number ? &excerpt->rows[number - 1] : NULL;
	*frame = (struct frame){ 0 };
	if (row && row->image_address >= code->image_address)
		*frame = (struct frame){
			.file = printable(image, row->file),
			.line = row->line,
			.column = row->column,
		};
	return true;
}
