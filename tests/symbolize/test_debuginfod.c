/* SPDX-License-Identifier: MIT */
/*
 * Programs and debug files come from the servers of DEBUGINFOD_URLS. The server is a directory here:
 * libcurl takes file:// for one.
 */
#include "support/places.h"
#include "support/scratch_directory.h"
#include "support/shell.h"
#include "symbolize/symbolizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BUILD_ID      "0123456789abcdef0123456789abcdef01234567"
#define PROGRAM	      JPROF_SEPARATE_DIR "/build-id/places"
#define DEBUG_FILE    JPROF_SEPARATE_DIR "/build-id/places.debug"
#define OTHER_PROGRAM JPROF_SEPARATE_DIR "/build-id-wrong/places"

enum { FRAMES_MAX = 8 };

static const struct image_identity program = { .path = PROGRAM };
static const struct image_identity missing_program = {
	.path = "/nonexistent/places",
	.build_id = {
		.bytes = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23,
			   0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67 },
		.size = 20,
	},
};

/* What the watch was told. */
struct watched {
	size_t begun, ended;
	char name[64];
	bool is_unwanted;
};

static bool watch(void *context, const struct download *download)
{
	struct watched *watched = context;

	watched->begun += !download->is_over && !download->total_bytes;
	watched->ended += download->is_over;
	snprintf(watched->name, sizeof(watched->name), "%s", download->name);
	return !watched->is_unwanted;
}

/* Serves the file as BUILD_ID/KIND; NULL: no file. */
static void serve(const char *directory, const char *kind, const char *file)
{
	char url[512], cache[512];

	assert_int_equal(
		shell_run(directory, "mkdir -p server/buildid/" BUILD_ID " cache").exit_code, 0);
	if (file)
		assert_int_equal(
			shell_run(directory, "cp %s server/buildid/" BUILD_ID "/%s", file, kind)
				.exit_code,
			0);
	snprintf(url, sizeof(url), "file://%s/server", directory);
	snprintf(cache, sizeof(cache), "%s/cache", directory);
	setenv("DEBUGINFOD_URLS", url, 1);
	setenv("DEBUGINFOD_CACHE_PATH", cache, 1);
}

static struct symbolizer *create_symbolizer(struct watched *watched)
{
	const struct symbolizer_options options = {
		.debug_directory = "/nonexistent",
		.build_id_cache = "/nonexistent",
		.watch_download = watched ? watch : NULL,
		.download_context = watched,
	};

	return symbolizer_create(&options);
}

/* How many frames the first PLACE("leaf") has; 3 with debug information. */
static size_t frames_at_leaf(struct image *image)
{
	struct frame frames[FRAMES_MAX];
	uint64_t address;

	assert_true(places_find(PROGRAM, "leaf", 0, &address));
	return image_frames(image, address, frames, FRAMES_MAX);
}

static void debug_file_is_downloaded(void **state)
{
	struct watched watched = { 0 };
	struct symbolizer *symbolizer;
	struct image *image;

	serve(*state, "debuginfo", DEBUG_FILE);
	symbolizer = create_symbolizer(&watched);
	image = symbolizer_elf_image(symbolizer, &program);
	assert_int_equal(frames_at_leaf(image), 3);
	assert_string_equal(image->status, "");
	assert_string_equal(symbolizer_download_problem(symbolizer), "");
	assert_true(watched.begun >= 1);
	assert_int_equal(watched.ended, 1);
	assert_string_equal(watched.name, "places");
	symbolizer_destroy(symbolizer);
}

static void program_that_is_gone_is_downloaded_and_its_debug_file_too(void **state)
{
	struct watched watched = { 0 };
	struct symbolizer *symbolizer;
	struct image *image;

	serve(*state, "executable", PROGRAM);
	serve(*state, "debuginfo", DEBUG_FILE);
	symbolizer = create_symbolizer(&watched);
	image = symbolizer_elf_image(symbolizer, &missing_program);
	assert_int_equal(frames_at_leaf(image), 3);
	assert_string_equal(image->status, "");
	assert_int_equal(watched.ended, 2);
	symbolizer_destroy(symbolizer);
}

/* Processes come and go: the image is looked for anew below each one's root. */
static void what_the_servers_do_not_have_is_asked_for_once(void **state)
{
	struct image_identity identity = missing_program;
	struct watched watched = { 0 };
	struct symbolizer *symbolizer;

	serve(*state, "executable", NULL);
	symbolizer = create_symbolizer(&watched);
	assert_int_equal(frames_at_leaf(symbolizer_elf_image(symbolizer, &identity)), 1);
	identity.root = "/proc/42/root";
	assert_int_equal(frames_at_leaf(symbolizer_elf_image(symbolizer, &identity)), 1);
	identity.path = "/another/name";
	assert_int_equal(frames_at_leaf(symbolizer_elf_image(symbolizer, &identity)), 1);
	assert_int_equal(watched.ended, 1);
	/* Another file is another question. */
	frames_at_leaf(symbolizer_elf_image(symbolizer, &program));
	assert_int_equal(watched.ended, 2);
	assert_string_equal(symbolizer_download_problem(symbolizer), "");
	symbolizer_destroy(symbolizer);
}

static void file_of_another_build_is_not_used_and_said(void **state)
{
	struct watched watched = { 0 };
	struct symbolizer *symbolizer;
	struct image *image;

	serve(*state, "executable", OTHER_PROGRAM);
	serve(*state, "debuginfo", OTHER_PROGRAM);
	symbolizer = create_symbolizer(&watched);
	image = symbolizer_elf_image(symbolizer, &program);
	assert_int_equal(frames_at_leaf(image), 1);
	assert_non_null(strstr(image->status, "is not its debug file: its build-id differs"));
	image = symbolizer_elf_image(symbolizer, &missing_program);
	assert_int_equal(frames_at_leaf(image), 1);
	assert_non_null(strstr(image->status, "is not the file that was mapped: its build-id"));
	symbolizer_destroy(symbolizer);
}

/* Two programs' common part, where no path leads. */
static char *make_supplement(const char *directory)
{
	struct shell_outcome outcome =
		shell_run(directory,
			  "command -v dwz >&2 || exit 77; "
			  "cp %s/build-id/places.whole first; cp %s/link/places.whole second; "
			  "dwz -m supplement -M /nonexistent/supplement first second; "
			  "readelf -n supplement | awk '/Build ID/ { printf $3 }'",
			  JPROF_SEPARATE_DIR, JPROF_SEPARATE_DIR);

	if (outcome.exit_code == 77) {
		print_message("SKIPPED: there is no dwz\n");
		skip();
	}
	assert_int_equal(strlen(outcome.printed), 40);
	return strdup(outcome.printed);
}

static void what_dwz_took_out_is_downloaded(void **state)
{
	char path[512], *build_id = make_supplement(*state);
	const struct image_identity identity = { .path = path };
	struct watched watched = { 0 };
	struct symbolizer *symbolizer;

	snprintf(path, sizeof(path), "%s/first", (char *)*state);
	serve(*state, "debuginfo", NULL);
	shell_run(*state, "mkdir server/buildid/%s; mv supplement server/buildid/%s/debuginfo",
		  build_id, build_id);
	symbolizer = create_symbolizer(&watched);
	assert_int_equal(frames_at_leaf(symbolizer_elf_image(symbolizer, &identity)), 3);
	assert_int_equal(watched.ended, 1);
	assert_string_equal(watched.name, "supplement");
	symbolizer_destroy(symbolizer);
	free(build_id);
}

static void unwinding_downloads_no_debug_file(void **state)
{
	struct watched watched = { 0 };
	struct image_unwind_sections sections;
	struct symbolizer *symbolizer;
	struct image *image;

	serve(*state, "debuginfo", DEBUG_FILE);
	symbolizer = create_symbolizer(&watched);
	image = symbolizer_elf_image(symbolizer, &program);
	assert_true(image_unwind_sections(image, &sections));
	image_is_entry(image, 0x1000);
	assert_int_equal(watched.begun, 0);
	assert_int_equal(frames_at_leaf(image), 3);
	symbolizer_destroy(symbolizer);
}

static void server_that_fails_is_asked_once_and_said(void **state)
{
	struct watched watched = { 0 };
	struct symbolizer *symbolizer;

	serve(*state, "debuginfo", NULL);
	setenv("DEBUGINFOD_URLS", "http://127.0.0.1:1", 1);
	symbolizer = create_symbolizer(&watched);
	frames_at_leaf(symbolizer_elf_image(symbolizer, &program));
	frames_at_leaf(symbolizer_elf_image(symbolizer, &missing_program));
	assert_int_equal(watched.ended, 1);
	assert_string_equal(symbolizer_download_problem(symbolizer),
			    "debuginfod was asked for places in vain, and for nothing more: "
			    "Connection refused (DEBUGINFOD_URLS is \"http://127.0.0.1:1\")");
	symbolizer_destroy(symbolizer);
}

static void nothing_is_asked_for_after_a_download_was_stopped(void **state)
{
	struct watched watched = { .is_unwanted = true };
	struct symbolizer *symbolizer;

	serve(*state, "debuginfo", DEBUG_FILE);
	symbolizer = create_symbolizer(&watched);
	assert_int_equal(frames_at_leaf(symbolizer_elf_image(symbolizer, &program)), 1);
	watched.is_unwanted = false;
	assert_int_equal(frames_at_leaf(symbolizer_elf_image(symbolizer, &missing_program)), 1);
	assert_int_equal(watched.begun, 1);
	assert_int_equal(watched.ended, 1);
	assert_non_null(strstr(symbolizer_download_problem(symbolizer), "were stopped"));
	symbolizer_destroy(symbolizer);
}

static void without_urls_or_a_watch_nothing_is_downloaded(void **state)
{
	static const char *const urls[] = { NULL, "", "  " };
	struct watched watched = { 0 };
	struct symbolizer *symbolizer;

	serve(*state, "debuginfo", DEBUG_FILE);
	symbolizer = create_symbolizer(NULL);
	assert_int_equal(frames_at_leaf(symbolizer_elf_image(symbolizer, &program)), 1);
	symbolizer_destroy(symbolizer);
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		if (urls[i])
			setenv("DEBUGINFOD_URLS", urls[i], 1);
		else
			unsetenv("DEBUGINFOD_URLS");
		symbolizer = create_symbolizer(&watched);
		assert_int_equal(frames_at_leaf(symbolizer_elf_image(symbolizer, &program)), 1);
		assert_int_equal(watched.begun, 0);
		symbolizer_destroy(symbolizer);
	}
}

int main(void)
{
#define IN_DIRECTORY(test)                                                                         \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(debug_file_is_downloaded),
		IN_DIRECTORY(program_that_is_gone_is_downloaded_and_its_debug_file_too),
		IN_DIRECTORY(what_the_servers_do_not_have_is_asked_for_once),
		IN_DIRECTORY(file_of_another_build_is_not_used_and_said),
		IN_DIRECTORY(what_dwz_took_out_is_downloaded),
		IN_DIRECTORY(unwinding_downloads_no_debug_file),
		IN_DIRECTORY(server_that_fails_is_asked_once_and_said),
		IN_DIRECTORY(nothing_is_asked_for_after_a_download_was_stopped),
		IN_DIRECTORY(without_urls_or_a_watch_nothing_is_downloaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
