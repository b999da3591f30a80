/* SPDX-License-Identifier: MIT */
/* The view over sessions that know their JIT code from a dump, from a recording, or not at all. */
#include "support/dump_builder.h"
#include "support/lone_view.h"
#include "support/session_world.h"

#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define S    UINT64_C(1000000000)
#define USER ((uint64_t)PERF_CONTEXT_USER)

enum { PID = 42, FIB = 0x10000, LOOP = 0x20000, COLD = 0x30000, MOVED = 0x40000 };

static struct session_world world;
static struct profile *profile;
static struct jprof_section *section;
static struct lone_view stage;

static int begin(void **state)
{
	(void)state;
	session_world_init(&world, false, false);
	profile = profile_create();
	return 0;
}

static int end(void **state)
{
	(void)state;
	lone_view_deinit(&stage);
	profile_destroy(profile);
	session_world_deinit(&world);
	jprof_section_destroy(section);
	section = NULL;
	return 0;
}

static void show(void)
{
	session_finish(world.session);
	world_collect(&world, profile);
	lone_view_init(&stage, &jit_view, profile, world.naming, NULL);
	stage.shown.session = world.session;
	lone_view_update(&stage);
}

static void sample(uint64_t time_ns, const uint64_t *chain)
{
	world_sample(&world, time_ns, PID, PID, chain);
}

/* fib climbs from the interpreter to TurboFan, loop moves, cold never runs. */
static void use_dump(void)
{
	struct dump_builder dump = { 0 };
	struct error err;
	char path[] = "/tmp/jprof-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	dump_header(&dump, PID);
	dump_load(&dump, 5 * S, FIB, 1, "JS:~fib app.js:1:1", CODE(1, 2, 3, 4));
	dump_load(&dump, 6 * S, FIB, 2, "JS:*fib app.js:1:1", CODE(1, 2, 3, 4, 5, 6, 7, 8));
	dump_load(&dump, 7 * S, LOOP, 3, "JS:^loop app.js:9:1", CODE(1, 2, 3, 4));
	dump_load(&dump, 7 * S, COLD, 4, "JS:~cold\033[2J app.js:20:1", CODE(1, 2));
	dump_move(&dump, 9 * S, LOOP, MOVED, 4, 3);
	assert_int_equal(write(fd, dump.file.bytes, dump.file.size), dump.file.size);
	close(fd);
	assert_true(session_add_jitdump(world.session, PID, path, &err));
	unlink(path);
	dump_free(&dump);
}

static void sample_all(void)
{
	world_comm(&world, 4 * S, PID, PID, "node", false);
	sample(5 * S + S / 2, CHAIN(USER, FIB + 1));
	sample(6 * S + S / 2, CHAIN(USER, FIB + 1, FIB + 3, FIB + 3));
	sample(8 * S, CHAIN(USER, FIB + 2, LOOP + 3));
	sample(10 * S, CHAIN(USER, MOVED + 2));
}

static void functions_tell_what_of_them_was_loaded_and_what_ran(void **state)
{
	(void)state;
	use_dump();
	sample_all();
	show();
	lone_view_expect(
		&stage, 9, 80,
		"4 loads (18 bytes), never sampled: 1 (2 bytes)\n"
		"0.000 s [=      =       @                        ] 5.000 s, up to 16 loads/s\n"
		"tier+: the last one, after others\n"
		"self%v total% loads  ran   bytes tier        from s    to s function\n"
		" 75.00  75.00     2    2      12 TurboFan+    0.000   1.000 JS:fib app.js:1:1\n"
		" 25.00  50.00     1    1       4 Sparkplug    2.000   2.000 JS:loop app.js:9:1\n"
		"  0.00   0.00     1    0       2 Ignition     2.000   2.000 JS:cold?[2J app.js:2\n"
		"\n"
		"\n");
}

static void enter_shows_and_hides_the_versions_of_a_function(void **state)
{
	(void)state;
	use_dump();
	sample_all();
	show();
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	lone_view_expect(
		&stage, 9, 80,
		"4 loads (18 bytes), never sampled: 1 (2 bytes)\n"
		"0.000 s [=      =       @                        ] 5.000 s, up to 16 loads/s\n"
		"tier+: the last one, after others\n"
		"self%v total% loads  ran   bytes tier        from s    to s function\n"
		" 75.00  75.00     2    2      12 TurboFan+    0.000   1.000 JS:fib app.js:1:1\n"
		" 25.00  25.00                  4 Ignition     0.000   1.000   10000\n"
		" 50.00  50.00                  8 TurboFan     1.000           10000\n"
		" 25.00  50.00     1    1       4 Sparkplug    2.000   2.000 JS:loop app.js:9:1\n"
		"  0.00   0.00     1    0       2 Ignition     2.000   2.000 JS:cold?[2J "
		"app.js:2\n");
	stage.view->cursor = 2;
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_int_equal(stage.view->row_count, 3);
	assert_int_equal(stage.view->cursor, 0);
	stage.view->cursor = 1;
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	lone_view_press(&stage, '9'); /* the names */
	lone_view_expect(
		&stage, 9, 80,
		"4 loads (18 bytes), never sampled: 1 (2 bytes)\n"
		"0.000 s [=      =       @                        ] 5.000 s, up to 16 loads/s\n"
		"tier+: the last one, after others\n"
		" self% total% loads  ran   bytes tier        from s    to s function^\n"
		"  0.00   0.00     1    0       2 Ignition     2.000   2.000 JS:cold?[2J app.js:2\n"
		" 75.00  75.00     2    2      12 TurboFan+    0.000   1.000 JS:fib app.js:1:1\n"
		" 25.00  50.00     1    1       4 Sparkplug    2.000   2.000 JS:loop app.js:9:1\n"
		"  0.00  25.00                  4 Sparkplug    2.000   4.000   20000\n"
		" 25.00  25.00                  4 Sparkplug    4.000           40000 moved here\n");
	lone_view_update(&stage);
	assert_int_equal(stage.view->row_count, 5);
}

static void what_is_filtered_out_did_run_all_the_same(void **state)
{
	(void)state;
	use_dump();
	sample_all();
	show();
	stage.shown.selection.from_ns = 10 * S;
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 7, 80,
		"4 loads (18 bytes), never sampled: 1 (2 bytes)\n"
		"0.000 s [=      =       @                        ] 5.000 s, up to 16 loads/s\n"
		"tier+: the last one, after others\n"
		"self%v total% loads  ran   bytes tier        from s    to s function\n"
		" 25.00  25.00     1    1       4 Sparkplug    2.000   2.000 JS:loop app.js:9:1\n"
		"  0.00   0.00     1    0       2 Ignition     2.000   2.000 JS:cold?[2J app.js:2\n"
		"  0.00   0.00     2    2      12 TurboFan+    0.000   1.000 JS:fib app.js:1:1\n");
}

static void samples_begin_anew_and_times_do_not(void **state)
{
	(void)state;
	use_dump();
	sample_all();
	show();
	profile_destroy(profile);
	profile = profile_create();
	shown_renew(&stage.shown, profile, world.naming);
	lone_view_update(&stage);
	lone_view_expect(
		&stage, 7, 80,
		"4 loads (18 bytes), never sampled: 1 (2 bytes)\n"
		"0.000 s [=                  =                   @] 2.000 s, up to 40 loads/s\n"
		"tier+: the last one, after others\n"
		"self%v total% loads  ran   bytes tier        from s    to s function\n"
		"  0.00   0.00     1    0       2 Ignition     2.000   2.000 JS:cold?[2J app.js:2\n"
		"  0.00   0.00     1    1       4 Sparkplug    2.000   2.000 JS:loop app.js:9:1\n"
		"  0.00   0.00     2    2      12 TurboFan+    0.000   1.000 JS:fib app.js:1:1\n");
}

static const struct jitdump_entry kept = { .kind = JITDUMP_ENTRY_LOAD,
					   .time_ns = 6 * S,
					   .address = FIB,
					   .size = 8,
					   .name = "JS:*fib app.js:1:1" };

static void use_recording(bool has_totals)
{
	struct section_bytes bytes = { 0 };
	const struct stored_totals totals = { 0, { 612, 41000, 1, 8, 0, 5 * S, 9 * S, { 12 } } };

	jprof_section_put_versions(&bytes, &(struct stored_version){ 0, kept }, 1);
	jprof_section_put_dump_uses(
		&bytes, &(struct stored_dump_use){ 0, PID, 0, UINT64_MAX, "/tmp/jit-42.dump" }, 1);
	if (has_totals)
		jprof_section_put_totals(&bytes, &totals, 1);
	jprof_section_put_health(&bytes, &(struct stored_health){ .end_ns = 1 });
	section = jprof_section_create();
	assert_true(jprof_section_parse(section, bytes.bytes, bytes.size));
	section_bytes_deinit(&bytes);
	session_use_section(world.session, section);
	world_mmap(&world, 4 * S, PID,
		   &(struct world_mapping){ 0x900000, 4096, 0, "/tmp/jit-42.dump", 7 });
	sample(8 * S, CHAIN(USER, FIB + 2));
}

static void of_a_recording_the_sums_tell_what_it_did_not_keep(void **state)
{
	(void)state;
	use_recording(true);
	show();
	lone_view_expect(
		&stage, 6, 80,
		"612 loads (41.0 kB), never sampled: 611 (41.0 kB)\n"
		"0.000 s [@                                       ] 4.000 s, up to 120 loads/s\n"
		"1+: at least so many: what never ran is not kept\n"
		"self%v total% loads  ran   bytes tier        from s    to s function\n"
		"100.00 100.00    1+    1      8+ TurboFan     1.000   1.000 JS:fib app.js:1:1\n"
		"\n");
}

static void what_an_older_recording_does_not_tell_is_said(void **state)
{
	(void)state;
	use_recording(false);
	show();
	lone_view_expect(
		&stage, 6, 80,
		"1 loads (8 bytes) are kept, those that were sampled; others are not known\n"
		"\n"
		"1+: at least so many: what never ran is not kept\n"
		"self%v total% loads  ran   bytes tier        from s    to s function\n"
		"100.00 100.00    1+    1      8+ TurboFan     0.000   0.000 JS:fib app.js:1:1\n"
		"\n");
}

static void without_jit_code_that_is_said(void **state)
{
	(void)state;
	sample(8 * S, CHAIN(USER, FIB + 2));
	show();
	lone_view_expect(&stage, 5, 80,
			 "no jitdump, so no versions are known\n"
			 "\n"
			 "\n"
			 "self%v total% loads  ran   bytes tier        from s    to s function\n"
			 "\n");
	assert_false(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	lone_view_draw_in_all_sizes(&stage);
}

static void without_a_session_nothing_is_known(void **state)
{
	(void)state;
	lone_view_init(&stage, &jit_view, profile, world.naming, NULL);
	lone_view_update(&stage);
	lone_view_expect(&stage, 5, 80,
			 "no jitdump, so no versions are known\n"
			 "\n"
			 "\n"
			 "self%v total% loads  ran   bytes tier        from s    to s function\n"
			 "\n");
}

static void screens_of_any_size_can_be_drawn_on(void **state)
{
	(void)state;
	use_dump();
	sample_all();
	show();
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
	lone_view_draw_in_all_sizes(&stage);
}

static void the_cursor_is_on_the_function_of_the_view_before(void **state)
{
	(void)state;
	use_dump();
	sample_all();
	show();
	stage.shown.function = jit_view.row_function(stage.view, 1);
	assert_string_equal(stage.shown.function.name, "JS:^loop app.js:9:1");
	lone_view_update(&stage);
	assert_int_equal(stage.view->cursor, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(functions_tell_what_of_them_was_loaded_and_what_ran),
		TEST(enter_shows_and_hides_the_versions_of_a_function),
		TEST(what_is_filtered_out_did_run_all_the_same),
		TEST(samples_begin_anew_and_times_do_not),
		TEST(of_a_recording_the_sums_tell_what_it_did_not_keep),
		TEST(what_an_older_recording_does_not_tell_is_said),
		TEST(without_jit_code_that_is_said),
		TEST(without_a_session_nothing_is_known),
		TEST(screens_of_any_size_can_be_drawn_on),
		TEST(the_cursor_is_on_the_function_of_the_view_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
