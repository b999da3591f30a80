/* SPDX-License-Identifier: MIT */
#include "ui/jit_tier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void expect(const char *name, const char *tier, const char *plain)
{
	char buffer[64];

	assert_string_equal(jit_tier(name, buffer, sizeof(buffer)), tier);
	assert_string_equal(buffer, plain);
}

static void v8_marks_its_tiers_before_the_name(void **state)
{
	(void)state;
	expect("JS:*fib /app.js:1:13", "TurboFan", "JS:fib /app.js:1:13");
	expect("JS:+fib /app.js:1:13", "Maglev", "JS:fib /app.js:1:13");
	expect("JS:+'fib /app.js:1:13", "Maglev", "JS:fib /app.js:1:13");
	expect("JS:^fib /app.js:1:13", "Sparkplug", "JS:fib /app.js:1:13");
	expect("JS:~fib /app.js:1:13", "Ignition", "JS:fib /app.js:1:13");
	expect("LazyCompile:*fib", "TurboFan", "LazyCompile:fib");
	expect("JS:fib", "", "JS:fib");
	expect("Builtin:*", "", "Builtin:*");
	expect("JS:*", "TurboFan", "JS:");
}

static void other_runtimes_have_theirs_in_front_or_behind(void **state)
{
	(void)state;
	expect("DFG: fib#Abc", "DFG", "fib#Abc");
	expect("Baseline: fib", "Baseline", "fib");
	expect("int32 [app] P::Fib(int32)[OptimizedTier1]", "Tier1", "int32 [app] P::Fib(int32)");
	expect("int32 [app] P::Fib(int32)[Tier0]", "Tier0", "int32 [app] P::Fib(int32)");
	expect("[Tier0]", "Tier0", "");
}

static void names_without_a_mark_pass(void **state)
{
	(void)state;
	expect("py::fib:/app.py", "", "py::fib:/app.py");
	expect("", "", "");
	expect("*fib", "", "*fib");
}

static void long_names_are_cut(void **state)
{
	char buffer[4];

	(void)state;
	assert_string_equal(jit_tier("JS:*fib", buffer, sizeof(buffer)), "TurboFan");
	assert_string_equal(buffer, "JS:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v8_marks_its_tiers_before_the_name),
		cmocka_unit_test(other_runtimes_have_theirs_in_front_or_behind),
		cmocka_unit_test(names_without_a_mark_pass),
		cmocka_unit_test(long_names_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
