/* SPDX-License-Identifier: MIT */
/* A stripped program has names and lines from the debug file that is its own, and no other. */
#include "support/places.h"
#include "symbolize/symbolizer.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { FRAMES_MAX = 8 };

/* The frames at the first PLACE("leaf") of separate/KIND/places, with directories below it. */
static size_t find_leaf(const char *kind, struct symbolizer **symbolizer, struct frame *frames)
{
	char program[512], debug_directory[512], cache[512];
	const struct image_identity identity = { .path = program };
	const struct symbolizer_options options = {
		.debug_directory = debug_directory,
		.build_id_cache = cache,
	};
	uint64_t address;

	snprintf(program, sizeof(program), "%s/%s/places", JPROF_SEPARATE_DIR, kind);
	snprintf(debug_directory, sizeof(debug_directory), "%s/%s/debug", JPROF_SEPARATE_DIR, kind);
	snprintf(cache, sizeof(cache), "%s/%s/no-cache", JPROF_SEPARATE_DIR, kind);
	assert_true(places_find(program, "leaf", 0, &address));
	*symbolizer = symbolizer_create(&options);
	return image_frames(symbolizer_elf_image(*symbolizer, &identity), address, frames,
			    FRAMES_MAX);
}

static const char *status_of(struct symbolizer *symbolizer)
{
	return symbolizer_image(symbolizer, symbolizer_image_count(symbolizer) - 1)->status;
}

static void expect_lines(const char *kind)
{
	struct symbolizer *symbolizer;
	struct frame frames[FRAMES_MAX];

	assert_int_equal(find_leaf(kind, &symbolizer, frames), 3);
	assert_string_equal(frames[0].function, "leaf");
	assert_int_equal(frames[0].line, places_line("places.c", "at leaf"));
	assert_string_equal(frames[2].function, "outer");
	assert_string_equal(status_of(symbolizer), "");
	symbolizer_destroy(symbolizer);
}

static void expect_refused(const char *kind, const char *file, const char *reason)
{
	struct symbolizer *symbolizer;
	struct frame frames[FRAMES_MAX];
	char expected[2048];

	assert_int_equal(find_leaf(kind, &symbolizer, frames), 1);
	assert_null(frames[0].function);
	assert_null(frames[0].file);
	snprintf(expected, sizeof(expected), "%s/%s/places is stripped, and %s/%s/%s %s",
		 JPROF_SEPARATE_DIR, kind, JPROF_SEPARATE_DIR, kind, file, reason);
	assert_string_equal(status_of(symbolizer), expected);
	symbolizer_destroy(symbolizer);
}

static void linked_file_is_found_beside_in_dot_debug_and_in_the_debug_directory(void **state)
{
	(void)state;
	expect_lines("link");
	expect_lines("link-dot-debug");
	expect_lines("link-global");
}

static void split_program_without_its_other_half_has_lines_and_says_what_is_missing(void **state)
{
	struct symbolizer *symbolizer;
	struct frame frames[FRAMES_MAX];

	(void)state;
	assert_int_equal(find_leaf("lost-dwo", &symbolizer, frames), 1);
	assert_string_equal(frames[0].function, "outer");
	assert_int_equal(frames[0].line, places_line("places.c", "at leaf"));
	assert_non_null(strstr(status_of(symbolizer), "places.dwo"));
	symbolizer_destroy(symbolizer);
}

static void linked_file_with_another_checksum_is_not_used_and_said(void **state)
{
	(void)state;
	expect_refused("link-wrong", "places.debug",
		       "is not its debug file: its checksum is not the one in .gnu_debuglink");
}

/* The link has the program's own name, and beside the program is the program. */
static void program_is_not_its_own_debug_file(void **state)
{
	(void)state;
	expect_lines("link-own-name");
}

static void file_is_found_by_build_id(void **state)
{
	(void)state;
	expect_lines("build-id");
}

static void file_of_another_build_id_in_its_place_is_not_used_and_said(void **state)
{
	(void)state;
	expect_refused("build-id-wrong",
		       "debug/.build-id/11/11111111111111111111111111111111111111.debug",
		       "is not its debug file: its build-id differs");
}

static void what_is_no_elf_file_in_its_place_is_said(void **state)
{
	(void)state;
	expect_refused("link-text", "places.debug", "cannot be read, or is not an ELF file");
}

static void what_is_missing_is_said(void **state)
{
	static const struct {
		const char *kind, *status;
		enum image_lack lack;
	} cases[] = {
		{ "nothing", "is stripped and no debug file of it was found", IMAGE_LACKS_NAMES },
		{ "no-lines", "has no debug information and no debug file", IMAGE_LACKS_LINES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct symbolizer *symbolizer;
		struct frame frames[FRAMES_MAX];
		uint32_t last;

		assert_int_equal(find_leaf(cases[i].kind, &symbolizer, frames), 1);
		last = symbolizer_image_count(symbolizer) - 1;
		assert_non_null(strstr(status_of(symbolizer), cases[i].status));
		assert_int_equal(symbolizer_image(symbolizer, last)->lack, cases[i].lack);
		symbolizer_destroy(symbolizer);
	}
}

/* The program itself is gone; perf kept it, and its debug file, when it recorded. */
static void program_that_is_gone_is_found_in_the_cache_of_perf(void **state)
{
	static const struct build_id build_id = {
		.bytes = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23,
			   0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67 },
		.size = 20,
	};
	const struct image_identity identity = { .path = "/nonexistent/places",
						 .build_id = build_id };
	const struct symbolizer_options options = {
		.debug_directory = "/nonexistent",
		.build_id_cache = JPROF_SEPARATE_DIR "/build-id/cache",
	};
	struct symbolizer *symbolizer = symbolizer_create(&options);
	struct image *image = symbolizer_elf_image(symbolizer, &identity);
	struct frame frames[FRAMES_MAX];
	uint64_t address;

	(void)state;
	assert_true(places_find(JPROF_SEPARATE_DIR "/build-id/places", "leaf", 0, &address));
	assert_int_equal(image_frames(image, address, frames, FRAMES_MAX), 3);
	assert_string_equal(frames[2].function, "outer");
	assert_string_equal(image->status, "");
	symbolizer_destroy(symbolizer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			linked_file_is_found_beside_in_dot_debug_and_in_the_debug_directory),
		cmocka_unit_test(
			split_program_without_its_other_half_has_lines_and_says_what_is_missing),
		cmocka_unit_test(linked_file_with_another_checksum_is_not_used_and_said),
		cmocka_unit_test(program_is_not_its_own_debug_file),
		cmocka_unit_test(file_is_found_by_build_id),
		cmocka_unit_test(file_of_another_build_id_in_its_place_is_not_used_and_said),
		cmocka_unit_test(what_is_no_elf_file_in_its_place_is_said),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(program_that_is_gone_is_found_in_the_cache_of_perf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
