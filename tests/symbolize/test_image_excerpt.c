/* SPDX-License-Identifier: MIT */
/* An image that has an excerpt answers as the one that it was taken of. */
#include "symbolize/disassembler.h"
#include "symbolize/image_excerpt.h"

#include "support/places.h"
#include "support/scratch_directory.h"
#include "symbolize/symbolizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PROGRAM JPROF_PLACES_DIR "/gcc-dwarf5"

enum { FRAMES = 16, PLACES_MAX = 64 };

struct opened {
	struct symbolizer *symbolizer;
	struct image *image;
};

static struct opened open_image(const char *path)
{
	const struct symbolizer_options options = {
		.debug_directory = "/nonexistent",
		.build_id_cache = "/nonexistent",
	};
	const struct image_identity identity = { .path = path };
	struct symbolizer *symbolizer = symbolizer_create(&options);

	return (struct opened){ symbolizer, symbolizer_elf_image(symbolizer, &identity) };
}

static size_t find_places(const char *program, uint64_t places[PLACES_MAX])
{
	static const char *const names[] = { "leaf", "outer", "cold", "local" };
	size_t count = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		for (size_t number = 0; count < PLACES_MAX; number++, count++) {
			if (!places_find(program, names[i], number, &places[count]))
				break;
		}
	}
	return count;
}

/* The program's image, its excerpt, and another image that knows no more than that. */
struct fixture {
	char path[4096];
	uint64_t places[PLACES_MAX];
	size_t place_count;
	struct opened file, kept;
	struct image_excerpt excerpt;
};

static struct fixture fixture;

static void begin(const char *directory, const char *program)
{
	uint64_t places[PLACES_MAX];
	char command[8400];

	fixture = (struct fixture){ 0 };
	snprintf(fixture.path, sizeof(fixture.path), "%s/program", directory);
	snprintf(command, sizeof(command), "cp '%s' '%s'", program, fixture.path);
	assert_int_equal(system(command), 0);
	fixture.place_count = find_places(program, fixture.places);
	assert_true(fixture.place_count > 0);
	memcpy(places, fixture.places, sizeof(places));
	fixture.file = open_image(fixture.path);
	assert_true(image_excerpt_take(&fixture.excerpt, fixture.file.image, places,
				       fixture.place_count));
	unlink(fixture.path);
	fixture.kept = open_image(fixture.path);
	assert_true(image_excerpt_is_of(&fixture.excerpt, fixture.kept.image));
	image_use_excerpt(fixture.kept.image, &fixture.excerpt);
}

static int end(void **state)
{
	symbolizer_destroy(fixture.kept.symbolizer);
	image_excerpt_deinit(&fixture.excerpt);
	symbolizer_destroy(fixture.file.symbolizer);
	return scratch_directory_destroy(state);
}

static void expect_text(const char *is, const char *was)
{
	if (was)
		assert_string_equal(is, was);
	else
		assert_null(is);
}

static void expect_frames(uint64_t place)
{
	struct frame was[FRAMES], is[FRAMES];
	size_t count = image_frames(fixture.file.image, place, was, FRAMES);

	assert_int_equal(image_frames(fixture.kept.image, place, is, FRAMES), count);
	for (size_t i = 0; i < count; i++) {
		expect_text(is[i].function, was[i].function);
		expect_text(is[i].file, was[i].file);
		assert_int_equal(is[i].line, was[i].line);
		assert_int_equal(is[i].column, was[i].column);
		assert_int_equal(is[i].is_inlined, was[i].is_inlined);
	}
}

static bool find_symbol(struct image *image, uint64_t place, struct symbol *symbol)
{
	return image_symbol(image, place, symbol) || image_data_symbol(image, place, symbol);
}

static bool expect_symbol(uint64_t place, struct symbol *is)
{
	struct symbol was;
	bool has = find_symbol(fixture.file.image, place, &was);

	assert_int_equal(find_symbol(fixture.kept.image, place, is), has);
	if (!has)
		return false;
	assert_string_equal(is->name, was.name);
	assert_int_equal(is->start, was.start);
	assert_int_equal(is->size, was.size);
	return true;
}

static void expect_code(uint64_t address)
{
	struct frame was = { 0 }, is = { 0 };
	uint8_t byte_was, byte_is;

	assert_int_equal(image_read(fixture.file.image, address, &byte_was, 1), 1);
	assert_int_equal(image_read(fixture.kept.image, address, &byte_is, 1), 1);
	assert_int_equal(byte_is, byte_was);
	bool has = image_line(fixture.file.image, address, &was);

	assert_int_equal(image_line(fixture.kept.image, address, &is), has);
	if (!has)
		return;
	assert_string_equal(is.file, was.file);
	assert_int_equal(is.line, was.line);
	assert_int_equal(is.column, was.column);
}

/* What the function calls, reads and writes has its name; how many such names there are. */
static size_t expect_named(const struct symbol *function)
{
	struct disassembler *disassembler =
		disassembler_create(image_machine(fixture.file.image), false);
	uint8_t bytes[4096];
	size_t size = function->size < sizeof(bytes) ? function->size : sizeof(bytes), count = 0;
	struct instruction instruction;
	struct symbol named;

	assert_non_null(disassembler);
	size = image_read(fixture.kept.image, function->start, bytes, size);
	for (size_t at = 0; at < size; at += instruction.size) {
		disassembler_next(disassembler, bytes + at, size - at, function->start + at,
				  &instruction);
		if (instruction.has_target &&
		    instruction.target - function->start >= function->size)
			count += expect_symbol(instruction.target, &named);
		if (instruction.has_data)
			count += expect_symbol(instruction.data, &named);
	}
	disassembler_destroy(disassembler);
	return count;
}

static void expect_everything(void)
{
	size_t named_count = 0;

	for (size_t i = 0; i < fixture.place_count; i++) {
		uint64_t place = fixture.places[i];
		struct symbol symbol;

		expect_frames(place);
		expect_code(place);
		if (!expect_symbol(place, &symbol))
			continue;
		for (uint64_t offset = 0; offset < symbol.size; offset++)
			expect_code(symbol.start + offset);
		named_count += expect_named(&symbol);
	}
	assert_true(named_count > 0);
	for (uint64_t offset = 0; offset < 0x5000; offset += 0x77) {
		uint64_t was = 0, is = 0;

		if (!image_address_of(fixture.file.image, offset, &was))
			continue;
		assert_true(image_address_of(fixture.kept.image, offset, &is));
		assert_int_equal(is, was);
	}
	assert_string_equal(fixture.kept.image->status, fixture.file.image->status);
	assert_int_equal(fixture.kept.image->lack, fixture.file.image->lack);
}

static void places_functions_and_their_lines_are_kept(void **state)
{
	struct frame frames[FRAMES];

	begin(*state, PROGRAM);
	assert_true(image_frames(fixture.file.image, fixture.places[0], frames, FRAMES) > 0);
	assert_non_null(frames[0].file);
	expect_everything();
}

static void an_excerpt_of_an_excerpt_is_the_same(void **state)
{
	struct image_excerpt again = { 0 };
	uint64_t places[PLACES_MAX];

	begin(*state, PROGRAM);
	memcpy(places, fixture.places, sizeof(places));
	assert_true(image_excerpt_take(&again, fixture.kept.image, places, fixture.place_count));
	assert_int_equal(again.place_count, fixture.excerpt.place_count);
	assert_int_equal(again.frame_count, fixture.excerpt.frame_count);
	assert_int_equal(again.row_count, fixture.excerpt.row_count);
	assert_int_equal(again.code_count, fixture.excerpt.code_count);
	fixture.kept.image->excerpt = &again;
	expect_everything();
	fixture.kept.image->excerpt = NULL;
	image_excerpt_deinit(&again);
}

static void what_was_not_kept_is_asked_of_the_file_and_missed(void **state)
{
	struct frame frame;

	begin(*state, PROGRAM);
	assert_int_equal(image_frames(fixture.kept.image, 0x10, &frame, 1), 1);
	assert_null(frame.function);
	assert_non_null(strstr(fixture.kept.image->status, "cannot read"));
	/* The rest is still known. */
	expect_frames(fixture.places[0]);
}

static void a_trampoline_is_known_without_its_code(void **state)
{
	struct excerpt_place *place;

	begin(*state, PROGRAM);
	place = &fixture.excerpt.places[0];
	assert_false(image_is_signal_trampoline(fixture.kept.image, place->image_address));
	assert_false(image_is_signal_trampoline(fixture.kept.image, place->image_address + 1));
	place->is_trampoline = true;
	assert_true(image_is_signal_trampoline(fixture.kept.image, place->image_address));
	assert_string_equal(fixture.kept.image->status, "");
}

static void texts_of_a_recording_are_printable(void **state)
{
	struct frame frames[FRAMES];

	begin(*state, PROGRAM);
	fixture.excerpt.frames[fixture.excerpt.places[0].first_frame].function = "a\033[2Jb";
	image_frames(fixture.kept.image, fixture.excerpt.places[0].image_address, frames, FRAMES);
	assert_string_equal(frames[0].function, "a?[2Jb");
}

static void only_a_file_that_nobody_finds_again_is_lost(void **state)
{
	uint8_t byte;

	begin(*state, PROGRAM);
	assert_true(image_is_lost(fixture.file.image));
	assert_false(image_is_lost(fixture.kept.image));
	struct opened there = open_image(PROGRAM);

	assert_false(image_is_lost(there.image));
	image_read(there.image, 0, &byte, 1);
	assert_non_null(there.image->elf);
	assert_false(image_is_lost(there.image));
	symbolizer_destroy(there.symbolizer);
}

static void another_file_is_not_taken_for_it(void **state)
{
	struct image_identity identity = { .path = fixture.path };
	struct image_excerpt *excerpt = &fixture.excerpt;

	begin(*state, PROGRAM);
	identity.path = fixture.path;
	identity.build_id = excerpt->identity.build_id;
	if (identity.build_id.size) {
		assert_true(image_excerpt_is_of(
			excerpt, symbolizer_elf_image(fixture.kept.symbolizer, &identity)));
		identity.build_id.bytes[0] ^= 1;
		assert_false(image_excerpt_is_of(
			excerpt, symbolizer_elf_image(fixture.kept.symbolizer, &identity)));
		identity.build_id.size = 0;
	}
	identity.inode = 7;
	assert_false(image_excerpt_is_of(excerpt,
					 symbolizer_elf_image(fixture.kept.symbolizer, &identity)));
	identity.path = "/other";
	identity.inode = 0;
	assert_false(image_excerpt_is_of(excerpt,
					 symbolizer_elf_image(fixture.kept.symbolizer, &identity)));
}

static void there_is_none_of_what_has_no_file(void **state)
{
	struct image_excerpt excerpt = { 0 };
	struct opened missing = open_image("/nonexistent/program");
	uint64_t place = 0x1000;

	(void)state;
	assert_false(image_excerpt_take(&excerpt, missing.image, &place, 1));
	assert_false(image_excerpt_take(&excerpt, symbolizer_kernel_image(missing.symbolizer),
					&place, 1));
	assert_int_equal(excerpt.place_count, 0);
	image_excerpt_deinit(&excerpt);
	image_excerpt_deinit(NULL);
	symbolizer_destroy(missing.symbolizer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_directory_create, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(places_functions_and_their_lines_are_kept),
		TEST(an_excerpt_of_an_excerpt_is_the_same),
		TEST(what_was_not_kept_is_asked_of_the_file_and_missed),
		TEST(a_trampoline_is_known_without_its_code),
		TEST(texts_of_a_recording_are_printable),
		TEST(only_a_file_that_nobody_finds_again_is_lost),
		TEST(another_file_is_not_taken_for_it),
		cmocka_unit_test(there_is_none_of_what_has_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
