/* SPDX-License-Identifier: MIT */
#include "profiler/cfi_program.h"

#include "support/cfi_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct cfi_function function_with(struct cfi_test_program program)
{
	return (struct cfi_function){
		.start = 0x1000,
		.end = 0x2000,
		.program = program.bytes,
		.program_size = program.size,
		.program_address = 0x8000,
		.code_alignment = 1,
		.data_alignment = -8,
		.return_register = 16,
	};
}

static void assert_copied(struct cfi_test_program program, uint64_t address,
			  struct cfi_test_program expected)
{
	struct cfi_function function = function_with(program);
	struct cfi_buffer buffer = { 0 };

	assert_true(cfi_program_copy(&function, address, &buffer));
	assert_int_equal(buffer.size, expected.size);
	if (expected.size > 0)
		assert_memory_equal(buffer.bytes, expected.bytes, expected.size);
	cfi_buffer_deinit(&buffer);
}

static void assert_refused(struct cfi_test_program program)
{
	struct cfi_function function = function_with(program);
	struct cfi_buffer buffer = { 0 };

	assert_false(cfi_program_copy(&function, 0x1fff, &buffer));
	cfi_buffer_deinit(&buffer);
}

static void rows_behind_the_address_are_left_out(void **state)
{
	/* def_cfa_offset 16; advance 4; def_cfa_offset 24; advance1 0x10; def_cfa_offset 8 */
	struct cfi_test_program program = PROGRAM(0x0e, 16, 0x44, 0x0e, 24, 0x02, 0x10, 0x0e, 8);

	(void)state;
	assert_copied(program, 0x1003, PROGRAM(0x0e, 16));
	assert_copied(program, 0x1004, PROGRAM(0x0e, 16, 0x0e, 24));
	assert_copied(program, 0x1013, PROGRAM(0x0e, 16, 0x0e, 24));
	assert_copied(program, 0x1014, PROGRAM(0x0e, 16, 0x0e, 24, 0x0e, 8));
}

static void all_ways_to_advance_count(void **state)
{
	(void)state;
	assert_copied(PROGRAM(0x03, 0x00, 0x01, 0x0e, 16), 0x10ff, NO_PROGRAM);
	assert_copied(PROGRAM(0x03, 0x00, 0x01, 0x0e, 16), 0x1100, PROGRAM(0x0e, 16));
	assert_copied(PROGRAM(0x04, 0x00, 0x01, 0, 0, 0x0e, 16), 0x1100, PROGRAM(0x0e, 16));
	/* set_loc, an 8-byte address */
	assert_copied(PROGRAM(0x01, 0x08, 0x10, 0, 0, 0, 0, 0, 0, 0x0e, 16), 0x1007, NO_PROGRAM);
	assert_copied(PROGRAM(0x01, 0x08, 0x10, 0, 0, 0, 0, 0, 0, 0x0e, 16), 0x1008,
		      PROGRAM(0x0e, 16));
}

static void vector_registers_are_left_out(void **state)
{
	(void)state;
	/* xmm6 (r23) saved, saved again, restored; rbx (r3) saved */
	assert_copied(PROGRAM(0x80 | 23, 2, 0x05, 23, 2, 0xc0 | 23, 0x83, 3), 0x1000,
		      PROGRAM(0x83, 3));
	/* rbx saved in xmm0 is lost: undefined rbx */
	assert_copied(PROGRAM(0x09, 3, 17), 0x1000, PROGRAM(0x07, 3));
	assert_refused(PROGRAM(0x0c, 17, 8)); /* the CFA in xmm0 */
}

static void value_offsets_become_expressions(void **state)
{
	(void)state;
	/* val_offset_sf rsp, -2 * -8: const4s 16; plus */
	assert_copied(PROGRAM(0x15, 7, 0x7e), 0x1000, PROGRAM(0x16, 7, 6, 0x0d, 16, 0, 0, 0, 0x22));
}

static void a_program_that_is_cut_off_or_unpaired_is_refused(void **state)
{
	(void)state;
	assert_refused(PROGRAM(0x0c, 7));	   /* def_cfa without its offset */
	assert_refused(PROGRAM(0x0b));		   /* restore_state of nothing */
	assert_refused(PROGRAM(0x0f, 5, 0x77));	   /* an expression that is cut off */
	assert_refused(PROGRAM(0x2d));		   /* GNU_window_save, of SPARC */
	assert_refused(PROGRAM(0x0e, 0x80, 0x80)); /* a number without end */
}

static void expressions_that_loop_or_trap_are_refused(void **state)
{
	(void)state;
	assert_refused(PROGRAM(0x0f, 3, 0x2f, 0xfd, 0xff)); /* skip to itself */
	assert_refused(PROGRAM(0x0f, 4, 0x30, 0x28, 0xfc, 0xff));
	assert_refused(PROGRAM(0x0f, 3, 0x31, 0x30, 0x1b));    /* 1 / 0 */
	assert_refused(PROGRAM(0x10, 3, 5, 0x98, 1, 0, 0, 0)); /* call2 */
	/* Forwards to its very end: breg7 8; skip 0. */
	assert_copied(PROGRAM(0x0f, 5, 0x77, 8, 0x2f, 0, 0), 0x1000,
		      PROGRAM(0x0f, 5, 0x77, 8, 0x2f, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_behind_the_address_are_left_out),
		cmocka_unit_test(all_ways_to_advance_count),
		cmocka_unit_test(vector_registers_are_left_out),
		cmocka_unit_test(value_offsets_become_expressions),
		cmocka_unit_test(a_program_that_is_cut_off_or_unpaired_is_refused),
		cmocka_unit_test(expressions_that_loop_or_trap_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
