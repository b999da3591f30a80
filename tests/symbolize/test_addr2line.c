/* SPDX-License-Identifier: MIT */
/* addr2line (binutils), which reads DWARF by itself, has the same lines and inlined calls. */
#include "support/scratch_directory.h"
#include "symbolize/elf_file.h"
#include "symbolize/symbolizer.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FRAMES_MAX = 64, QUESTIONS = 3000 };

/* Writes addresses all over the program's code, one in a line. */
static void write_questions(const char *program, const char *path)
{
	struct elf_file *file = elf_file_open_path(program);
	struct elf_section text;
	FILE *stream = fopen(path, "w");

	assert_non_null(file);
	assert_non_null(stream);
	assert_true(elf_file_section(file, ".text", &text));
	for (uint64_t i = 0; i < QUESTIONS; i++)
		fprintf(stream, "0x%" PRIx64 "\n", text.image_address + text.size * i / QUESTIONS);
	fclose(stream);
	elf_file_close(file);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A line of its output, "DIRECTORY/FILE:LINE (discriminator N)" or "??:?", as a frame's. */
static void expect_line(char *answer, const struct frame *frame, const char *program,
			uint64_t address)
{
	/* addr2line 2.40 takes some functions of headers for the source file's. */
	bool has_right_file = strcmp(program, JPROF_PROGRAM) != 0;
	char *end = strstr(answer, " (discriminator"), *colon;
	unsigned long line;

	if (end)
		*end = '\0';
	colon = strrchr(answer, ':');
	assert_non_null(colon);
	*colon = '\0';
	line = strtoul(colon + 1, NULL, 10);
	if (line != frame->line ||
	    (line && has_right_file &&
	     (!frame->file || strcmp(base_name(answer), base_name(frame->file)) != 0)))
		fail_msg("%s at 0x%" PRIx64 ": addr2line says %s:%lu, not %s:%" PRIu32, program,
			 address, answer, line, frame->file, frame->line);
}

/* Its output: for each address a line with it, then two for each frame, the function and the
 * place. */
static size_t compare_answers(FILE *output, const char *program, struct image *image)
{
	struct frame frames[FRAMES_MAX];
	size_t count = 0, number = 0, compared = 0;
	uint64_t address = 0;
	char text[4096];

	while (fgets(text, sizeof(text), output)) {
		text[strcspn(text, "\n")] = '\0';
		if (!strncmp(text, "0x", 2)) {
			assert_int_equal(number, count);
			address = strtoull(text, NULL, 16);
			count = image_frames(image, address, frames, FRAMES_MAX);
			number = 0;
			compared++;
			continue;
		}
		if (number == count)
			fail_msg("%s at 0x%" PRIx64 ": addr2line has more frames: %s", program,
				 address, text);
		if (frames[number].is_inlined && !strstr(program, "++"))
			assert_string_equal(frames[number].function, text);
		assert_non_null(fgets(text, sizeof(text), output));
		expect_line(text, &frames[number++], program, address);
	}
	return compared;
}

static void compare(void **state, const char *program)
{
	const struct symbolizer_options options = { 0 };
	const struct image_identity identity = { .path = program };
	struct symbolizer *symbolizer = symbolizer_create(&options);
	char questions[512], command[2048];
	FILE *output;

	snprintf(questions, sizeof(questions), "%s/questions", (char *)*state);
	write_questions(program, questions);
	snprintf(command, sizeof(command), "addr2line -a -f -i -e '%s' <'%s'", program, questions);
	output = popen(command, "r"); /* NOLINT(cert-env33-c) */
	assert_non_null(output);
	assert_int_equal(
		compare_answers(output, program, symbolizer_elf_image(symbolizer, &identity)),
		QUESTIONS);
	assert_int_equal(pclose(output), 0);
	symbolizer_destroy(symbolizer);
}

static void small_programs_have_the_lines_that_addr2line_finds(void **state)
{
	compare(state, JPROF_PLACES_DIR "/gcc-dwarf4");
	compare(state, JPROF_PLACES_DIR "/gcc-dwarf5");
	compare(state, JPROF_PLACES_DIR "/gcc-static-pie");
	compare(state, JPROF_PLACES_DIR "/g++-dwarf5");
}

static void jprof_itself_has_the_lines_that_addr2line_finds(void **state)
{
	compare(state, JPROF_PROGRAM);
}

int main(void)
{
#define IN_DIRECTORY(test)                                                                         \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(small_programs_have_the_lines_that_addr2line_finds),
		IN_DIRECTORY(jprof_itself_has_the_lines_that_addr2line_finds),
	};

	if (system("addr2line --version >/dev/null 2>&1") != 0) { /* NOLINT(cert-env33-c) */
		print_message("skipped: addr2line (binutils) is not installed\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
