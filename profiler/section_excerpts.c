/* SPDX-License-Identifier: MIT */
#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"

/* No segment, symbol, place, frame, piece of code or row takes less than one byte each field. */
enum {
	SEGMENT_BYTES_MIN = 4,
	SYMBOL_BYTES_MIN = 3,
	PLACE_BYTES_MIN = 3,
	FRAME_BYTES_MIN = 5,
	CODE_BYTES_MIN = 3,
	ROW_BYTES_MIN = 4,
};

static void put_identity(struct section_bytes *out, struct section_texts *texts,
			 const struct image_excerpt *excerpt)
{
	const struct image_identity *identity = &excerpt->identity;

	section_put_text(out, texts, identity->path);
	section_put_u8(out, identity->build_id.size);
	section_put_bytes(out, identity->build_id.bytes, identity->build_id.size);
	section_put_varint(out, identity->major);
	section_put_varint(out, identity->minor);
	section_put_varint(out, identity->inode);
	section_put_text(out, texts, excerpt->status);
	section_put_u8(out, (uint8_t)excerpt->lack);
}

static void put_segments(struct section_bytes *out, const struct image_excerpt *excerpt)
{
	section_put_varint(out, excerpt->segment_count);
	for (size_t i = 0; i < excerpt->segment_count; i++) {
		const struct elf_segment *segment = &excerpt->segments[i];

		section_put_u8(out, segment->is_executable);
		section_put_varint(out, segment->file_offset);
		section_put_varint(out, segment->file_size);
		section_put_varint(out, segment->image_address);
	}
}

static void put_symbols(struct section_bytes *out, struct section_texts *texts,
			const struct image_excerpt *excerpt)
{
	uint64_t start = 0;

	section_put_varint(out, excerpt->symbol_count);
	for (size_t i = 0; i < excerpt->symbol_count; i++) {
		section_put_delta(out, excerpt->symbols[i].start, &start);
		section_put_varint(out, excerpt->symbols[i].size);
		section_put_text(out, texts, excerpt->symbols[i].name);
	}
}

static void put_place(struct section_bytes *out, struct section_texts *texts,
		      const struct image_excerpt *excerpt, const struct excerpt_place *place)
{
	bool has_symbol = place->symbol != EXCERPT_NO_SYMBOL;
	uint64_t line = 0;

	section_put_varint(out, has_symbol ? (uint64_t)place->symbol + 1 : 0);
	section_put_varint(out, (uint64_t)place->frame_count << 1 | place->is_trampoline);
	for (uint32_t i = 0; i < place->frame_count; i++) {
		const struct frame *frame = &excerpt->frames[place->first_frame + i];

		section_put_u8(out, frame->is_inlined);
		section_put_text(out, texts, frame->function);
		section_put_text(out, texts, frame->file);
		section_put_delta(out, frame->line, &line);
		section_put_varint(out, frame->column);
	}
}

static void put_places(struct section_bytes *out, struct section_texts *texts,
		       const struct image_excerpt *excerpt)
{
	uint64_t address = 0;

	section_put_varint(out, excerpt->place_count);
	for (size_t i = 0; i < excerpt->place_count; i++) {
		section_put_varint(out, excerpt->places[i].image_address - address);
		address = excerpt->places[i].image_address;
		put_place(out, texts, excerpt, &excerpt->places[i]);
	}
}

static void put_code(struct section_bytes *out, const struct image_excerpt *excerpt)
{
	uint64_t end = 0;

	section_put_varint(out, excerpt->code_count);
	for (size_t i = 0; i < excerpt->code_count; i++) {
		const struct excerpt_code *code = &excerpt->code[i];

		section_put_varint(out, code->image_address - end);
		section_put_varint(out, code->size);
		section_put_bytes(out, code->bytes, code->size);
		end = code->image_address + code->size;
	}
}

static void put_rows(struct section_bytes *out, struct section_texts *texts,
		     const struct image_excerpt *excerpt)
{
	uint64_t address = 0, line = 0;

	section_put_varint(out, excerpt->row_count);
	for (size_t i = 0; i < excerpt->row_count; i++) {
		section_put_varint(out, excerpt->rows[i].image_address - address);
		address = excerpt->rows[i].image_address;
		section_put_text(out, texts, excerpt->rows[i].file);
		section_put_delta(out, excerpt->rows[i].line, &line);
		section_put_varint(out, excerpt->rows[i].column);
	}
}

void jprof_section_put_excerpts(struct section_bytes *out, const struct image_excerpt *excerpts,
				size_t count)
{
	struct section_texts texts = { 0 };

	if (!count)
		return;
	size_t start = section_begin_chunk(out, SECTION_EXCERPTS, SECTION_VERSION);

	for (size_t i = 0; i < count; i++) {
		put_identity(out, &texts, &excerpts[i]);
		put_segments(out, &excerpts[i]);
		put_symbols(out, &texts, &excerpts[i]);
		put_places(out, &texts, &excerpts[i]);
		put_code(out, &excerpts[i]);
		put_rows(out, &texts, &excerpts[i]);
	}
	section_end_chunk(out, start);
	section_texts_deinit(&texts);
}

/* How many items follow: no more than bytes can. */
static size_t take_count(struct section_cursor *cursor, size_t item_bytes_min)
{
	uint64_t count = section_take_varint(cursor);

	if (count <= byte_cursor_left(&cursor->bytes) / item_bytes_min && count < UINT32_MAX)
		return count;
	cursor->bytes.has_failed = true;
	return 0;
}

/* What ascends is told by its distance; a sum that does not fit is damage. */
static uint64_t take_ascending(struct section_cursor *cursor, uint64_t last)
{
	uint64_t distance = section_take_varint(cursor);

	if (last + distance < last)
		cursor->bytes.has_failed = true;
	return last + distance;
}

static const char *take_present_text(struct section_cursor *cursor)
{
	const char *text = section_take_text(cursor);

	if (!text)
		cursor->bytes.has_failed = true;
	return text;
}

static void take_identity(struct section_cursor *cursor, struct image_excerpt *excerpt)
{
	struct image_identity *identity = &excerpt->identity;

	identity->path = take_present_text(cursor);
	identity->build_id.size = byte_cursor_u8(&cursor->bytes);
	if (identity->build_id.size > IMAGE_BUILD_ID_MAX)
		cursor->bytes.has_failed = true;
	const uint8_t *bytes = byte_cursor_bytes(&cursor->bytes, identity->build_id.size);

	if (bytes && !cursor->bytes.has_failed)
		memcpy(identity->build_id.bytes, bytes, identity->build_id.size);
	identity->major = section_take_u32(cursor);
	identity->minor = section_take_u32(cursor);
	identity->inode = section_take_varint(cursor);
	excerpt->status = take_present_text(cursor);
	excerpt->lack = byte_cursor_u8(&cursor->bytes);
	if (excerpt->lack > IMAGE_LACKS_NAMES)
		cursor->bytes.has_failed = true;
}

static void take_segments(struct section_cursor *cursor, struct image_excerpt *excerpt)
{
	size_t count = take_count(cursor, SEGMENT_BYTES_MIN);

	excerpt->segments = xcalloc(count, sizeof(*excerpt->segments));
	for (excerpt->segment_count = 0; excerpt->segment_count < count; excerpt->segment_count++) {
		struct elf_segment *segment = &excerpt->segments[excerpt->segment_count];

		segment->is_executable = byte_cursor_u8(&cursor->bytes);
		segment->file_offset = section_take_varint(cursor);
		segment->file_size = section_take_varint(cursor);
		segment->image_address = section_take_varint(cursor);
		if (!segment->file_size ||
		    segment->file_offset + segment->file_size < segment->file_offset)
			cursor->bytes.has_failed = true;
	}
}

static void take_symbols(struct section_cursor *cursor, struct image_excerpt *excerpt)
{
	size_t count = take_count(cursor, SYMBOL_BYTES_MIN);
	uint64_t start = 0;

	excerpt->symbols = xcalloc(count, sizeof(*excerpt->symbols));
	for (excerpt->symbol_count = 0; excerpt->symbol_count < count; excerpt->symbol_count++) {
		struct excerpt_symbol *symbol = &excerpt->symbols[excerpt->symbol_count];

		symbol->start = section_take_delta(cursor, &start);
		symbol->size = section_take_varint(cursor);
		symbol->name = take_present_text(cursor);
	}
}

static void take_frames(struct section_cursor *cursor, struct image_excerpt *excerpt, size_t count)
{
	uint64_t line = 0;

	for (size_t i = 0; i < count && !cursor->bytes.has_failed; i++) {
		struct frame frame = { .is_inlined = byte_cursor_u8(&cursor->bytes) };

		frame.function = section_take_text(cursor);
		frame.file = section_take_text(cursor);
		frame.line = (uint32_t)section_take_delta(cursor, &line);
		frame.column = section_take_u32(cursor);
		excerpt->frames = xgrow(excerpt->frames, excerpt->frame_count,
					&excerpt->frame_capacity, sizeof(frame));
		excerpt->frames[excerpt->frame_count++] = frame;
	}
}

static void take_place(struct section_cursor *cursor, struct image_excerpt *excerpt,
		       struct excerpt_place *place)
{
	uint64_t symbol = section_take_varint(cursor);
	uint64_t frames = section_take_varint(cursor);
	size_t left = byte_cursor_left(&cursor->bytes);

	place->is_trampoline = frames & 1;
	frames >>= 1;
	/* A location has at least one frame. */
	if (symbol > excerpt->symbol_count || !frames || frames > left / FRAME_BYTES_MIN)
		cursor->bytes.has_failed = true;
	if (cursor->bytes.has_failed)
		return;
	place->symbol = symbol ? (uint32_t)symbol - 1 : EXCERPT_NO_SYMBOL;
	place->first_frame = (uint32_t)excerpt->frame_count;
	place->frame_count = (uint32_t)frames;
	take_frames(cursor, excerpt, frames);
}

static void take_places(struct section_cursor *cursor, struct image_excerpt *excerpt)
{
	size_t count = take_count(cursor, PLACE_BYTES_MIN);
	uint64_t address = 0;

	excerpt->places = xcalloc(count, sizeof(*excerpt->places));
	for (size_t i = 0; i < count && !cursor->bytes.has_failed; i++) {
		struct excerpt_place *place = &excerpt->places[excerpt->place_count++];

		address = take_ascending(cursor, address);
		place->image_address = address;
		take_place(cursor, excerpt, place);
	}
}

static void take_code(struct section_cursor *cursor, struct image_excerpt *excerpt)
{
	size_t count = take_count(cursor, CODE_BYTES_MIN);
	uint64_t end = 0;

	excerpt->code = xcalloc(count, sizeof(*excerpt->code));
	for (size_t i = 0; i < count && !cursor->bytes.has_failed; i++) {
		struct excerpt_code *code = &excerpt->code[excerpt->code_count++];

		code->image_address = take_ascending(cursor, end);
		code->size = section_take_varint(cursor);
		code->bytes = byte_cursor_bytes(&cursor->bytes, code->size);
		end = code->image_address + code->size;
		if (end < code->image_address)
			cursor->bytes.has_failed = true;
	}
}

static void take_rows(struct section_cursor *cursor, struct image_excerpt *excerpt)
{
	size_t count = take_count(cursor, ROW_BYTES_MIN);
	uint64_t address = 0, line = 0;

	excerpt->rows = xcalloc(count, sizeof(*excerpt->rows));
	for (size_t i = 0; i < count && !cursor->bytes.has_failed; i++) {
		struct excerpt_row *row = &excerpt->rows[excerpt->row_count++];

		address = take_ascending(cursor, address);
		row->image_address = address;
		row->file = section_take_text(cursor);
		row->line = (uint32_t)section_take_delta(cursor, &line);
		row->column = section_take_u32(cursor);
	}
}

void section_read_excerpts(struct jprof_section *section, struct section_cursor *cursor)
{
	while (byte_cursor_left(&cursor->bytes)) {
		struct image_excerpt excerpt = { 0 };

		take_identity(cursor, &excerpt);
		take_segments(cursor, &excerpt);
		take_symbols(cursor, &excerpt);
		take_places(cursor, &excerpt);
		take_code(cursor, &excerpt);
		take_rows(cursor, &excerpt);
		if (cursor->bytes.has_failed) {
			image_excerpt_deinit(&excerpt);
			return;
		}
		section->excerpts = xgrow(section->excerpts, section->excerpt_count,
					  &section->excerpt_capacity, sizeof(excerpt));
		section->excerpts[section->excerpt_count++] = excerpt;
	}
}

void jprof_section_put_packed_mark(struct section_bytes *out, const char *const *remarks,
				   size_t count)
{
	struct section_texts texts = { 0 };
	size_t start = section_begin_chunk(out, SECTION_IS_PACKED, SECTION_VERSION);

	for (size_t i = 0; i < count; i++)
		section_put_text(out, &texts, remarks[i]);
	section_end_chunk(out, start);
	section_texts_deinit(&texts);
}

void section_read_packed_mark(struct jprof_section *section, struct section_cursor *cursor)
{
	section->is_packed = true;
	while (byte_cursor_left(&cursor->bytes)) {
		const char *remark = take_present_text(cursor);

		if (!remark)
			return;
		section->remarks = xgrow(section->remarks, section->remark_count,
					 &section->remark_capacity, sizeof(*section->remarks));
		section->remarks[section->remark_count++] = remark;
	}
}
