/* SPDX-License-Identifier: MIT */
#include "profiler/proc_maps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char line[512];

static struct proc_mapping parse(const char *text)
{
	struct proc_mapping mapping;

	snprintf(line, sizeof(line), "%s\n", text);
	assert_true(proc_maps_parse(line, &mapping));
	return mapping;
}

static void assert_path(const char *text, const char *path)
{
	assert_string_equal(parse(text).path, path);
}

static void a_line_is_a_mapping(void **state)
{
	struct proc_mapping mapping =
		parse("7f0000001000-7f0000003000 r-xp 00002000 fd:1a 123456                     "
		      "/usr/lib/libc.so.6");

	(void)state;
	assert_int_equal(mapping.start, 0x7f0000001000);
	assert_int_equal(mapping.end, 0x7f0000003000);
	assert_int_equal(mapping.file_offset, 0x2000);
	assert_int_equal(mapping.major, 0xfd);
	assert_int_equal(mapping.minor, 0x1a);
	assert_int_equal(mapping.inode, 123456);
	assert_true(mapping.is_readable && mapping.is_executable);
	assert_false(mapping.is_writable || mapping.is_shared);
	assert_string_equal(mapping.path, "/usr/lib/libc.so.6");
}

static void modes_are_told_apart(void **state)
{
	struct proc_mapping mapping = parse("1000-2000 rwxs 00000000 00:01 7 /dev/zero");

	(void)state;
	assert_true(mapping.is_writable && mapping.is_executable && mapping.is_shared);
	assert_false(parse("1000-2000 rw-p 00000000 00:00 0").is_executable);
}

static void mappings_without_a_name_are_anonymous(void **state)
{
	(void)state;
	assert_path("1000-2000 rwxp 00000000 00:00 0", "//anon");
	assert_path("1000-2000 rwxp 00000000 00:00 0 ", "//anon");
}

static void odd_names_stay_whole(void **state)
{
	(void)state;
	assert_path("1000-2000 r-xp 00000000 08:01 5    /opt/a b/lib  c.so", "/opt/a b/lib  c.so");
	assert_path("1000-2000 r-xp 00000000 08:01 5    /tmp/a\\012b\\012", "/tmp/a\nb\n");
	assert_path("1000-2000 r-xp 00000000 08:01 5    /tmp/a\\013b\\", "/tmp/a\\013b\\");
	assert_path("1000-2000 r-xp 00000000 08:01 5    /tmp/x (deleted)", "/tmp/x (deleted)");
	assert_path("1000-2000 r-xp 00000000 00:01 9    /memfd:jit code (deleted)",
		    "/memfd:jit code (deleted)");
	assert_path("1000-2000 r-xp 00000000 00:00 0    [vdso]", "[vdso]");
	assert_path("1000-2000 r-xp 00000000 00:00 0    [anon:v8 code]", "[anon:v8 code]");
}

static void the_highest_addresses_fit(void **state)
{
	struct proc_mapping mapping =
		parse("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]");

	(void)state;
	assert_int_equal(mapping.end, 0xffffffffff601000);
	assert_false(mapping.is_readable);
}

static void what_is_no_mapping_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"hello",
		"1000-2000",
		"2000-1000 r-xp 00000000 08:01 5 /a",
		"1000-1000 r-xp 00000000 08:01 5 /a",
		"1000-2000 r-x 00000000 08:01 5 /a",
		"1000-2000 r-xp 00000000 08:01",
		"Size:    4 kB",
	};
	struct proc_mapping mapping;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(line, sizeof(line), "%s", bad[i]);
		if (proc_maps_parse(line, &mapping))
			fail_msg("'%s' was taken", bad[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_mapping),
		cmocka_unit_test(modes_are_told_apart),
		cmocka_unit_test(mappings_without_a_name_are_anonymous),
		cmocka_unit_test(odd_names_stay_whole),
		cmocka_unit_test(the_highest_addresses_fit),
		cmocka_unit_test(what_is_no_mapping_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
