/* SPDX-License-Identifier: MIT */
#include "profiler/jit_totals.h"

#include "profiler/jit_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct jitdump_entry first = { .time_ns = 1000, .address = 0x1000, .size = 16 };
static const struct jitdump_entry second = { .time_ns = 1500, .address = 0x1000, .size = 32 };
static const struct jitdump_entry last = { .time_ns = 2000, .address = 0x2000, .size = 64 };
static const struct jitdump_entry move = { .kind = JITDUMP_ENTRY_MOVE,
					   .time_ns = 9000,
					   .address = 0x3000,
					   .old_address = 0x2000,
					   .size = 64 };

static void loads_are_counted_by_time_and_moves_apart(void **state)
{
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jit_totals totals;

	(void)state;
	jit_code_add(code, &first);
	jit_code_add(code, &second);
	jit_code_add(code, &last);
	jit_code_add(code, &move);
	jit_code_add_provisional(code, &first, 0x5000, 9500);
	jit_code_version(code, 1)->was_sampled = true;
	assert_true(jit_totals_count(&totals, code));
	assert_int_equal(totals.load_count, 3);
	assert_int_equal(totals.load_bytes, 112);
	assert_int_equal(totals.sampled_count, 1);
	assert_int_equal(totals.sampled_bytes, 32);
	assert_int_equal(totals.move_count, 1);
	assert_int_equal(totals.from_ns, 1000);
	assert_int_equal(totals.until_ns, 2000);
	assert_int_equal(totals.steps[0], 1);
	assert_int_equal(totals.steps[JIT_TOTALS_STEPS / 2 - 1], 1);
	assert_int_equal(totals.steps[JIT_TOTALS_STEPS - 1], 1);
	jit_code_destroy(code);
}

static void what_was_forgotten_is_not_known(void **state)
{
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jit_totals totals;

	(void)state;
	jit_code_add(code, &first);
	jit_code_add(code, &second);
	assert_true(jit_totals_count(&totals, code));
	jit_code_unmark(code);
	jit_code_version(code, 1)->was_sampled = true;
	jit_code_forget(code, 9000, false);
	assert_false(jit_totals_count(&totals, code));
	assert_int_equal(totals.load_count, 1);
	jit_code_destroy(code);
}

static void no_code_has_no_time(void **state)
{
	struct jit_code *code = jit_code_create(NULL, NULL);
	struct jit_totals totals;

	(void)state;
	assert_true(jit_totals_count(&totals, code));
	assert_int_equal(totals.load_count, 0);
	assert_int_equal(totals.until_ns, 0);
	jit_code_destroy(code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_are_counted_by_time_and_moves_apart),
		cmocka_unit_test(what_was_forgotten_is_not_known),
		cmocka_unit_test(no_code_has_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
