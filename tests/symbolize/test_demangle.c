/* SPDX-License-Identifier: MIT */
#include "symbolize/demangle.h"
#include "symbolize/string_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct string_pool *strings;
	struct demangler *demangler;
};

static int create(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->strings = string_pool_create();
	fixture->demangler = demangler_create(fixture->strings);
	*state = fixture;
	return 0;
}

static int destroy(void **state)
{
	struct fixture *fixture = *state;

	demangler_destroy(fixture->demangler);
	string_pool_destroy(fixture->strings);
	free(fixture);
	return 0;
}

static const char *shown(void **state, const char *name)
{
	struct fixture *fixture = *state;

	return demangle(fixture->demangler, name);
}

static void cpp_names_lose_parameters_and_return_types(void **state)
{
	assert_string_equal(shown(state, "_ZN2v88internal7Scanner4NextEv"),
			    "v8::internal::Scanner::Next");
	assert_string_equal(shown(state, "_ZNKSt6vectorIiSaIiEE4sizeEv"),
			    "std::vector<int, std::allocator<int> >::size");
	assert_string_equal(shown(state, "_Z3maxIiET_S0_S0_"), "max<int>");
	assert_string_equal(shown(state, "_ZN3FooC2Ei"), "Foo::Foo");
	assert_string_equal(shown(state, "_ZlsRSoRK3Foo"), "operator<<");
	assert_string_equal(shown(state, "_ZZ4mainENKUlvE_clEv"), "main::{lambda()#1}::operator()");
}

static void clones_are_named_as_their_function(void **state)
{
	assert_string_equal(shown(state, "_Z3foov.cold"), "foo");
	assert_string_equal(shown(state, "_Z3foov.constprop.0"), "foo");
	assert_string_equal(shown(state, "plain.cold"), "plain.cold");
}

static void rust_names_of_both_manglings_are_read(void **state)
{
	assert_string_equal(shown(state, "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE"),
			    "core::fmt::Formatter::pad");
	assert_string_equal(shown(state, "_RNvCs21hi0yVfW1J_5mycrt3foo"), "mycrt::foo");
}

static void versions_of_symbols_are_left_out(void **state)
{
	assert_string_equal(shown(state, "memcpy@@GLIBC_2.14"), "memcpy");
	assert_string_equal(shown(state, "_Z3foov@VERSION_1"), "foo");
}

static void other_names_stay_as_they_are(void **state)
{
	assert_string_equal(shown(state, "main"), "main");
	assert_string_equal(shown(state, "_start"), "_start");
	assert_string_equal(shown(state, "_Z"), "_Z");
	assert_string_equal(shown(state, "_ZN3foo"), "_ZN3foo");
	assert_string_equal(shown(state, ""), "");
}

static void control_characters_are_replaced(void **state)
{
	assert_string_equal(shown(state, "evil\033[2J\nname"), "evil?[2J?name");
}

static void same_name_is_worked_out_once(void **state)
{
	assert_ptr_equal(shown(state, "_Z3foov"), shown(state, "_Z3foov"));
}

/* g<P<int, int>, P<the one before, the one before>, ...>: each doubles what is written out. */
static const char *nested_pairs(char *name, size_t depth)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	/* Substitutions: S_ is g, S0_ is P, S1_ is P<int, int>, then one for each pair. */
	strcpy(name, "_Z1gI1PIiiE");
	for (size_t i = 0; i < depth; i++) {
		char pair[] = { 'S', '0', '_',		 'I', 'S', digits[i + 1],
				'_', 'S', digits[i + 1], '_', 'E', '\0' };

		strcat(name, pair);
	}
	return strcat(name, "EvT_");
}

static void name_that_would_grow_without_end_stays_mangled(void **state)
{
	char small[512], large[512];

	assert_string_equal(shown(state, nested_pairs(small, 1)),
			    "g<P<int, int>, P<P<int, int>, P<int, int> > >");
	nested_pairs(large, 30);
	assert_string_equal(shown(state, large), large);
}

static void name_longer_than_a_kilobyte_is_demangled(void **state)
{
	char name[8 * 300 + 64] = "_ZN";
	size_t length;

	for (int i = 0; i < 300; i++)
		strcat(name, "5outer");
	strcat(name, "3fooEv");
	length = strlen(shown(state, name));
	assert_int_equal(length, 300 * strlen("outer::") + strlen("foo"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cpp_names_lose_parameters_and_return_types, create,
						destroy),
		cmocka_unit_test_setup_teardown(clones_are_named_as_their_function, create,
						destroy),
		cmocka_unit_test_setup_teardown(rust_names_of_both_manglings_are_read, create,
						destroy),
		cmocka_unit_test_setup_teardown(versions_of_symbols_are_left_out, create, destroy),
		cmocka_unit_test_setup_teardown(other_names_stay_as_they_are, create, destroy),
		cmocka_unit_test_setup_teardown(control_characters_are_replaced, create, destroy),
		cmocka_unit_test_setup_teardown(same_name_is_worked_out_once, create, destroy),
		cmocka_unit_test_setup_teardown(name_that_would_grow_without_end_stays_mangled,
						create, destroy),
		cmocka_unit_test_setup_teardown(name_longer_than_a_kilobyte_is_demangled, create,
						destroy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
