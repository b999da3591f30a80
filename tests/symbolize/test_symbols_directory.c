/* SPDX-License-Identifier: MIT */
/* A directory that the user gave has programs and debug files, wherever in it they lie. */
#include "support/places.h"
#include "support/scratch_directory.h"
#include "support/shell.h"
#include "symbolize/symbolizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PROGRAM	      JPROF_SEPARATE_DIR "/build-id/places"
#define WHOLE_PROGRAM PROGRAM ".whole"
#define DEBUG_FILE                                                                                 \
	JPROF_SEPARATE_DIR                                                                         \
	"/build-id/debug/.build-id/01/23456789abcdef0123456789abcdef01234567.debug"
#define OTHER_PROGRAM JPROF_SEPARATE_DIR "/build-id-wrong/places"

enum { FRAMES_MAX = 8 };

static const struct build_id program_build_id = {
	.bytes = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23,
		   0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67 },
	.size = 20,
};

struct opened {
	struct symbolizer *symbolizer;
	struct image *image;
	struct frame frames[FRAMES_MAX];
	size_t frame_count; /* at the first PLACE("leaf"); 0: there is no program */
};

static struct opened open_with(const char *directory, const struct image_identity *identity)
{
	const struct symbolizer_options options = {
		.symbols_directory = directory,
		.debug_directory = "/nonexistent",
		.build_id_cache = "/nonexistent",
	};
	struct opened opened = { .symbolizer = symbolizer_create(&options) };
	struct image_unwind_sections sections;
	uint64_t address;

	opened.image = symbolizer_elf_image(opened.symbolizer, identity);
	assert_true(places_find(PROGRAM, "leaf", 0, &address));
	if (image_unwind_sections(opened.image, &sections))
		opened.frame_count = image_frames(opened.image, address, opened.frames, FRAMES_MAX);
	return opened;
}

/* The directory's only file, or directory of files. */
static void put(const char *directory, const char *file, const char *as)
{
	struct shell_outcome outcome = shell_run(
		directory, "rm -rf * .build-id; mkdir -p $(dirname .%s); cp %s .%s", as, file, as);

	if (outcome.exit_code)
		fail_msg("%s", outcome.said);
}

static void program_is_found_wherever_it_lies(void **state)
{
	static const char *const places[] = {
		"/.build-id/01/23456789abcdef0123456789abcdef01234567",
		"/.build-id/01/23456789abcdef0123456789abcdef01234567/elf",
		"/nonexistent/bin/places",
		"/places",
		"/any/where/else.bin",
	};
	const struct image_identity identity = { .path = "/nonexistent/bin/places",
						 .build_id = program_build_id };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		put(*state, WHOLE_PROGRAM, places[i]);

		struct opened opened = open_with(*state, &identity);

		assert_int_equal(opened.frame_count, 3);
		assert_string_equal(opened.frames[0].function, "leaf");
		assert_string_equal(opened.image->status, "");
		symbolizer_destroy(opened.symbolizer);
	}
}

static void debug_file_is_found_wherever_it_lies(void **state)
{
	static const char *const places[] = {
		"/.build-id/01/23456789abcdef0123456789abcdef01234567.debug",
		"/.build-id/01/23456789abcdef0123456789abcdef01234567/debug",
		PROGRAM ".debug",
		PROGRAM,
		"/places.debug",
		"/places",
		"/any/where/else.debug",
	};
	const struct image_identity identity = { .path = PROGRAM, .build_id = program_build_id };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		put(*state, DEBUG_FILE, places[i]);

		struct opened opened = open_with(*state, &identity);

		assert_int_equal(opened.frame_count, 3);
		assert_string_equal(opened.frames[2].function, "outer");
		assert_int_equal(opened.frames[0].line, places_line("places.c", "at leaf"));
		assert_string_equal(opened.image->status, "");
		symbolizer_destroy(opened.symbolizer);
	}
}

static void file_there_goes_before_the_one_that_was_mapped(void **state)
{
	const struct image_identity identity = { .path = PROGRAM, .build_id = program_build_id };

	put(*state, WHOLE_PROGRAM, "/places");

	struct opened opened = open_with(*state, &identity);

	assert_int_equal(opened.frame_count, 3);
	symbolizer_destroy(opened.symbolizer);
}

static void __attribute__((format(printf, 3, 4)))
expect_status(struct opened opened, size_t frame_count, const char *format, ...)
{
	char expected[2048];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(expected, sizeof(expected), format, arguments);
	va_end(arguments);
	assert_string_equal(opened.image->status, expected);
	assert_int_equal(opened.frame_count, frame_count);
	symbolizer_destroy(opened.symbolizer);
}

/* Neither has a build-id. */
static void debug_file_is_known_by_the_checksum_of_its_link_too(void **state)
{
	const struct image_identity identity = { .path = JPROF_SEPARATE_DIR "/nothing/places" };

	put(*state, JPROF_SEPARATE_DIR "/link/places.debug", "/places.debug");
	expect_status(open_with(*state, &identity), 3, "%s", "");
	put(*state, JPROF_SEPARATE_DIR "/link-wrong/places.debug", "/places.debug");
	expect_status(open_with(*state, &identity), 1,
		      "%s is stripped, and %s/places.debug is not its debug file: "
		      "its checksum is not the one in .gnu_debuglink",
		      identity.path, (char *)*state);
}

static void program_of_another_build_is_not_used_and_said(void **state)
{
	const struct image_identity identity = { .path = "/nonexistent/places",
						 .build_id = program_build_id };

	put(*state, OTHER_PROGRAM, "/places");
	expect_status(open_with(*state, &identity), 0,
		      "%s/places is not the file that was mapped: its build-id differs",
		      (char *)*state);
}

static void debug_file_of_another_build_is_not_used_and_said(void **state)
{
	const struct image_identity identity = { .path = PROGRAM, .build_id = program_build_id };

	put(*state, OTHER_PROGRAM, "/places.debug");
	expect_status(open_with(*state, &identity), 1,
		      PROGRAM " is stripped, and %s/places.debug is not its debug file: "
			      "its build-id differs",
		      (char *)*state);
}

static void debug_file_is_no_program(void **state)
{
	const struct image_identity identity = { .path = "/nonexistent/places",
						 .build_id = program_build_id };

	put(*state, DEBUG_FILE, "/places");
	expect_status(open_with(*state, &identity), 0, "%s/places has no code: it is a debug file",
		      (char *)*state);
}

/* The recording has an inode alone, and the user says that this is the file. */
static void program_without_a_known_build_id_is_taken_by_its_name_and_that_is_said(void **state)
{
	static const char *const places[] = { "/nonexistent/bin/places", "/places" };
	const struct image_identity identity = {
		.path = "/nonexistent/bin/places", .major = 8, .minor = 1, .inode = 1
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		put(*state, WHOLE_PROGRAM, places[i]);
		expect_status(open_with(*state, &identity), 3,
			      "%s%s is taken for /nonexistent/bin/places because of its name: "
			      "the recording has no build-id to compare",
			      (char *)*state, places[i]);
	}
	/* Any other name is none. */
	put(*state, WHOLE_PROGRAM, "/else");
	expect_status(open_with(*state, &identity), 0,
		      "cannot read /nonexistent/bin/places: No such file or directory");
}

static void links_to_files_are_followed_and_links_to_directories_are_not(void **state)
{
	const struct image_identity identity = { .path = "/nonexistent/bin/places",
						 .build_id = program_build_id };
	struct opened opened;

	put(*state, WHOLE_PROGRAM, "/a/b/file");
	shell_run(*state, "ln -s . a/again; ln -s / a/everything; mkfifo a/pipe; ln -s a/b/file x");
	opened = open_with(*state, &identity);
	assert_int_equal(opened.frame_count, 3);
	symbolizer_destroy(opened.symbolizer);
	shell_run(*state, "rm -r a x; ln -s %s/build-id elsewhere", JPROF_SEPARATE_DIR);
	expect_status(open_with(*state, &identity), 0,
		      "cannot read /nonexistent/bin/places: No such file or directory");
}

int main(void)
{
#define IN_DIRECTORY(test)                                                                         \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(program_is_found_wherever_it_lies),
		IN_DIRECTORY(debug_file_is_found_wherever_it_lies),
		IN_DIRECTORY(debug_file_is_known_by_the_checksum_of_its_link_too),
		IN_DIRECTORY(file_there_goes_before_the_one_that_was_mapped),
		IN_DIRECTORY(program_of_another_build_is_not_used_and_said),
		IN_DIRECTORY(debug_file_of_another_build_is_not_used_and_said),
		IN_DIRECTORY(debug_file_is_no_program),
		IN_DIRECTORY(
			program_without_a_known_build_id_is_taken_by_its_name_and_that_is_said),
		IN_DIRECTORY(links_to_files_are_followed_and_links_to_directories_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
