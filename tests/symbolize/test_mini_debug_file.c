/* SPDX-License-Identifier: MIT */
/* A stripped program with MiniDebugInfo has the names of its inner functions too. */
#include "jitdump/xalloc.h"
#include "support/places.h"
#include "support/scratch_directory.h"
#include "support/shell.h"
#include "symbolize/mini_debug_file.h"
#include "symbolize/symbolizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#define PROGRAM JPROF_SEPARATE_DIR "/mini/places"

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

/* NULL: the place has no name. */
static const char *name_at(const struct opened *opened, const char *place)
{
	struct symbol symbol;
	uint64_t address;

	assert_true(places_find(PROGRAM, place, 0, &address));
	return image_symbol(opened->image, address, &symbol) ? symbol.name : NULL;
}

static void exported_functions_and_inner_ones_have_names(void **state)
{
	struct opened opened = open_image(PROGRAM);

	(void)state;
	assert_string_equal(name_at(&opened, "outer"), "outer");
	assert_string_equal(name_at(&opened, "local"), "local");
	assert_string_equal(opened.image->status, "");
	symbolizer_destroy(opened.symbolizer);
}

/* The program with this file as its section. */
static struct opened open_with(const char *directory, const char *data)
{
	char path[512];
	struct shell_outcome outcome = shell_run(
		directory, "objcopy --update-section .gnu_debugdata=%s %s places", data, PROGRAM);

	if (outcome.exit_code)
		fail_msg("%s", outcome.said);
	snprintf(path, sizeof(path), "%s/places", directory);
	return open_image(path);
}

static void expect_exported_only(struct opened opened)
{
	assert_string_equal(name_at(&opened, "outer"), "outer");
	assert_null(name_at(&opened, "local"));
	assert_non_null(strstr(opened.image->status, "only exported functions have names"));
	symbolizer_destroy(opened.symbolizer);
}

static void what_is_no_whole_xz_stream_gives_fewer_names(void **state)
{
	static const char *const recipes[] = {
		"echo hello > data",
		"head -c 300 " JPROF_SEPARATE_DIR "/mini/mini.xz > data",
		"echo hello | xz > data",
		"head -c 300 " JPROF_SEPARATE_DIR "/mini/mini | xz > data",
	};

	for (size_t i = 0; i < sizeof(recipes) / sizeof(*recipes); i++) {
		assert_int_equal(shell_run(*state, "%s", recipes[i]).exit_code, 0);
		expect_exported_only(open_with(*state, "data"));
	}
}

static void bytes_that_are_damaged_give_fewer_names(void **state)
{
	struct elf_file *file = elf_file_open_path(PROGRAM);
	struct elf_section section;
	char path[512];

	snprintf(path, sizeof(path), "%s/data", (char *)*state);
	assert_true(elf_file_section(file, ".gnu_debugdata", &section));
	for (size_t at = 0; at < section.size; at += 97) {
		uint8_t *bytes = xmalloc(section.size);
		FILE *stream = fopen(path, "w");

		memcpy(bytes, section.bytes, section.size);
		bytes[at] ^= 0x55;
		assert_int_equal(fwrite(bytes, 1, section.size, stream), section.size);
		fclose(stream);
		free(bytes);
		/* Everything in a stream of xz has a checksum. */
		expect_exported_only(open_with(*state, "data"));
	}
	elf_file_close(file);
}

/* Whole streams of what is no whole ELF file; names may be missing, or wrong. */
static void inner_file_that_is_damaged_gives_fewer_names(void **state)
{
	enum { ROUNDS = 40 };

	srand(1);
	for (int round = 0; round < ROUNDS; round++) {
		int at = rand() % (round % 2 ? 3000 : 64);
		struct opened opened;

		assert_int_equal(
			shell_run(*state,
				  "cp %s/mini/mini inner; printf '\\%o\\377' | dd of=inner "
				  "bs=1 seek=%d conv=notrunc; xz -0 <inner >data",
				  JPROF_SEPARATE_DIR, (unsigned int)rand() % 256, at)
				.exit_code,
			0);
		opened = open_with(*state, "data");
		name_at(&opened, "outer");
		name_at(&opened, "local");
		symbolizer_destroy(opened.symbolizer);
	}
}

/* 45 kB that would be 300 MB. */
static void stream_that_grows_beyond_all_reason_is_not_taken(void **state)
{
	struct rusage before, after;

	assert_int_equal(shell_run(*state, "head -c 300M /dev/zero | xz -1 > data").exit_code, 0);
	getrusage(RUSAGE_SELF, &before);
	expect_exported_only(open_with(*state, "data"));
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 200 << 10);
}

int main(void)
{
#define IN_DIRECTORY(test)                                                                         \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exported_functions_and_inner_ones_have_names),
		IN_DIRECTORY(what_is_no_whole_xz_stream_gives_fewer_names),
		IN_DIRECTORY(bytes_that_are_damaged_give_fewer_names),
		IN_DIRECTORY(inner_file_that_is_damaged_gives_fewer_names),
		IN_DIRECTORY(stream_that_grows_beyond_all_reason_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
