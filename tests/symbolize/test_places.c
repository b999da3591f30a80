/* SPDX-License-Identifier: MIT */
/* Programs made by several compilers and linkers: every known place has its function and line. */
#include "support/places.h"
#include "symbolize/symbolizer.h"

#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FRAMES_MAX = 16, PROGRAMS_MAX = 64 };

/* A frame that must be there, as places.c and places.cpp have it. */
struct expected {
	const char *function;
	const char *comment; /* marks the line */
};

struct programs {
	char *paths[PROGRAMS_MAX];
	size_t count;
};

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All programs but split DWARF's other halves and packages of them. */
static int find_programs(void **state)
{
	struct programs *programs = calloc(1, sizeof(*programs));
	DIR *directory = opendir(JPROF_PLACES_DIR);

	if (!directory)
		return -1;
	for (struct dirent *entry; (entry = readdir(directory));) {
		char *path;

		if (entry->d_name[0] == '.' || strstr(entry->d_name, ".dw") ||
		    programs->count == PROGRAMS_MAX)
			continue;
		if (asprintf(&path, "%s/%s", JPROF_PLACES_DIR, entry->d_name) < 0)
			return -1;
		programs->paths[programs->count++] = path;
	}
	closedir(directory);
	qsort(programs->paths, programs->count, sizeof(char *), compare_paths);
	*state = programs;
	return programs->count ? 0 : -1;
}

static int forget_programs(void **state)
{
	struct programs *programs = *state;

	for (size_t i = 0; i < programs->count; i++)
		free(programs->paths[i]);
	free(programs);
	return 0;
}

static bool is_cpp(const char *path)
{
	return strstr(path, "++") || strstr(path, "types");
}

static struct image *open_image(struct symbolizer *symbolizer, const char *path)
{
	const struct image_identity identity = { .path = path };

	return symbolizer_elf_image(symbolizer, &identity);
}

static struct symbolizer *create_symbolizer(void)
{
	const struct symbolizer_options options = { .build_id_cache = "/nonexistent" };

	return symbolizer_create(&options);
}

static void print_frames(const char *program, const struct frame *frames, size_t count)
{
	print_message("%s:\n", program);
	for (size_t i = 0; i < count; i++)
		print_message("  %s %s:%" PRIu32 "%s\n", frames[i].function, frames[i].file,
			      frames[i].line, frames[i].is_inlined ? " inlined" : "");
}

static bool has_frames(const char *source, const struct frame *frames, size_t count,
		       const struct expected *expected, size_t expected_count)
{
	size_t length = strlen(source);

	if (count != expected_count)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct frame *frame = &frames[i];

		if (!frame->function || strcmp(frame->function, expected[i].function) ||
		    !frame->file || frame->file[0] != '/' ||
		    strcmp(frame->file + strlen(frame->file) - length, source) ||
		    frame->line != places_line(source, expected[i].comment) ||
		    frame->is_inlined != (i + 1 < count))
			return false;
	}
	return true;
}

/* Looks at the place in all programs of the source. Returns how many have it. */
static int check_place(void **state, const char *source, const char *place, size_t number,
		       const struct expected *expected, size_t expected_count)
{
	const struct programs *programs = *state;
	int checked = 0;

	for (size_t i = 0; i < programs->count; i++) {
		const char *program = programs->paths[i];
		struct symbolizer *symbolizer;
		struct frame frames[FRAMES_MAX];
		uint64_t address;
		size_t count;

		if (is_cpp(program) != !!strstr(source, ".cpp") ||
		    !places_find(program, place, number, &address))
			continue;
		symbolizer = create_symbolizer();
		count = image_frames(open_image(symbolizer, program), address, frames, FRAMES_MAX);
		if (!has_frames(source, frames, count, expected, expected_count)) {
			print_frames(program, frames, count);
			fail_msg("%s is wrong in %s", place, program);
		}
		symbolizer_destroy(symbolizer);
		checked++;
	}
	return checked;
}

static void plain_function_has_one_frame_with_its_line(void **state)
{
	const struct expected local[] = { { "local", "at local" } };
	const struct expected outer[] = { { "outer", "at outer" } };

	assert_true(check_place(state, "places.c", "local", 0, local, 1) > 0);
	assert_true(check_place(state, "places.c", "outer", 0, outer, 1) > 0);
}

static void inlined_calls_have_a_frame_each_with_the_line_of_the_call(void **state)
{
	const struct expected first[] = {
		{ "leaf", "at leaf" },
		{ "middle", "leaf in middle" },
		{ "outer", "middle in outer" },
	};
	const struct expected second[] = {
		{ "leaf", "at leaf" },
		{ "middle", "leaf in middle" },
		{ "outer", "second middle in outer" },
	};

	assert_true(check_place(state, "places.c", "leaf", 0, first, 3) > 0);
	assert_true(check_place(state, "places.c", "leaf", 1, second, 3) > 0);
}

/* Opens every program that has the place, in turn. Returns how many `check` liked. */
static int count_frames(void **state, const char *place, const char *source, const char *comment,
			bool (*check)(const char *function))
{
	const struct programs *programs = *state;
	int liked = 0;

	for (size_t i = 0; i < programs->count; i++) {
		struct symbolizer *symbolizer;
		struct frame frames[FRAMES_MAX];
		uint64_t address;

		if (!places_find(programs->paths[i], place, 0, &address))
			continue;
		symbolizer = create_symbolizer();
		assert_int_equal(image_frames(open_image(symbolizer, programs->paths[i]), address,
					      frames, FRAMES_MAX),
				 1);
		assert_int_equal(frames[0].line, places_line(source, comment));
		assert_non_null(frames[0].function);
		liked += check(frames[0].function);
		symbolizer_destroy(symbolizer);
	}
	return liked;
}

static bool is_cold_part(const char *function)
{
	assert_int_equal(strncmp(function, "split", 5), 0);
	return !strcmp(function, "split.cold");
}

/* gcc makes a symbol of its own of it, clang leaves it where it is. */
static void cold_part_is_named_as_the_symbol_table_does(void **state)
{
	assert_true(count_frames(state, "cold", "places.c", "at cold", is_cold_part) > 0);
}

static bool is_lambda_of_gcc(const char *function)
{
	assert_non_null(strstr(function, "operator()"));
	return !strcmp(function, "(anonymous namespace)::hidden(int)::{lambda(int)#1}::operator()");
}

/* clang calls it hidden(int)::$_0. */
static void lambda_is_named_by_the_function_that_it_is_in(void **state)
{
	assert_true(count_frames(state, "lambda", "places.cpp", "at lambda", is_lambda_of_gcc) > 0);
}

static void cpp_methods_have_their_class_and_namespace(void **state)
{
	const struct expected method[] = {
		{ "shapes::Box<int>::area", "at method" },
		{ "shapes::Box<int>::volume", "method in volume" },
	};
	const struct expected volume[] = { { "shapes::Box<int>::volume", "at volume" } };
	const struct expected constructor[] = {
		{ "shapes::Box<int>::Box", "at constructor" },
		{ "(anonymous namespace)::hidden", "constructor in hidden" },
	};

	assert_true(check_place(state, "places.cpp", "method", 0, method, 2) > 0);
	assert_true(check_place(state, "places.cpp", "volume", 0, volume, 1) > 0);
	assert_true(check_place(state, "places.cpp", "constructor", 0, constructor, 2) > 0);
}

/* The file offset of an address in a mapping of the process. */
static bool find_offset(pid_t pid, uint64_t address, uint64_t *file_offset)
{
	char path[64], line[1024];
	bool is_found = false;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "r");
	assert_non_null(maps);
	while (!is_found && fgets(line, sizeof(line), maps)) {
		uint64_t start, end, offset;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64, &start, &end, &offset) !=
			    3 ||
		    address < start || address >= end)
			continue;
		*file_offset = address - start + offset;
		is_found = true;
	}
	fclose(maps);
	return is_found;
}

/* As the kernel and the dynamic linker mapped it, whatever segments the linker chose. */
static void mapped_code_is_found_by_its_file_offset(void **state)
{
	const struct programs *programs = *state;

	for (size_t i = 0; i < programs->count; i++) {
		struct symbolizer *symbolizer;
		uint64_t address, file_offset, image_address;
		struct symbol symbol;
		struct image *image;
		struct places_process process;

		if (is_cpp(programs->paths[i]))
			continue;
		symbolizer = create_symbolizer();
		image = open_image(symbolizer, programs->paths[i]);
		process = places_start(programs->paths[i], &address);
		assert_true(find_offset(process.pid, address, &file_offset));
		places_end(&process);
		assert_true(image_address_of(image, file_offset, &image_address));
		assert_true(image_symbol(image, image_address, &symbol));
		assert_string_equal(symbol.name, "outer");
		assert_int_equal(symbol.start, image_address);
		symbolizer_destroy(symbolizer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_function_has_one_frame_with_its_line),
		cmocka_unit_test(inlined_calls_have_a_frame_each_with_the_line_of_the_call),
		cmocka_unit_test(cold_part_is_named_as_the_symbol_table_does),
		cmocka_unit_test(lambda_is_named_by_the_function_that_it_is_in),
		cmocka_unit_test(cpp_methods_have_their_class_and_namespace),
		cmocka_unit_test(mapped_code_is_found_by_its_file_offset),
	};

	return cmocka_run_group_tests(tests, find_programs, forget_programs);
}
