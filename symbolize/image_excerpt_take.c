/* SPDX-License-Identifier: MIT */
/* How an excerpt is made: from an image that has its file, or an excerpt itself. */
#include "symbolize/image_excerpt.h"

#include "jitdump/xalloc.h"
#include "symbolize/disassembler.h"
#include "symbolize/elf_file.h"
#include "symbolize/elf_image.h"
#include "symbolize/symbolizer_state.h"

#include <stdlib.h>
#include <string.h>

/* No compiler nests more inlined functions at one place. */
enum { FRAMES_MAX = 256 };

/* Functions are kept whole up to this size. Of a larger one so much around each place is kept, and
 * less where nobody says which function it is. */
enum { FUNCTION_BYTES_MAX = 64 << 10, AROUND_BYTES = 16 << 10, NAMELESS_BYTES = 256 };

/* Of one image. */
enum { CODE_BYTES_MAX = 16 << 20, DECODED_BYTES_MAX = 4 << 20 };

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t *first = a, *second = b;

	return *first < *second ? -1 : *first > *second;
}

static size_t sort_addresses(uint64_t *addresses, size_t count)
{
	size_t kept = 0;

	qsort(addresses, count, sizeof(*addresses), compare_addresses);
	for (size_t i = 0; i < count; i++) {
		if (!kept || addresses[kept - 1] != addresses[i])
			addresses[kept++] = addresses[i];
	}
	return kept;
}

static void take_segments(struct image_excerpt *excerpt, const struct image *image)
{
	const struct elf_segment *segments;

	if (image->excerpt) {
		segments = image->excerpt->segments;
		excerpt->segment_count = image->excerpt->segment_count;
	} else {
		segments = image->elf->file->segments;
		excerpt->segment_count = image->elf->file->segment_count;
	}
	excerpt->segments = xcalloc(excerpt->segment_count, sizeof(*segments));
	for (size_t i = 0; i < excerpt->segment_count; i++)
		excerpt->segments[i] = segments[i];
}

/* Places come in order, so that it is one of the last symbols or a new one. */
static uint32_t add_symbol(struct image_excerpt *excerpt, const struct symbol *symbol)
{
	enum { LAST = 4 };

	for (size_t back = 1; back <= LAST && back <= excerpt->symbol_count; back++) {
		size_t number = excerpt->symbol_count - back;
		const struct excerpt_symbol *known = &excerpt->symbols[number];

		if (known->start == symbol->start && known->size == symbol->size &&
		    known->name == symbol->name)
			return (uint32_t)number;
	}
	excerpt->symbols = xgrow(excerpt->symbols, excerpt->symbol_count, &excerpt->symbol_capacity,
				 sizeof(*excerpt->symbols));
	excerpt->symbols[excerpt->symbol_count] =
		(struct excerpt_symbol){ symbol->start, symbol->size, symbol->name };
	return (uint32_t)excerpt->symbol_count++;
}

static void take_frames(struct image_excerpt *excerpt, struct image *image,
			struct excerpt_place *place)
{
	struct frame frames[FRAMES_MAX];
	size_t count = image_frames(image, place->image_address, frames, FRAMES_MAX);

	place->first_frame = (uint32_t)excerpt->frame_count;
	place->frame_count = (uint32_t)count;
	for (size_t i = 0; i < count; i++) {
		excerpt->frames = xgrow(excerpt->frames, excerpt->frame_count,
					&excerpt->frame_capacity, sizeof(*excerpt->frames));
		excerpt->frames[excerpt->frame_count++] = frames[i];
	}
}

static void take_place(struct image_excerpt *excerpt, struct image *image, uint64_t image_address)
{
	struct excerpt_place place = {
		.image_address = image_address,
		.symbol = EXCERPT_NO_SYMBOL,
		.is_trampoline = image_is_signal_trampoline(image, image_address),
	};
	struct symbol symbol;

	take_frames(excerpt, image, &place);
	if (image_symbol(image, image_address, &symbol))
		place.symbol = add_symbol(excerpt, &symbol);
	excerpt->places = xgrow(excerpt->places, excerpt->place_count, &excerpt->place_capacity,
				sizeof(*excerpt->places));
	excerpt->places[excerpt->place_count++] = place;
}

/*
 * Recorded chains do not tell which frames are return addresses, whose place is a byte back: of a
 * trampoline the place itself is asked for as well.
 */
static void take_places(struct image_excerpt *excerpt, struct image *image,
			const uint64_t *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t next = addresses[i] + 1;

		take_place(excerpt, image, addresses[i]);
		if ((i + 1 == count || addresses[i + 1] != next) &&
		    image_is_signal_trampoline(image, next))
			take_place(excerpt, image, next);
	}
}

static uint64_t less(uint64_t address, uint64_t distance)
{
	return address > distance ? address - distance : 0;
}

/* The code that shows what is around a place. */
static void range_around(const struct image_excerpt *excerpt, const struct excerpt_place *place,
			 uint64_t *start, uint64_t *end)
{
	const struct excerpt_symbol *symbol =
		place->symbol == EXCERPT_NO_SYMBOL ? NULL : &excerpt->symbols[place->symbol];
	uint64_t around = symbol ? AROUND_BYTES : NAMELESS_BYTES;

	*start = less(place->image_address, around);
	*end = place->image_address + around;
	if (!symbol || place->image_address - symbol->start >= symbol->size)
		return;
	if (symbol->size <= FUNCTION_BYTES_MAX || *start < symbol->start)
		*start = symbol->start;
	if (symbol->size <= FUNCTION_BYTES_MAX || *end - symbol->start > symbol->size)
		*end = symbol->start + symbol->size;
}

struct code_range {
	uint64_t start, end;
	bool has_lines;
};

static int compare_ranges(const void *a, const void *b)
{
	const struct code_range *first = a, *second = b;

	return first->start < second->start ? -1 : first->start > second->start;
}

static size_t merge_ranges(struct code_range *ranges, size_t count)
{
	size_t kept = 0;

	if (count)
		qsort(ranges, count, sizeof(*ranges), compare_ranges);
	for (size_t i = 0; i < count; i++) {
		struct code_range *last = kept ? &ranges[kept - 1] : NULL;

		if (!last || ranges[i].start > last->end) {
			ranges[kept++] = ranges[i];
			continue;
		}
		if (ranges[i].end > last->end)
			last->end = ranges[i].end;
		last->has_lines |= ranges[i].has_lines;
	}
	return kept;
}

static size_t find_ranges(const struct image_excerpt *excerpt, struct code_range *ranges)
{
	size_t count = 0;

	for (size_t i = 0; i < excerpt->place_count; i++) {
		const struct excerpt_place *place = &excerpt->places[i];
		struct code_range *range = &ranges[count];

		range_around(excerpt, place, &range->start, &range->end);
		range->has_lines = excerpt->frames[place->first_frame].file != NULL;
		count += range->start < range->end;
	}
	return merge_ranges(ranges, count);
}

/* A row wherever another line begins. */
static void take_rows(struct image_excerpt *excerpt, struct image *image, uint64_t start,
		      uint64_t end)
{
	const struct excerpt_row *last = NULL;

	for (uint64_t address = start; address < end; address++) {
		struct frame frame = { 0 };

		image_line(image, address, &frame);
		if (last && last->file == frame.file && last->line == frame.line &&
		    last->column == frame.column)
			continue;
		excerpt->rows = xgrow(excerpt->rows, excerpt->row_count, &excerpt->row_capacity,
				      sizeof(*excerpt->rows));
		excerpt->rows[excerpt->row_count] =
			(struct excerpt_row){ address, frame.file, frame.line, frame.column };
		last = &excerpt->rows[excerpt->row_count++];
	}
}

/* The image may have less of a range than was asked for, at either end. */
static size_t read_range(struct image *image, struct code_range *range, uint8_t *bytes)
{
	enum { STEP = 64 };
	size_t size = 0;

	while (!size && range->start < range->end) {
		size = image_read(image, range->start, bytes, range->end - range->start);
		if (!size)
			range->start += STEP - range->start % STEP;
	}
	return size;
}

static void take_code(struct image_excerpt *excerpt, struct image *image)
{
	struct code_range *ranges = xcalloc(excerpt->place_count, sizeof(*ranges));
	size_t count = find_ranges(excerpt, ranges), room = 0;

	for (size_t i = 0; i < count; i++)
		room += ranges[i].end - ranges[i].start;
	room = room < CODE_BYTES_MAX ? room : CODE_BYTES_MAX;
	excerpt->code_bytes = xmalloc(room);
	excerpt->code = xcalloc(count, sizeof(*excerpt->code));
	for (size_t i = 0, used = 0; i < count; i++) {
		struct code_range *range = &ranges[i];
		uint8_t *bytes = excerpt->code_bytes + used;

		if (range->end - range->start > room - used)
			break;
		size_t size = read_range(image, range, bytes);

		if (!size)
			continue;
		excerpt->code[excerpt->code_count++] =
			(struct excerpt_code){ range->start, bytes, size };
		if (range->has_lines)
			take_rows(excerpt, image, range->start, range->start + size);
		used += size;
	}
	free(ranges);
}

struct targets {
	uint64_t *addresses;
	size_t count, capacity;
};

static void add_target(struct targets *targets, uint64_t image_address)
{
	targets->addresses = xgrow(targets->addresses, targets->count, &targets->capacity,
				   sizeof(*targets->addresses));
	targets->addresses[targets->count++] = image_address;
}

/* What calls and jumps of a piece lead to, and the data that it has addresses of, outside of their
 * functions. */
static void find_targets(struct targets *targets, struct image *image,
			 struct disassembler *disassembler, const struct excerpt_code *code)
{
	struct symbol own = { 0 };
	struct instruction instruction;

	for (size_t at = 0; at < code->size; at += instruction.size) {
		uint64_t image_address = code->image_address + at;

		disassembler_next(disassembler, code->bytes + at, code->size - at, image_address,
				  &instruction);
		if (!instruction.has_target && !instruction.has_data)
			continue;
		if (image_address - own.start >= own.size &&
		    !image_symbol(image, image_address, &own))
			own.size = 0;
		if (instruction.has_target && instruction.target - own.start >= own.size)
			add_target(targets, instruction.target);
		if (instruction.has_data && instruction.data - own.start >= own.size)
			add_target(targets, instruction.data);
	}
}

/* A name alone: nobody is sampled there. */
static void take_target(struct image_excerpt *excerpt, struct image *image, uint64_t image_address)
{
	struct excerpt_place place = {
		.image_address = image_address,
		.first_frame = (uint32_t)excerpt->frame_count,
		.frame_count = 1,
	};
	struct symbol symbol;

	if (!image_symbol(image, image_address, &symbol) &&
	    !image_data_symbol(image, image_address, &symbol))
		return;
	place.symbol = add_symbol(excerpt, &symbol);
	excerpt->frames = xgrow(excerpt->frames, excerpt->frame_count, &excerpt->frame_capacity,
				sizeof(*excerpt->frames));
	excerpt->frames[excerpt->frame_count++] = (struct frame){ .function = symbol.name };
	excerpt->places = xgrow(excerpt->places, excerpt->place_count, &excerpt->place_capacity,
				sizeof(*excerpt->places));
	excerpt->places[excerpt->place_count++] = place;
}

static int compare_places(const void *a, const void *b)
{
	const struct excerpt_place *first = a, *second = b;

	return first->image_address < second->image_address
		       ? -1
		       : first->image_address > second->image_address;
}

/* An excerpt has found its own before. */
static void find_all_targets(struct targets *targets, const struct image_excerpt *excerpt,
			     struct image *image)
{
	struct disassembler *disassembler;
	size_t decoded = 0;

	if (image->excerpt) {
		for (size_t i = 0; i < image->excerpt->place_count; i++)
			add_target(targets, image->excerpt->places[i].image_address);
		return;
	}
	disassembler = disassembler_create(image->elf->file->machine, false);
	for (size_t i = 0; disassembler && i < excerpt->code_count; i++) {
		decoded += excerpt->code[i].size;
		if (decoded <= DECODED_BYTES_MAX)
			find_targets(targets, image, disassembler, &excerpt->code[i]);
	}
	disassembler_destroy(disassembler);
}

/* So that what is called, read and written has names where the code is shown. */
static void take_targets(struct image_excerpt *excerpt, struct image *image)
{
	const size_t sampled_count = excerpt->place_count;
	struct targets targets = { 0 };

	find_all_targets(&targets, excerpt, image);
	if (targets.count)
		targets.count = sort_addresses(targets.addresses, targets.count);
	for (size_t i = 0; i < targets.count; i++) {
		const struct image_excerpt sampled = { .places = excerpt->places,
						       .place_count = sampled_count };

		if (image_excerpt_place(&sampled, targets.addresses[i]))
			continue;
		if (image->excerpt)
			take_place(excerpt, image, targets.addresses[i]);
		else
			take_target(excerpt, image, targets.addresses[i]);
	}
	qsort(excerpt->places, excerpt->place_count, sizeof(*excerpt->places), compare_places);
	free(targets.addresses);
}

bool image_excerpt_take(struct image_excerpt *excerpt, struct image *image, uint64_t *places,
			size_t count)
{
	bool is_of_file = image->kind == IMAGE_ELF || image->kind == IMAGE_VDSO;

	if (!is_of_file || !count || (!image->excerpt && !image_elf(image)))
		return false;
	excerpt->identity = ((struct known_image *)image)->identity;
	excerpt->identity.root = NULL;
	excerpt->identity.build_id = image->build_id;
	count = sort_addresses(places, count);
	image_prepare(image, places, count);
	take_segments(excerpt, image);
	take_places(excerpt, image, places, count);
	take_code(excerpt, image);
	take_targets(excerpt, image);
	excerpt->status = image->status;
	excerpt->lack = image->lack;
	return true;
}
