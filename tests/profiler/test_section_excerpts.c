/* SPDX-License-Identifier: MIT */
/* What is kept of files, through the section's bytes and back. */
#include "profiler/jprof_section.h"

#include "jitdump/xalloc.h"
#include "profiler/jprof_section_format.h"
#include "profiler/section_packed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t bytes[] = { 0x55, 0x48, 0x89, 0xe5, 0x5d, 0xc3 };

/* Arrays of a file with all there can be; not to be freed. */
static struct image_excerpt full_excerpt(void)
{
	static struct elf_segment segments[] = {
		{ .file_offset = 0, .file_size = 0x600, .image_address = 0x400000 },
		{ 0x1000, 0x300, 0x401000, .is_executable = true },
	};
	static struct excerpt_symbol symbols[] = { { 0x401200, 0x20, "late" },
						   { 0x401000, 0x100, "early" } };
	static struct frame frames[] = { { "inner", "/src/inner.c", 12, 3, .is_inlined = true },
					 { "early", "/src/outer.c", 7, 0, false },
					 { NULL, NULL, 0, 0, false },
					 { "late", NULL, UINT32_MAX, UINT32_MAX, false } };
	static struct excerpt_place places[] = {
		{ 0x401004, 1, 0, 2, false },
		{ 0x401180, EXCERPT_NO_SYMBOL, 2, 1, true },
		{ UINT64_MAX, 0, 3, 1, false },
	};
	static struct excerpt_code code[] = { { 0x401000, bytes, sizeof(bytes) },
					      { 0x401200, bytes, 2 } };
	static struct excerpt_row rows[] = { { 0x401000, "/src/outer.c", 7, 0 },
					     { 0x401002, "/src/inner.c", 12, 3 },
					     { 0x401200, NULL, 0, 0 } };

	return (struct image_excerpt){
		.identity = { .path = "/usr/bin/x",
			      .build_id = { { 1, 2, 3 }, 3 },
			      .major = 8,
			      .minor = 1,
			      .inode = UINT64_MAX },
		.status = "x is stripped",
		.lack = IMAGE_LACKS_NAMES,
		.segments = segments,
		.segment_count = COUNT(segments),
		.symbols = symbols,
		.symbol_count = COUNT(symbols),
		.places = places,
		.place_count = COUNT(places),
		.frames = frames,
		.frame_count = COUNT(frames),
		.rows = rows,
		.row_count = COUNT(rows),
		.code = code,
		.code_count = COUNT(code),
	};
}

static struct section_bytes whole_chunk(void)
{
	struct section_bytes out = { 0 };
	const struct image_excerpt excerpts[] = {
		full_excerpt(),
		{ .identity = { .path = "[vdso]" }, .status = "" },
	};

	jprof_section_put_excerpts(&out, excerpts, COUNT(excerpts));
	return out;
}

static void expect_text(const char *is, const char *was)
{
	if (was)
		assert_string_equal(is, was);
	else
		assert_null(is);
}

static void expect_identity(const struct image_excerpt *is, const struct image_excerpt *was)
{
	assert_string_equal(is->identity.path, was->identity.path);
	assert_memory_equal(&is->identity.build_id, &was->identity.build_id,
			    sizeof(was->identity.build_id));
	assert_int_equal(is->identity.major, was->identity.major);
	assert_int_equal(is->identity.minor, was->identity.minor);
	assert_int_equal(is->identity.inode, was->identity.inode);
	assert_string_equal(is->status, was->status);
	assert_int_equal(is->lack, was->lack);
	assert_int_equal(is->segment_count, was->segment_count);
	for (size_t i = 0; i < was->segment_count; i++)
		assert_memory_equal(&is->segments[i], &was->segments[i], sizeof(*was->segments));
}

static void expect_places(const struct image_excerpt *is, const struct image_excerpt *was)
{
	assert_int_equal(is->symbol_count, was->symbol_count);
	for (size_t i = 0; i < was->symbol_count; i++) {
		assert_int_equal(is->symbols[i].start, was->symbols[i].start);
		assert_int_equal(is->symbols[i].size, was->symbols[i].size);
		assert_string_equal(is->symbols[i].name, was->symbols[i].name);
	}
	assert_int_equal(is->place_count, was->place_count);
	for (size_t i = 0; i < was->place_count; i++) {
		assert_int_equal(is->places[i].image_address, was->places[i].image_address);
		assert_int_equal(is->places[i].symbol, was->places[i].symbol);
		assert_int_equal(is->places[i].first_frame, was->places[i].first_frame);
		assert_int_equal(is->places[i].frame_count, was->places[i].frame_count);
		assert_int_equal(is->places[i].is_trampoline, was->places[i].is_trampoline);
	}
	assert_int_equal(is->frame_count, was->frame_count);
	for (size_t i = 0; i < was->frame_count; i++) {
		expect_text(is->frames[i].function, was->frames[i].function);
		expect_text(is->frames[i].file, was->frames[i].file);
		assert_int_equal(is->frames[i].line, was->frames[i].line);
		assert_int_equal(is->frames[i].column, was->frames[i].column);
		assert_int_equal(is->frames[i].is_inlined, was->frames[i].is_inlined);
	}
}

static void expect_code(const struct image_excerpt *is, const struct image_excerpt *was)
{
	assert_int_equal(is->code_count, was->code_count);
	for (size_t i = 0; i < was->code_count; i++) {
		assert_int_equal(is->code[i].image_address, was->code[i].image_address);
		assert_int_equal(is->code[i].size, was->code[i].size);
		assert_memory_equal(is->code[i].bytes, was->code[i].bytes, was->code[i].size);
	}
	assert_int_equal(is->row_count, was->row_count);
	for (size_t i = 0; i < was->row_count; i++) {
		assert_int_equal(is->rows[i].image_address, was->rows[i].image_address);
		expect_text(is->rows[i].file, was->rows[i].file);
		assert_int_equal(is->rows[i].line, was->rows[i].line);
		assert_int_equal(is->rows[i].column, was->rows[i].column);
	}
}

static void expect_all(const struct jprof_section *section)
{
	const struct image_excerpt was = full_excerpt();
	size_t count;
	const struct image_excerpt *is = jprof_section_excerpts(section, &count);

	assert_int_equal(count, 2);
	expect_identity(&is[0], &was);
	expect_places(&is[0], &was);
	expect_code(&is[0], &was);
	assert_string_equal(is[1].identity.path, "[vdso]");
	assert_int_equal(is[1].place_count, 0);
}

static void everything_that_is_kept_of_a_file_is_read_back(void **state)
{
	struct section_bytes chunk = whole_chunk(), packed = { 0 };
	struct jprof_section *section = jprof_section_create();

	(void)state;
	assert_true(jprof_section_parse(section, chunk.bytes, chunk.size));
	expect_all(section);
	jprof_section_destroy(section);
	section = jprof_section_create();
	section_put_packed(&packed, &chunk);
	assert_true(jprof_section_parse(section, packed.bytes, packed.size));
	expect_all(section);
	jprof_section_destroy(section);
	section_bytes_deinit(&packed);
	section_bytes_deinit(&chunk);
}

/* Touches every byte that an excerpt lends, and every index in it. */
static size_t weigh(const struct image_excerpt *excerpt)
{
	size_t weight = strlen(excerpt->identity.path) + strlen(excerpt->status);

	for (size_t i = 0; i < excerpt->symbol_count; i++)
		weight += strlen(excerpt->symbols[i].name);
	for (size_t i = 0; i < excerpt->place_count; i++) {
		const struct excerpt_place *place = &excerpt->places[i];

		assert_true(place->frame_count > 0);
		assert_true(place->symbol == EXCERPT_NO_SYMBOL ||
			    place->symbol < excerpt->symbol_count);
		for (uint32_t k = 0; k < place->frame_count; k++) {
			const struct frame *frame = &excerpt->frames[place->first_frame + k];

			weight += frame->function ? strlen(frame->function) : 0;
			weight += frame->file ? strlen(frame->file) : 0;
		}
	}
	for (size_t i = 0; i < excerpt->code_count; i++)
		for (size_t k = 0; k < excerpt->code[i].size; k++)
			weight += excerpt->code[i].bytes[k];
	for (size_t i = 0; i < excerpt->row_count; i++)
		weight += excerpt->rows[i].file ? strlen(excerpt->rows[i].file) : 0;
	return weight;
}

/* A chunk with these contents, in memory of exactly that size. */
static void parse_chunk(const uint8_t *contents, size_t size, bool is_sound, size_t excerpt_count)
{
	struct jprof_section *section = jprof_section_create();
	struct section_bytes chunk = { 0 };
	size_t count, start = section_begin_chunk(&chunk, SECTION_EXCERPTS, SECTION_VERSION);

	section_put_bytes(&chunk, contents, size);
	section_end_chunk(&chunk, start);
	assert_int_equal(jprof_section_parse(section, chunk.bytes, chunk.size), is_sound);
	const struct image_excerpt *excerpts = jprof_section_excerpts(section, &count);

	assert_int_equal(count, excerpt_count);
	for (size_t i = 0; i < count; i++)
		weigh(&excerpts[i]);
	section_bytes_deinit(&chunk);
	jprof_section_destroy(section);
}

static void a_chunk_cut_at_any_byte_gives_whole_files(void **state)
{
	struct section_bytes chunk = whole_chunk(), first = { 0 };
	const struct image_excerpt excerpt = full_excerpt();
	const struct section_chunk_header *header = (const void *)chunk.bytes;
	const uint8_t *contents = chunk.bytes + sizeof(*header);
	size_t size = header->size;

	(void)state;
	jprof_section_put_excerpts(&first, &excerpt, 1);
	size_t first_size = ((const struct section_chunk_header *)(const void *)first.bytes)->size;

	for (size_t cut = 1; cut < size; cut++)
		parse_chunk(contents, cut, cut == first_size, cut >= first_size);
	parse_chunk(contents, 0, true, 0);
	parse_chunk(contents, size, true, 2);
	section_bytes_deinit(&first);
	section_bytes_deinit(&chunk);
}

static void no_flipped_byte_does_harm(void **state)
{
	static const uint8_t flips[] = { 0x01, 0x80, 0xff, 0x7f };
	struct section_bytes chunk = whole_chunk();

	(void)state;
	for (size_t i = 0; i < chunk.size * COUNT(flips); i++) {
		struct jprof_section *section = jprof_section_create();
		size_t count;

		chunk.bytes[i / COUNT(flips)] ^= flips[i % COUNT(flips)];
		jprof_section_parse(section, chunk.bytes, chunk.size);
		const struct image_excerpt *excerpts = jprof_section_excerpts(section, &count);

		for (size_t k = 0; k < count; k++)
			weigh(&excerpts[k]);
		chunk.bytes[i / COUNT(flips)] ^= flips[i % COUNT(flips)];
		jprof_section_destroy(section);
	}
	section_bytes_deinit(&chunk);
}

/* An excerpt of which the counts of segments, symbols, places, pieces and rows are given. */
static struct section_bytes counts_of(const uint64_t counts[5])
{
	struct section_texts texts = { 0 };
	struct section_bytes out = { 0 };

	section_put_text(&out, &texts, "/x");
	for (size_t i = 0; i < 4; i++)
		section_put_varint(&out, 0);
	section_put_text(&out, &texts, "");
	section_put_u8(&out, IMAGE_LACKS_NOTHING);
	for (size_t i = 0; i < 5; i++)
		section_put_varint(&out, counts[i]);
	section_texts_deinit(&texts);
	return out;
}

static void a_claimed_count_allocates_nothing_that_is_not_there(void **state)
{
	static const uint64_t none[5];
	struct section_bytes out = counts_of(none);

	(void)state;
	parse_chunk(out.bytes, out.size, true, 1);
	section_bytes_deinit(&out);
	for (size_t i = 0; i < 5; i++) {
		static const uint64_t claims[] = { 6, UINT32_MAX, UINT64_MAX / 3, UINT64_MAX };

		for (size_t k = 0; k < COUNT(claims); k++) {
			uint64_t counts[5] = { 0 };

			counts[i] = claims[k];
			out = counts_of(counts);
			parse_chunk(out.bytes, out.size, false, 0);
			section_bytes_deinit(&out);
		}
	}
}

/* The contents of a chunk with one place. */
static struct section_bytes place_of(uint64_t symbol, uint64_t frame_count)
{
	struct section_bytes out = { 0 };
	static const uint8_t head[] = { SECTION_TEXT_NEW, 1, 'x', 0, 0, 0, 0, 0,
					SECTION_TEXT_NEW, 0, 0,	  0, 0, 0, 1, 5 };
	static const uint8_t frame[] = { 0, SECTION_TEXT_NONE, SECTION_TEXT_NONE, 0, 0 };

	section_put_bytes(&out, head, sizeof(head));
	section_put_varint(&out, symbol);
	section_put_varint(&out, frame_count << 1);
	section_put_bytes(&out, frame, sizeof(frame));
	section_put_bytes(&out, "\0", 2);
	return out;
}

static void a_place_has_frames_and_a_symbol_that_are_there(void **state)
{
	static const struct {
		uint64_t symbol, frame_count;
		bool is_sound;
	} cases[] = {
		{ 0, 1, true },		  { 1, 1, false }, /* there are no symbols */
		{ 0, 0, false },	  { 0, 2, false }, { 0, UINT64_MAX >> 1, false },
		{ UINT64_MAX, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct section_bytes out = place_of(cases[i].symbol, cases[i].frame_count);

		parse_chunk(out.bytes, out.size, cases[i].is_sound, cases[i].is_sound);
		section_bytes_deinit(&out);
	}
}

static void a_copy_has_all_but_excerpts_and_features(void **state)
{
	struct section_bytes whole = whole_chunk(), packed = { 0 }, copy = { 0 };
	static const char *const remarks[] = { "one", "two" };
	struct jprof_section *section = jprof_section_create();
	size_t count;

	(void)state;
	jprof_section_put_feature(&whole, &(struct stored_feature){ 6, bytes, sizeof(bytes) });
	jprof_section_put_packed_mark(&whole, remarks, COUNT(remarks));
	section_put_packed(&packed, &whole);
	jprof_section_copy(&copy, packed.bytes, packed.size);
	jprof_section_copy(&copy, copy.bytes, 0);
	assert_true(jprof_section_parse(section, copy.bytes, copy.size));
	jprof_section_excerpts(section, &count);
	assert_int_equal(count, 0);
	jprof_section_features(section, &count);
	assert_int_equal(count, 0);
	assert_true(jprof_section_is_self_contained(section));
	assert_string_equal(jprof_section_remarks(section, &count)[1], "two");
	assert_int_equal(count, 2);
	section_bytes_deinit(&whole);
	section_bytes_deinit(&packed);
	section_bytes_deinit(&copy);
	jprof_section_destroy(section);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_that_is_kept_of_a_file_is_read_back),
		cmocka_unit_test(a_chunk_cut_at_any_byte_gives_whole_files),
		cmocka_unit_test(no_flipped_byte_does_harm),
		cmocka_unit_test(a_claimed_count_allocates_nothing_that_is_not_there),
		cmocka_unit_test(a_place_has_frames_and_a_symbol_that_are_there),
		cmocka_unit_test(a_copy_has_all_but_excerpts_and_features),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
