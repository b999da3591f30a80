/* SPDX-License-Identifier: MIT */
#include "profiler/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void equal_locations_stacks_and_threads_are_one_number(void **state)
{
	(void)state;
	struct profile *profile = profile_create();
	uint32_t main_location = profile_location(profile, (struct location){ 1, 0x1000 });
	uint32_t fib_location = profile_location(profile, (struct location){ 1, 0x2000 });

	assert_int_equal(profile_location(profile, (struct location){ 1, 0x1000 }), main_location);
	assert_int_not_equal(profile_location(profile, (struct location){ 2, 0x1000 }),
			     main_location);

	uint32_t root = profile_stack(profile, STACK_NONE, main_location, false);
	uint32_t leaf = profile_stack(profile, root, fib_location, false);

	assert_int_equal(profile_stack(profile, root, fib_location, false), leaf);
	assert_int_not_equal(profile_stack(profile, root, fib_location, true), leaf);
	assert_int_not_equal(profile_stack(profile, leaf, fib_location, false), leaf);

	uint32_t thread = profile_thread(profile, 1, 2, "node");

	assert_int_equal(profile_thread(profile, 1, 2, "node"), thread);
	assert_int_not_equal(profile_thread(profile, 1, 2, "worker"), thread);
	assert_int_not_equal(profile_thread(profile, 1, 3, "node"), thread);
	profile_destroy(profile);
}

static void a_stack_leads_from_its_leaf_to_its_root(void **state)
{
	(void)state;
	struct profile *profile = profile_create();
	uint32_t stack = STACK_NONE;

	for (uint64_t depth = 0; depth < 1000; depth++)
		stack = profile_stack(profile, stack,
				      profile_location(profile, (struct location){ 1, depth }),
				      false);
	for (uint64_t depth = 1000; depth-- > 0;) {
		const struct stack_node *node = &profile->stacks[stack];

		assert_int_equal(profile->locations[node->location].image_address, depth);
		stack = node->parent;
	}
	assert_int_equal(stack, STACK_NONE);
	profile_destroy(profile);
	profile_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_locations_stacks_and_threads_are_one_number),
		cmocka_unit_test(a_stack_leads_from_its_leaf_to_its_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
