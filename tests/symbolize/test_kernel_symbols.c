/* SPDX-License-Identifier: MIT */
#include "symbolize/kernel_symbols.h"
#include "symbolize/string_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	struct string_pool *strings;
	struct kernel_symbols *symbols;
	const struct kernel_addresses *wanted; /* NULL: all */
	const char *reason;
};

static int create(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->strings = string_pool_create();
	fixture->symbols = kernel_symbols_create(fixture->strings);
	*state = fixture;
	return 0;
}

static int destroy(void **state)
{
	struct fixture *fixture = *state;

	kernel_symbols_destroy(fixture->symbols);
	string_pool_destroy(fixture->strings);
	free(fixture);
	return 0;
}

/* A file with the text, until the descriptor is closed. */
static int make_file(const char *text, char path[64])
{
	int fd = memfd_create("kallsyms", MFD_CLOEXEC);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static bool load(struct fixture *fixture, const char *text)
{
	char path[64];
	int fd = make_file(text, path);
	bool is_loaded;

	is_loaded = kernel_symbols_load(fixture->symbols, path, fixture->wanted, &fixture->reason);
	close(fd);
	return is_loaded;
}

/* "name+offset/size[module]" or "?". */
static const char *at(struct fixture *fixture, uint64_t address)
{
	static char text[256];
	struct symbol symbol;

	if (!kernel_symbols_find(fixture->symbols, address, &symbol))
		return "?";
	snprintf(text, sizeof(text), "%s+0x%llx/0x%llx[%s]", symbol.name,
		 (unsigned long long)(address - symbol.start), (unsigned long long)symbol.size,
		 symbol.module ? symbol.module : "");
	return text;
}

static void symbols_reach_to_the_next_one(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "ffffffff81000000 T first\n"
				  "ffffffff81000100 t second\n"
				  "ffffffff81000180 W third\n"));
	assert_string_equal(at(fixture, 0xffffffff81000000), "first+0x0/0x100[]");
	assert_string_equal(at(fixture, 0xffffffff810000ff), "first+0xff/0x100[]");
	assert_string_equal(at(fixture, 0xffffffff81000100), "second+0x0/0x80[]");
	assert_string_equal(at(fixture, 0xffffffff80ffffff), "?");
}

static void last_symbol_ends_with_its_page(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "ffffffff81000f00 T last\n"));
	assert_string_equal(at(fixture, 0xffffffff81000fff), "last+0xff/0x100[]");
	assert_string_equal(at(fixture, 0xffffffff81001000), "?");
}

static void modules_are_named_and_the_kernel_does_not_reach_into_them(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "ffffffff81000f00 T last\n"
				  "ffffffffc0000000 t nf_hook\t[nf_tables]\n"
				  "ffffffffc0000010 t nf_end\t[nf_tables]\n"));
	assert_string_equal(at(fixture, 0xffffffffc0000004), "nf_hook+0x4/0x10[nf_tables]");
	assert_string_equal(at(fixture, 0xffffffff81000f08), "last+0x8/0x100[]");
	assert_string_equal(at(fixture, 0xffffffffbfffffff), "?");
}

static void mapping_symbols_are_no_functions(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "ffffffff81000000 T code\nffffffff81000008 t $x.1\n"
				  "ffffffff81000010 t more\n"));
	assert_string_equal(at(fixture, 0xffffffff81000008), "code+0x8/0x10[]");
}

static void data_is_no_function(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "ffffffff81000000 T code\n"
				  "ffffffff81000010 D data\n"
				  "ffffffff81000018 r constant\n"
				  "ffffffff81000020 t more\n"));
	assert_string_equal(at(fixture, 0xffffffff81000018), "code+0x18/0x20[]");
}

static void best_of_several_names_is_shown(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "ffffffff81000000 t local_name\n"
				  "ffffffff81000000 T __exported\n"
				  "ffffffff81000000 T exported\n"
				  "ffffffff81000000 W weak\n"
				  "ffffffff81000010 t end\n"));
	assert_string_equal(at(fixture, 0xffffffff81000000), "exported+0x0/0x10[]");
}

static void order_of_the_lines_does_not_matter(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "ffffffff81000100 t second\nffffffff81000000 T first\n"));
	assert_string_equal(at(fixture, 0xffffffff81000001), "first+0x1/0x100[]");
}

static void hidden_addresses_are_said_with_the_remedy(void **state)
{
	struct fixture *fixture = *state;

	assert_false(load(fixture, "0000000000000000 T first\n0000000000000000 t second\n"));
	assert_non_null(strstr(fixture->reason, "kptr_restrict"));
	assert_string_equal(at(fixture, 0), "?");
}

static void missing_file_is_said(void **state)
{
	struct fixture *fixture = *state;

	assert_false(kernel_symbols_load(fixture->symbols, "/nonexistent", NULL, &fixture->reason));
	assert_non_null(strstr(fixture->reason, "cannot be read"));
}

static void other_lines_are_passed_over(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "\nnonsense\nffffffff81000000\nffffffff81000000 \n"
				  "ffffffff81000000 T\nffffffff81000000 T good\n"
				  "ffffffff81000010 t open\t[never"));
	assert_string_equal(at(fixture, 0xffffffff81000000), "good+0x0/0x10[]");
	assert_string_equal(at(fixture, 0xffffffff81000010), "open+0x0/0xff0[]");
}

static void added_symbols_win_over_loaded_ones(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "ffffffff81000000 T loaded\nffffffff81000100 t next\n"));
	kernel_symbols_add(fixture->symbols, 0xffffffff81000020, 0x10, "bpf_prog_1", "bpf");
	assert_string_equal(at(fixture, 0xffffffff8100001f), "loaded+0x1f/0x100[]");
	assert_string_equal(at(fixture, 0xffffffff81000020), "bpf_prog_1+0x0/0x10[bpf]");
	assert_string_equal(at(fixture, 0xffffffff81000030), "loaded+0x30/0x100[]");
}

static void later_symbol_over_the_same_range_wins(void **state)
{
	struct fixture *fixture = *state;

	kernel_symbols_add(fixture->symbols, 0x1000, 0x100, "old", NULL);
	kernel_symbols_add(fixture->symbols, 0x1000, 0x40, "new", NULL);
	assert_string_equal(at(fixture, 0x1000), "new+0x0/0x40[]");
	assert_string_equal(at(fixture, 0x1040), "?");
	kernel_symbols_add(fixture->symbols, 0x1020, 0x100, "over its end", NULL);
	assert_string_equal(at(fixture, 0x1010), "new+0x10/0x20[]");
	assert_string_equal(at(fixture, 0x1020), "over its end+0x0/0x100[]");
	kernel_symbols_add(fixture->symbols, 0xf00, 0x1000, "around both", NULL);
	assert_string_equal(at(fixture, 0x1020), "around both+0x120/0x1000[]");
}

static void added_symbol_without_size_reaches_to_the_next_one(void **state)
{
	struct fixture *fixture = *state;

	assert_true(load(fixture, "0000000000001080 T loaded\n"));
	kernel_symbols_add(fixture->symbols, 0x1000, 0, "first", NULL);
	kernel_symbols_add(fixture->symbols, 0x1020, 0, "second", NULL);
	assert_string_equal(at(fixture, 0x101f), "first+0x1f/0x20[]");
	assert_string_equal(at(fixture, 0x1020), "second+0x0/0x60[]");
	assert_string_equal(at(fixture, 0x1080), "loaded+0x0/0xf80[]");
}

/* As the kernel writes it: its own symbols by address, those of modules as they come; equal addresses
 * among both. */
static char *many_lines(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	uint64_t address = 0xffffffff81000000;
	uint32_t random = 1;

	for (unsigned i = 0; i < 6000; i++) {
		random = random * 1664525 + 1013904223;
		address += 16 * (random >> 28);
		fprintf(out, "%llx %c kernel_%u\n", (unsigned long long)address, "tTWd"[i % 4], i);
	}
	for (unsigned i = 0; i < 1000; i++) {
		random = random * 1664525 + 1013904223;
		fprintf(out, "%llx t module_%u\t[module%u]\n",
			0xffffffffc0000000ull + 16 * (random >> 20), i, i / 100);
	}
	fclose(out);
	return text;
}

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t *first = a, *second = b;

	return *first < *second ? -1 : *first > *second;
}

static void what_is_wanted_has_the_names_that_it_has_among_all(void **state)
{
	struct fixture *all = *state, *some;
	uint64_t addresses[300];
	const struct kernel_addresses wanted = { addresses, 300 };
	char *text = many_lines();
	uint32_t random = 7;

	create((void **)&some);
	for (size_t i = 0; i < wanted.count; i++) {
		random = random * 1664525 + 1013904223;
		addresses[i] = (i % 3 ? 0xffffffff81000000 + (random >> 11) % 800000
				      : 0xffffffffc0000000 + (random >> 15));
	}
	qsort(addresses, wanted.count, sizeof(*addresses), compare_addresses);
	some->wanted = &wanted;
	assert_true(load(all, text));
	assert_true(load(some, text));
	for (size_t i = 0; i < wanted.count; i++) {
		char *expected = strdup(at(all, addresses[i]));

		assert_string_equal(at(some, addresses[i]), expected);
		free(expected);
	}
	destroy((void **)&some);
	free(text);
}

static void what_is_prepared_is_there_when_it_is_asked_for(void **state)
{
	static const uint64_t wanted[] = { 0xffffffff81000110, 0xffffffff81000010 };
	struct fixture *fixture = *state;
	struct symbol symbol;
	char path[64];
	int fd = make_file("ffffffff81000000 T first\n"
			   "ffffffff81000100 t second\n"
			   "ffffffff81000180 T third\n"
			   "ffffffff81000200 T fourth\n",
			   path);

	kernel_symbols_load_later(fixture->symbols, path);
	kernel_symbols_prepare(fixture->symbols, wanted, 2);
	kernel_symbols_add(fixture->symbols, 0xffffffff81000300, 0x10, "added", NULL);
	assert_string_equal(at(fixture, 0xffffffff81000010), "first+0x10/0x100[]");
	assert_string_equal(at(fixture, 0xffffffff81000110), "second+0x10/0x80[]");
	assert_true(kernel_symbols_find(fixture->symbols, wanted[0], &symbol));
	assert_ptr_equal(symbol.name, string_pool_add(fixture->strings, "second"));
	/* What was not prepared is loaded with all the others. */
	assert_string_equal(at(fixture, 0xffffffff81000190), "third+0x10/0x80[]");
	assert_string_equal(at(fixture, 0xffffffff81000300), "added+0x0/0x10[]");
	close(fd);
}

static void what_is_prepared_need_not_be_asked_for(void **state)
{
	static const uint64_t wanted = 0xffffffff81000010;
	struct fixture *fixture = *state;
	char path[64];
	int fd = make_file("ffffffff81000000 T first\n", path);

	kernel_symbols_load_later(fixture->symbols, path);
	kernel_symbols_prepare(fixture->symbols, &wanted, 1);
	kernel_symbols_load_later(fixture->symbols, "/nonexistent");
	kernel_symbols_prepare(fixture->symbols, &wanted, 1);
	close(fd);
}

int main(void)
{
#define WITH_SYMBOLS(test) cmocka_unit_test_setup_teardown(test, create, destroy)
	const struct CMUnitTest tests[] = {
		WITH_SYMBOLS(symbols_reach_to_the_next_one),
		WITH_SYMBOLS(last_symbol_ends_with_its_page),
		WITH_SYMBOLS(modules_are_named_and_the_kernel_does_not_reach_into_them),
		WITH_SYMBOLS(data_is_no_function),
		WITH_SYMBOLS(mapping_symbols_are_no_functions),
		WITH_SYMBOLS(best_of_several_names_is_shown),
		WITH_SYMBOLS(order_of_the_lines_does_not_matter),
		WITH_SYMBOLS(what_is_wanted_has_the_names_that_it_has_among_all),
		WITH_SYMBOLS(what_is_prepared_is_there_when_it_is_asked_for),
		WITH_SYMBOLS(what_is_prepared_need_not_be_asked_for),
		WITH_SYMBOLS(hidden_addresses_are_said_with_the_remedy),
		WITH_SYMBOLS(missing_file_is_said),
		WITH_SYMBOLS(other_lines_are_passed_over),
		WITH_SYMBOLS(added_symbols_win_over_loaded_ones),
		WITH_SYMBOLS(later_symbol_over_the_same_range_wins),
		WITH_SYMBOLS(added_symbol_without_size_reaches_to_the_next_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
