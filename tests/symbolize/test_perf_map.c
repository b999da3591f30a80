/* SPDX-License-Identifier: MIT */
#include "symbolize/perf_map.h"

#include "support/corpus.h"
#include "support/memory_file.h"
#include "symbolize/string_pool.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct memory_file file;
	struct string_pool *strings;
	struct perf_map *map;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->file = memory_file_create();
	fixture->strings = string_pool_create();
	fixture->map = perf_map_create(memory_file_reader(&fixture->file), fixture->strings);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	perf_map_destroy(fixture->map);
	string_pool_destroy(fixture->strings);
	memory_file_close(&fixture->file);
	free(fixture);
	return 0;
}

static size_t append(struct fixture *fixture, const char *text)
{
	memory_file_append_text(&fixture->file, text);
	return perf_map_poll(fixture->map, false);
}

/* The name at an address, or "" */
static const char *name_at(struct fixture *fixture, uint64_t address)
{
	struct symbol symbol;

	return perf_map_find(fixture->map, address, &symbol) ? symbol.name : "";
}

static void a_line_names_its_range_and_nothing_else(void **state)
{
	struct fixture *fixture = *state;
	struct symbol symbol;

	assert_int_equal(append(fixture, "7f0010 20 JS:*fib /app.js:1:13\n"), 1);
	assert_true(perf_map_find(fixture->map, 0x7f0015, &symbol));
	assert_string_equal(symbol.name, "JS:*fib /app.js:1:13");
	assert_int_equal(symbol.start, 0x7f0010);
	assert_int_equal(symbol.size, 0x20);
	assert_string_equal(name_at(fixture, 0x7f0010), symbol.name);
	assert_string_equal(name_at(fixture, 0x7f002f), symbol.name);
	assert_string_equal(name_at(fixture, 0x7f000f), "");
	assert_string_equal(name_at(fixture, 0x7f0030), "");
}

static void numbers_may_have_0x_and_sixteen_digits(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "0x00007f3a5c000000 0x40 void java.lang.Thread.run()\n"
			"0X7F3A5C000040 0x40 upper\n");
	assert_string_equal(name_at(fixture, 0x7f3a5c00003f), "void java.lang.Thread.run()");
	assert_string_equal(name_at(fixture, 0x7f3a5c000040), "upper");
	append(fixture, "00000000000000001000 10 seventeen\n");
	assert_string_equal(name_at(fixture, 0x1000), "seventeen");
	append(fixture, "10000000000000000 10 too_large\n");
	assert_int_equal(perf_map_bad_lines(fixture->map), 1);
}

static void names_keep_spaces_utf8_and_backslashes(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "1000 10 py::größe λ:<gen 2 0>\n"
			"2000 10 C:\\app\\main.php::f, $x\n"
			"3000 10   leading blanks belong to the numbers\n");
	assert_string_equal(name_at(fixture, 0x1000), "py::größe λ:<gen 2 0>");
	assert_string_equal(name_at(fixture, 0x2000), "C:\\app\\main.php::f, $x");
	assert_string_equal(name_at(fixture, 0x3000), "leading blanks belong to the numbers");
}

static void control_characters_in_names_are_replaced(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "1000 10 a\033[2Jb\tc\r\n");
	assert_string_equal(name_at(fixture, 0x1000), "a?[2Jb?c");
}

static void a_later_line_wins_where_it_covers(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "1000 100 old\n1040 20 new\n");
	assert_string_equal(name_at(fixture, 0x103f), "old");
	assert_string_equal(name_at(fixture, 0x1040), "new");
	assert_string_equal(name_at(fixture, 0x105f), "new");
	assert_string_equal(name_at(fixture, 0x1060), "old");
	append(fixture, "ff0 60 newer\n");
	assert_string_equal(name_at(fixture, 0x104f), "newer");
	assert_string_equal(name_at(fixture, 0x1050), "new");
	append(fixture, "1000 100 newest\n");
	assert_string_equal(name_at(fixture, 0x1050), "newest");
	assert_string_equal(name_at(fixture, 0xfff), "newer");
}

static void size_0_reaches_up_to_the_next_start(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "1000 0 first\n1040 0 second\n1080 10 sized\n");
	assert_string_equal(name_at(fixture, 0x1000), "first");
	assert_string_equal(name_at(fixture, 0x103f), "first");
	assert_string_equal(name_at(fixture, 0x1040), "second");
	assert_string_equal(name_at(fixture, 0x107f), "second");
	assert_string_equal(name_at(fixture, 0x1080), "sized");
	assert_string_equal(name_at(fixture, 0x1090), "");
	append(fixture, "1020 0 between\n");
	assert_string_equal(name_at(fixture, 0x101f), "first");
	assert_string_equal(name_at(fixture, 0x103f), "between");
	append(fixture, "1020 0 again\n");
	assert_string_equal(name_at(fixture, 0x1020), "again");
}

static void size_0_does_not_reach_over_all_of_memory(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "1000 0 last\n");
	assert_string_equal(name_at(fixture, 0x1fff), "last");
	assert_string_equal(name_at(fixture, 0x7f0000000000), "");
}

static void an_unfinished_line_waits_for_its_end(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(append(fixture, "1000 10 whole\n2000 10 ha"), 1);
	assert_string_equal(name_at(fixture, 0x2000), "");
	assert_int_equal(append(fixture, "lf\n"), 1);
	assert_string_equal(name_at(fixture, 0x2000), "half");
	assert_int_equal(append(fixture, "3000 10 tail"), 0);
	assert_int_equal(perf_map_poll(fixture->map, true), 1);
	assert_string_equal(name_at(fixture, 0x3000), "tail");
	assert_int_equal(perf_map_poll(fixture->map, true), 0);
}

static void a_file_that_shrank_is_read_anew(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "1000 10 one\n2000 10 two\n");
	memory_file_truncate(&fixture->file, 0);
	assert_int_equal(append(fixture, "3000 10 three\n"), 1);
	assert_string_equal(name_at(fixture, 0x1000), "");
	assert_string_equal(name_at(fixture, 0x3000), "three");
}

static void bad_lines_are_counted_and_passed_over(void **state)
{
	struct fixture *fixture = *state;

	append(fixture, "hello\n\n1000\n1000 10\n1000 10 \nxyz 10 a\n1000 0x b\n-1 10 c\n"
			"ffffffffffffffff 10 d\n2000 10 good\n");
	assert_int_equal(perf_map_bad_lines(fixture->map), 8);
	assert_string_equal(name_at(fixture, 0x1000), "");
	assert_string_equal(name_at(fixture, 0x2000), "good");
}

static void a_line_without_end_is_passed_over_in_bounded_memory(void **state)
{
	struct fixture *fixture = *state;
	static char name[300000];

	memset(name, 'x', sizeof(name));
	memory_file_append_text(&fixture->file, "1000 10 ");
	for (int i = 0; i < 10; i++)
		memory_file_append(&fixture->file, name, sizeof(name));
	assert_int_equal(append(fixture, "\n2000 10 good\n"), 1);
	assert_int_equal(perf_map_bad_lines(fixture->map), 1);
	assert_string_equal(name_at(fixture, 0x2000), "good");
}

/* Against a plain search, newest first. */
static void random_lines_are_found_as_a_plain_search_finds_them(void **state)
{
	struct fixture *fixture = *state;
	enum { LINES = 2000, SPACE = 4096 };
	static uint64_t starts[LINES], sizes[LINES];
	char text[64];

	srand(1); /* NOLINT: the same numbers every time */
	for (int i = 0; i < LINES; i++) {
		starts[i] = (uint64_t)rand() % SPACE;
		sizes[i] = (uint64_t)rand() % 4 ? (uint64_t)rand() % 64 : 0;
		snprintf(text, sizeof(text), "%lx %lx f%d\n", starts[i], sizes[i], i);
		append(fixture, text);
		uint64_t address = (uint64_t)rand() % SPACE;
		int expected = -1;
		uint64_t last = 0;

		for (int k = 0; k <= i; k++)
			if (starts[k] <= address && starts[k] > last)
				last = starts[k];
		for (int k = i; k >= 0 && expected < 0; k--)
			if (sizes[k] ? address - starts[k] < sizes[k] : starts[k] == last)
				expected = k;
		snprintf(text, sizeof(text), "f%d", expected);
		assert_string_equal(name_at(fixture, address), expected < 0 ? "" : text);
	}
}

/* Compares the map's name for each sample of `samples` that it names there; returns how many. */
static size_t check_samples(struct perf_map *map, const char *samples)
{
	char path[512], line[4096], object[64], name[2048];
	unsigned long address, offset;
	size_t count = 0;

	corpus_path(samples, path, sizeof(path));
	FILE *file = fopen(path, "re");

	while (fgets(line, sizeof(line), file)) {
		struct symbol symbol;

		/* time pid tid address object symbol offset ... */
		if (sscanf(line, "%*u\t%*u\t%*u\t%lx\t%63[^\t]\t%2047[^\t]\t%lx", &address, object,
			   name, &offset) != 4 ||
		    strcmp(object, "map") != 0)
			continue;
		assert_true(perf_map_find(map, address, &symbol));
		assert_string_equal(symbol.name, name);
		assert_int_equal(address - symbol.start, offset);
		count++;
	}
	fclose(file);
	corpus_release(path);
	return count;
}

static void samples_of_the_corpus_are_named_by_their_maps(void **state)
{
	static const struct {
		const char *map, *samples;
		size_t line_count, sample_count;
	} cases[] = {
		{ "node/basic-prof/perf-32090.map", "node/basic-prof/samples.tsv", 3261, 530 },
		{ "cpython/py312-map/perf-32655.map", "cpython/py312-map/samples.tsv", 296, 0 },
		{ "cpython/py313-map/perf-32571.map", "cpython/py313-map/samples.tsv", 316, 1 },
	};

	(void)state;
	corpus_or_skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct string_pool *strings = string_pool_create();
		char path[512];

		corpus_path(cases[i].map, path, sizeof(path));
		struct perf_map *map = perf_map_create(open(path, O_RDONLY | O_CLOEXEC), strings);

		assert_int_equal(perf_map_poll(map, true), cases[i].line_count);
		assert_int_equal(perf_map_bad_lines(map), 0);
		assert_int_equal(check_samples(map, cases[i].samples), cases[i].sample_count);
		perf_map_destroy(map);
		string_pool_destroy(strings);
		corpus_release(path);
	}
}

#define MAP_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MAP_TEST(a_line_names_its_range_and_nothing_else),
		MAP_TEST(numbers_may_have_0x_and_sixteen_digits),
		MAP_TEST(names_keep_spaces_utf8_and_backslashes),
		MAP_TEST(control_characters_in_names_are_replaced),
		MAP_TEST(a_later_line_wins_where_it_covers),
		MAP_TEST(size_0_reaches_up_to_the_next_start),
		MAP_TEST(size_0_does_not_reach_over_all_of_memory),
		MAP_TEST(an_unfinished_line_waits_for_its_end),
		MAP_TEST(a_file_that_shrank_is_read_anew),
		MAP_TEST(bad_lines_are_counted_and_passed_over),
		MAP_TEST(a_line_without_end_is_passed_over_in_bounded_memory),
		MAP_TEST(random_lines_are_found_as_a_plain_search_finds_them),
		cmocka_unit_test(samples_of_the_corpus_are_named_by_their_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
