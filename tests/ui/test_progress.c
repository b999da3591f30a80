/* SPDX-License-Identifier: MIT */
/* The line of progress as a terminal gets it, by a clock that the test turns. */
#include "ui/progress.h"

#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MS 1000000u

static uint64_t time_ns;

static uint64_t now_ns(void)
{
	return time_ns;
}

struct terminal {
	int master, slave;
	struct progress progress;
};

static struct terminal open_terminal(unsigned short columns)
{
	const struct winsize size = { .ws_row = 24, .ws_col = columns };
	struct terminal terminal;

	assert_int_equal(openpty(&terminal.master, &terminal.slave, NULL, NULL, &size), 0);
	assert_int_equal(fcntl(terminal.master, F_SETFL, O_NONBLOCK), 0);
	time_ns = 1000 * MS;
	progress_init(&terminal.progress, terminal.slave, now_ns);
	return terminal;
}

static void close_terminal(struct terminal *terminal)
{
	close(terminal->slave);
	close(terminal->master);
}

/* What came since the last call. */
static void expect_got(const struct terminal *terminal, const char *expected)
{
	char got[512];
	ssize_t size = read(terminal->master, got, sizeof(got) - 1);

	got[size > 0 ? size : 0] = '\0';
	assert_string_equal(got, expected);
}

static void nothing_is_due_in_the_first_half_second(void **state)
{
	struct terminal terminal = open_terminal(80);

	(void)state;
	assert_false(progress_is_due(&terminal.progress));
	time_ns += 499 * MS;
	assert_false(progress_is_due(&terminal.progress));
	time_ns += MS;
	assert_true(progress_is_due(&terminal.progress));
	progress_erase(&terminal.progress);
	expect_got(&terminal, "");
	close_terminal(&terminal);
}

static void line_is_drawn_ten_times_a_second_and_erased(void **state)
{
	struct terminal terminal = open_terminal(80);

	(void)state;
	time_ns += 500 * MS;
	progress_draw(&terminal.progress, "naming: %d of 100", 99);
	expect_got(&terminal, "\rnaming: 99 of 100\r");
	assert_false(progress_is_due(&terminal.progress));
	time_ns += 99 * MS;
	assert_false(progress_is_due(&terminal.progress));
	time_ns += MS;
	assert_true(progress_is_due(&terminal.progress));
	/* A shorter one leaves nothing of the longer one behind. */
	progress_draw(&terminal.progress, "short");
	expect_got(&terminal, "\rshort            \r");
	progress_erase(&terminal.progress);
	expect_got(&terminal, "\r     \r");
	progress_erase(&terminal.progress);
	expect_got(&terminal, "");
	close_terminal(&terminal);
}

static void line_never_wraps_nor_controls_the_terminal(void **state)
{
	struct terminal terminal = open_terminal(10);

	(void)state;
	progress_draw(&terminal.progress, "a\033[2Jb\nc and more");
	expect_got(&terminal, "\ra?[2Jb?c \r");
	close_terminal(&terminal);
}

static void nothing_is_ever_due_without_a_terminal(void **state)
{
	struct progress progress;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	progress_init(&progress, ends[1], now_ns);
	time_ns += 1000000ull * MS;
	assert_false(progress_is_due(&progress));
	progress_init(&progress, -1, NULL);
	assert_false(progress_is_due(&progress));
	close(ends[0]);
	close(ends[1]);
}

static void terminal_that_is_gone_is_no_terminal(void **state)
{
	struct terminal terminal = open_terminal(80);

	(void)state;
	close(terminal.master);
	progress_draw(&terminal.progress, "text");
	time_ns += 1000 * MS;
	assert_false(progress_is_due(&terminal.progress));
	close(terminal.slave);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_due_in_the_first_half_second),
		cmocka_unit_test(line_is_drawn_ten_times_a_second_and_erased),
		cmocka_unit_test(line_never_wraps_nor_controls_the_terminal),
		cmocka_unit_test(nothing_is_ever_due_without_a_terminal),
		cmocka_unit_test(terminal_that_is_gone_is_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
