/* SPDX-License-Identifier: MIT */
#include "support/unwind_twice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct unwind_twice *unwind_twice_create(enum unwind_method method)
{
	struct unwind_twice *twice = calloc(1, sizeof(*twice));

	twice->fast = unwinder_create(method, UNWIND_FAST);
	twice->libunwind = unwinder_create(method, UNWIND_LIBUNWIND);
	return twice;
}

void unwind_twice_destroy(struct unwind_twice *twice)
{
	if (!twice)
		return;
	unwinder_destroy(twice->fast);
	unwinder_destroy(twice->libunwind);
	free(twice);
}

static void unwind_alike(struct unwind_twice *twice, struct unwinder *unwinder,
			 const struct unwind_request *request, size_t kernel_count,
			 const struct chain *chain)
{
	struct chain *again = &twice->again;

	memcpy(again->frames, chain->frames, kernel_count * sizeof(*again->frames));
	again->count = kernel_count;
	unwinder_unwind(unwinder, request, again);
	assert_string_equal(stack_end_name(again->end), stack_end_name(chain->end));
	assert_int_equal(again->count, chain->count);
	for (size_t i = 0; i < chain->count; i++) {
		assert_int_equal(again->frames[i].pc, chain->frames[i].pc);
		assert_int_equal(again->frames[i].sp_low, chain->frames[i].sp_low);
		assert_int_equal(again->frames[i].is_return, chain->frames[i].is_return);
		assert_int_equal(again->frames[i].is_guessed, chain->frames[i].is_guessed);
	}
}

void unwind_twice(struct unwind_twice *twice, const struct unwind_request *request,
		  struct chain *chain)
{
	size_t kernel_count = chain->count;

	unwinder_unwind(twice->fast, request, chain);
	unwind_alike(twice, twice->fast, request, kernel_count, chain);
	unwind_alike(twice, twice->libunwind, request, kernel_count, chain);
}
