/* SPDX-License-Identifier: MIT */
#include "profiler/arch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void registers_are_taken_by_the_kernels_numbers(void **state)
{
	/* ax bx cx dx si di bp sp ip flags cs ss r8..r15, as the mask's bits ascend. */
	static const uint64_t values[] = { 0xa, 0xb, 0xc, 0xd, 0x51, 0xd1, 0xb9, 0x59, 0x19, 1,
					   2,	3,   8,	  9,   10,   11,   12,	 13,   14,   15 };
	const struct user_registers user = { .abi = 2,
					     .mask = arch_register_mask(),
					     .bytes = (const uint8_t *)values };
	/* DWARF: ax dx cx bx si di bp sp r8..r15 ip. */
	static const uint64_t expected[REGISTER_COUNT] = { 0xa,	 0xd,  0xc, 0xb, 0x51, 0xd1,
							   0xb9, 0x59, 8,   9,	 10,   11,
							   12,	 13,   14,  15,	 0x19 };
	struct registers registers;

	(void)state;
	assert_int_equal(__builtin_popcountll(arch_register_mask()), 20);
	assert_true(arch_read_registers(&user, &registers));
	assert_int_equal(registers.known, (1u << REGISTER_COUNT) - 1);
	assert_memory_equal(registers.value, expected, sizeof(expected));
}

static void registers_that_were_not_sampled_are_not_known(void **state)
{
	static const uint64_t values[] = { 0xb9, 0x59, 0x19 };
	struct user_registers user = { .abi = 2,
				       .mask = 7u << 6, /* bp sp ip */
				       .bytes = (const uint8_t *)values };
	struct registers registers;

	(void)state;
	assert_true(arch_read_registers(&user, &registers));
	assert_int_equal(registers.known, 1u << 6 | 1u << 7 | 1u << 16);
	user.mask = 1u << 6;
	assert_false(arch_read_registers(&user, &registers));
	user.mask = 7u << 6;
	user.abi = 1;
	assert_false(arch_read_registers(&user, &registers));
}

#define ENDS_WITH_CALL(...)                                                                        \
	arch_ends_with_call((const uint8_t[]){ __VA_ARGS__ },                                      \
			    sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void every_form_of_call_is_known(void **state)
{
	(void)state;
	assert_true(ENDS_WITH_CALL(0xe8, 1, 2, 3, 4));		   /* call rel32 */
	assert_true(ENDS_WITH_CALL(0x90, 0x90, 0xff, 0xd0));	   /* call *rax */
	assert_true(ENDS_WITH_CALL(0x41, 0xff, 0xd2));		   /* call *r10 */
	assert_true(ENDS_WITH_CALL(0xff, 0x10));		   /* call *[rax] */
	assert_true(ENDS_WITH_CALL(0xff, 0x50, 0x18));		   /* call *[rax + 24] */
	assert_true(ENDS_WITH_CALL(0xff, 0x90, 0, 1, 0, 0));	   /* call *[rax + 256] */
	assert_true(ENDS_WITH_CALL(0xff, 0x15, 1, 2, 3, 4));	   /* call *[rip + ...] */
	assert_true(ENDS_WITH_CALL(0xff, 0x14, 0xd0));		   /* call *[rax + 8 * rdx] */
	assert_true(ENDS_WITH_CALL(0xff, 0x54, 0xd0, 8));	   /* ... + 8 */
	assert_true(ENDS_WITH_CALL(0xff, 0x94, 0xd0, 0, 1, 0, 0)); /* ... + 256 */
	assert_true(ENDS_WITH_CALL(0xff, 0x14, 0x25, 0, 1, 0, 0)); /* call *[256] */
	assert_false(ENDS_WITH_CALL(0xff, 0xe0));		   /* jmp *rax */
	assert_false(ENDS_WITH_CALL(0xe9, 1, 2, 3, 4));		   /* jmp rel32 */
	assert_false(ENDS_WITH_CALL(0xff, 0x50));		   /* cut off */
	assert_false(ENDS_WITH_CALL(0xc3));
	assert_false(arch_ends_with_call(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registers_are_taken_by_the_kernels_numbers),
		cmocka_unit_test(registers_that_were_not_sampled_are_not_known),
		cmocka_unit_test(every_form_of_call_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
