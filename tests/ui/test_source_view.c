/* SPDX-License-Identifier: MIT */
/* The view over programs of tests/symbolize/places.c and over a dump, sampled where tests say. */
#include "support/canvas_text.h"
#include "support/dump_builder.h"
#include "support/lone_view.h"
#include "support/places.h"
#include "support/session_world.h"

#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PROGRAM	 JPROF_PLACES_DIR "/gcc-dwarf5"
#define STRIPPED JPROF_SEPARATE_DIR "/nothing/places"
#define USER	 ((uint64_t)PERF_CONTEXT_USER)

/* Programs are mapped with their image addresses from BASE on. */
enum { PID = 42, BASE = 0x400000, CODE_START = 0x1000, CODE_SIZE = 0x1000, JIT = 0x10000 };

static struct session_world world;
static struct profile *profile;
static struct lone_view stage;
static uint64_t now_ns;

static int begin(void **state)
{
	(void)state;
	now_ns = 1000;
	session_world_init(&world, false, false);
	profile = profile_create();
	world_comm(&world, now_ns, PID, PID, "app", false);
	return 0;
}

static int end(void **state)
{
	(void)state;
	lone_view_deinit(&stage);
	profile_destroy(profile);
	session_world_deinit(&world);
	return 0;
}

static void map(const char *program)
{
	world_mmap(&world, ++now_ns, PID,
		   &(struct world_mapping){ .start = BASE + CODE_START,
					    .size = CODE_SIZE,
					    .file_offset = CODE_START,
					    .path = program });
}

static void sample(uint64_t address, size_t times)
{
	while (times--)
		world_sample(&world, ++now_ns, PID, PID, CHAIN(USER, address));
}

static uint64_t place(const char *program, const char *name, size_t number)
{
	uint64_t image_address;

	assert_true(places_find(program, name, number, &image_address));
	return image_address;
}

/* The view of the innermost function of a sample, by its number. */
static void show(size_t number)
{
	session_finish(world.session);
	world_collect(&world, profile);
	lone_view_init(&stage, &source_view, profile, world.naming, NULL);
	stage.shown.session = world.session;
	stage.shown.function = shown_function_of(world_frame_names(&world, number, 0));
	lone_view_update(&stage);
}

static void add_dump(struct dump_builder *dump)
{
	char path[] = "/tmp/jprof-test-XXXXXX";
	struct error err;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, dump->file.bytes, dump->file.size), dump->file.size);
	close(fd);
	assert_true(session_add_jitdump(world.session, PID, path, &err));
	unlink(path);
	dump_free(dump);
}

/* Jumps back to its own start, 90 instructions before. */
static void announce_long_function(void)
{
	struct dump_builder dump = { 0 };
	uint8_t code[95];

	memset(code, 0x90, sizeof(code));
	memcpy(code + 90, (const uint8_t[]){ 0xe9, 0xa1, 0xff, 0xff, 0xff }, 5);
	dump_header(&dump, PID);
	dump_load(&dump, now_ns, JIT, 1, "long", (struct dump_code){ code, sizeof(code) });
	add_dump(&dump);
}

/* A line of the screen by its ends. */
static void expect_line(int row, const char *beginning, const char *end)
{
	char *text = canvas_text(&stage.canvas), *line = text;
	size_t length;

	while (row--)
		line = strchr(line, '\n') + 1;
	line[strcspn(line, "\n")] = '\0';
	length = strlen(line);
	if (strncmp(line, beginning, strlen(beginning)) != 0 || length < strlen(end) ||
	    strcmp(line + length - strlen(end), end) != 0)
		fail_msg("%s", line);
	free(text);
}

/* What it begins with on the screen is the title. */
static void expect_title(const char *title)
{
	char *text;

	lone_view_update(&stage);
	text = canvas_text(&stage.canvas);
	if (strncmp(text, title, strlen(title)) != 0 || text[strlen(title)] != '\n')
		fail_msg("%.*s", (int)strcspn(text, "\n"), text);
	free(text);
}

static void what_keys_lead_to_has_rows_below_it(void **state)
{
	(void)state;
	announce_long_function();
	sample(JIT + 60, 3);
	sample(JIT + 61, 2);
	sample(JIT + 90, 1);
	show(0);
	assert_int_equal(stage.canvas.rows, 24);
	assert_int_equal(stage.view->cursor, 60);
	assert_int_equal(stage.view->top, 53);
	lone_view_press(&stage, 't');
	assert_int_equal(stage.view->cursor, 61);
	lone_view_update(&stage);
	assert_int_equal(stage.view->top, 53);
	lone_view_press(&stage, 't');
	assert_int_equal(stage.view->cursor, 90);
	lone_view_update(&stage);
	assert_int_equal(stage.view->top, 68);
	lone_view_press(&stage, TERMINAL_KEY_ENTER);
	assert_int_equal(stage.view->cursor, 0);
	lone_view_update(&stage);
	assert_int_equal(stage.view->top, 0);
}

static void versions_of_all_tiers_are_gone_through(void **state)
{
	struct dump_builder dump = { 0 };

	(void)state;
	dump_header(&dump, PID);
	dump_load(&dump, now_ns, JIT, 1, "JS:~fib app.js:1:1", CODE(0x90, 0x90, 0xc3));
	dump_load(&dump, now_ns, JIT + 100, 2, "JS:^fib app.js:1:1", CODE(0x90, 0xc3));
	dump_load(&dump, now_ns, JIT + 200, 3, "JS:*fib app.js:1:1", CODE(0xc3));
	dump_load(&dump, now_ns, JIT + 300, 4, "JS:*other app.js:9:1", CODE(0xc3));
	add_dump(&dump);
	sample(JIT, 1);
	sample(JIT + 100, 2);
	sample(JIT + 200, 5);
	sample(JIT + 300, 2);
	show(3);
	expect_title("JS:*fib app.js:1:1  [jit]  50.00% self, version 3 of 3, TurboFan");
	lone_view_press(&stage, 'v');
	expect_title("JS:fib app.js:1:1  [jit]  80.00% self, all 3 versions");
	lone_view_press(&stage, 'v');
	expect_title("JS:~fib app.js:1:1  [jit]  10.00% self, version 1 of 3, Ignition");
	lone_view_press(&stage, 'v');
	expect_title("JS:^fib app.js:1:1  [jit]  20.00% self, version 2 of 3, Sparkplug");
}

/* The text of the row that the cursor is on. */
static const char *cursor_text(void)
{
	char buffer[16];

	return source_view.row_text(stage.view, &stage.shown, stage.view->cursor, buffer,
				    sizeof(buffer));
}

static void an_inlined_function_is_shown_in_the_one_that_has_its_code(void **state)
{
	(void)state;
	map(PROGRAM);
	sample(BASE + place(PROGRAM, "leaf", 0), 2);
	sample(BASE + place(PROGRAM, "leaf", 1), 1);
	sample(BASE + place(PROGRAM, "outer", 0), 5);
	sample(BASE + place(PROGRAM, "local", 0), 2);
	show(0);
	assert_string_equal(stage.shown.function.name, "leaf");
	expect_title("outer  gcc-dwarf5  80.00% self; leaf is inlined into it");
	assert_non_null(strstr(cursor_text(), "/* at leaf */"));
	lone_view_resize(&stage, 24, 40);
	lone_view_update(&stage);
	expect_line(0, "outer  gcc-dwarf5  80.00% self", "");
	expect_line(1, "leaf is inlined into it", "");
	lone_view_resize(&stage, 24, 26);
	lone_view_update(&stage);
	expect_line(0, "outer  gcc-dwarf5  80.00%", "");
	lone_view_resize(&stage, 24, 80);
	lone_view_update(&stage);
	lone_view_press(&stage, 'L');
	assert_null(strstr(cursor_text(), "/* at leaf */"));
	stage.shown.function = shown_function_of(world_frame_names(&world, 0, 0) + 2);
	expect_title("outer  gcc-dwarf5  80.00% self");
}

static void a_module_without_symbols_is_shown_by_its_unwind_tables(void **state)
{
	uint64_t outer = place(STRIPPED, "outer", 0), local = place(STRIPPED, "local", 0);

	(void)state;
	map(STRIPPED);
	sample(BASE + local, 1);
	sample(BASE + outer, 3);
	sample(BASE + outer + 1, 1);
	show(0);
	lone_view_resize(&stage, 24, 80);
	expect_title("[places]  places  100.00% self, all 2 nameless functions");
	assert_int_equal(stage.view->list_row, 3); /* below what to do about it */
	lone_view_press(&stage, 'v');
	lone_view_update(&stage);
	expect_line(0, "[places+0x", "]  places  80.00% self, 1 of 2 nameless functions");
	expect_line(1, "stripped, only exported functions have names: install its debug symbols",
		    "");
	lone_view_press(&stage, 'v');
	lone_view_update(&stage);
	expect_line(0, "[places+0x", "]  places  20.00% self, 2 of 2 nameless functions");
}

static void code_that_nobody_announced_is_explained(void **state)
{
	(void)state;
	world_mmap(&world, ++now_ns, PID,
		   &(struct world_mapping){ .start = JIT, .size = 0x1000, .path = "//anon" });
	sample(JIT, 1);
	show(0);
	assert_string_equal(stage.shown.function.name, "[jit?]");
	expect_line(0, "[jit?]  [jit?]  100.00% self", "");
	expect_line(1, "JIT code that its runtime has not announced: it needs a switch", "");
	expect_line(2, "--perf-prof, python -X perf_jit; man jprof)", "");
	expect_line(3, "", "(ptrace)");
	lone_view_draw_in_all_sizes(&stage);
}

static uint64_t start_of(const char *program, const char *name)
{
	const struct image_identity identity = { .path = program };
	struct image *image = symbolizer_elf_image(world.symbolizer, &identity);
	struct symbol symbol;

	for (uint64_t at = CODE_START; at < CODE_START + CODE_SIZE; at++) {
		if (image_symbol(image, at, &symbol) && !strcmp(symbol.name, name))
			return symbol.start;
	}
	fail_msg("%s has no %s", program, name);
	return 0;
}

/* The cursor, to the first call with this text. */
static void go_to_call(const char *text)
{
	for (stage.view->cursor = 0; stage.view->cursor < stage.view->row_count;
	     stage.view->cursor++) {
		if (!strncmp(cursor_text(), "callq", 5) && strstr(cursor_text(), text))
			return;
	}
	fail_msg("no call has %s", text);
}

static void enter_follows_a_call_and_comes_back(void **state)
{
	size_t row, top;

	(void)state;
#ifndef __x86_64__
	skip();
#endif
	map(PROGRAM);
	sample(BASE + start_of(PROGRAM, "main"), 1);
	sample(BASE + place(PROGRAM, "outer", 0), 3);
	show(0);
	assert_false(lone_view_press(&stage, 'u'));
	go_to_call("<outer>");
	lone_view_update(&stage);
	row = stage.view->cursor;
	top = stage.view->top;
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	expect_title("outer  gcc-dwarf5  75.00% self");
	assert_string_equal(stage.shown.function.name, "outer");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ESCAPE));
	expect_title("main  gcc-dwarf5  25.00% self");
	assert_int_equal(stage.view->cursor, row);
	assert_int_equal(stage.view->top, top);
	assert_false(lone_view_press(&stage, TERMINAL_KEY_ESCAPE));
	go_to_call("<local>");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_string_equal(stage.said, "local has no samples");
	expect_title("main  gcc-dwarf5  25.00% self");
}

static void enter_follows_calls_of_jit_code(void **state)
{
	struct dump_builder dump = { 0 };

	(void)state;
	dump_header(&dump, PID);
	dump_load(&dump, now_ns, JIT, 1, "caller", CODE(0xe8, 0xfb, 0, 0, 0, 0xff, 0xd0, 0xc3));
	dump_load(&dump, now_ns, JIT + 0x100, 2, "callee", CODE(0x90, 0xc3));
	add_dump(&dump);
	sample(JIT + 5, 1);
	sample(JIT + 0x100, 1);
	show(0);
	go_to_call("<callee>");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	expect_title("callee  [jit]  50.00% self");
	assert_true(lone_view_press(&stage, 'u'));
	go_to_call("%rax");
	assert_true(lone_view_press(&stage, TERMINAL_KEY_ENTER));
	assert_string_equal(stage.said, "it calls what a register or memory says then");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(what_keys_lead_to_has_rows_below_it),
		TEST(versions_of_all_tiers_are_gone_through),
		TEST(an_inlined_function_is_shown_in_the_one_that_has_its_code),
		TEST(a_module_without_symbols_is_shown_by_its_unwind_tables),
		TEST(code_that_nobody_announced_is_explained),
		TEST(enter_follows_a_call_and_comes_back),
		TEST(enter_follows_calls_of_jit_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
