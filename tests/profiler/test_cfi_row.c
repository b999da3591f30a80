/* SPDX-License-Identifier: MIT */
#include "profiler/cfi_row.h"

#include "support/cfi_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { START = 0x1000 };

/* The row at an address of a function whose CIE says what nearly all say. */
static struct cfi_row row_at(struct cfi_test_program program, uint64_t address)
{
	struct cfi_test_program initial = USUAL_START;
	struct cfi_function function = {
		.start = START,
		.end = 2 * START,
		.initial_program = initial.bytes,
		.initial_program_size = initial.size,
		.program = program.bytes,
		.program_size = program.size,
		.code_alignment = 1,
		.data_alignment = -8,
		.return_register = 16,
	};

	return cfi_row_find(&function, address);
}

static void assert_row(struct cfi_row row, enum row_kind kind, int32_t cfa_offset)
{
	assert_int_equal(row.kind, kind);
	assert_int_equal(row.cfa_offset, cfa_offset);
}

static void assert_unfit(struct cfi_test_program program)
{
	assert_int_equal(row_at(program, 2 * START - 1).kind, ROW_UNFIT);
}

static void rows_follow_a_prologue_that_makes_a_frame(void **state)
{
	/* advance 1; def_cfa_offset 16; rbp saved at -16; advance 3; def_cfa_register rbp */
	struct cfi_test_program program = PROGRAM(0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6);

	(void)state;
	assert_row(row_at(program, START), ROW_CFA_SP, 8);
	assert_int_equal(row_at(program, START).fp, ROW_FP_SAME);
	assert_row(row_at(program, START + 1), ROW_CFA_SP, 16);
	assert_int_equal(row_at(program, START + 1).fp, ROW_FP_SAVED);
	assert_int_equal(row_at(program, START + 1).fp_offset, -16);
	assert_row(row_at(program, START + 4), ROW_CFA_FP, 16);
}

static void remembered_states_come_back_whole(void **state)
{
	/* remember; def_cfa rbp 16; rbp saved; advance 4; restore_state */
	struct cfi_test_program program = PROGRAM(0x0a, 0x0c, 6, 16, 0x86, 2, 0x44, 0x0b);

	(void)state;
	assert_row(row_at(program, START), ROW_CFA_FP, 16);
	assert_row(row_at(program, START + 4), ROW_CFA_SP, 8);
	assert_int_equal(row_at(program, START + 4).fp, ROW_FP_SAME);
}

static void restore_gives_back_what_the_cie_said(void **state)
{
	(void)state;
	/* rbp saved, restored */
	assert_int_equal(row_at(PROGRAM(0x86, 2, 0xc6), START).fp, ROW_FP_SAME);
	/* the return address undefined, restored */
	assert_int_equal(row_at(PROGRAM(0x07, 16, 0x06, 16), START).kind, ROW_CFA_SP);
}

static void an_undefined_return_address_is_the_end(void **state)
{
	(void)state;
	assert_int_equal(row_at(PROGRAM(0x07, 16), START).kind, ROW_OUTERMOST);
	assert_int_equal(row_at(PROGRAM(0x07, 6), START).fp, ROW_FP_UNDEFINED);
}

static void other_registers_and_argument_sizes_do_not_matter(void **state)
{
	(void)state;
	/* rbx in r12, r15 undefined, r14 by an expression, GNU_args_size 32 */
	assert_row(row_at(PROGRAM(0x09, 3, 12, 0x07, 15, 0x10, 14, 2, 0x77, 0, 0x2e, 32), START),
		   ROW_CFA_SP, 8);
}

static void a_linkage_table_has_a_row_for_each_place_in_an_entry(void **state)
{
	/* def_cfa_expression: breg7 8; breg16 0; lit15; and; lit11; ge; lit3; shl; plus */
	struct cfi_test_program program =
		PROGRAM(0x0f, 11, 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22);

	(void)state;
	assert_row(row_at(program, START), ROW_CFA_SP, 8);
	assert_row(row_at(program, START + 10), ROW_CFA_SP, 8);
	assert_row(row_at(program, START + 11), ROW_CFA_SP, 16);
	assert_row(row_at(program, START + 16), ROW_CFA_SP, 8);
}

static void what_eight_bytes_cannot_say_does_not_fit(void **state)
{
	(void)state;
	assert_unfit(PROGRAM(0x0c, 10, 0));			   /* the CFA is r10 */
	assert_unfit(PROGRAM(0x0f, 3, 0x76, 0x78, 0x06));	   /* ... *(rbp - 8) */
	assert_unfit(PROGRAM(0x0e, 0x80, 0x80, 0x80, 0x80, 0x10)); /* 2^32 above the stack */
	assert_unfit(PROGRAM(0x86, 0x80, 0x80, 2)); /* rbp saved 2^18 below the CFA */
	assert_unfit(PROGRAM(0x10, 6, 2, 0x76, 0)); /* rbp by an expression */
	assert_unfit(PROGRAM(0x09, 6, 3));	    /* rbp in rbx */
	assert_unfit(PROGRAM(0x87, 2));		    /* the stack pointer has a rule */
	assert_unfit(PROGRAM(0x90, 2));		    /* the return address elsewhere */
	assert_unfit(PROGRAM(0x08, 16));	    /* ... or nowhere */
	assert_unfit(PROGRAM(0x0e));		    /* cut off */
}

static void signal_frames_do_not_fit(void **state)
{
	struct cfi_test_program initial = USUAL_START;
	struct cfi_function function = {
		.start = START,
		.end = 2 * START,
		.initial_program = initial.bytes,
		.initial_program_size = initial.size,
		.data_alignment = -8,
		.return_register = 16,
		.is_signal_frame = true,
	};

	(void)state;
	assert_int_equal(cfi_row_find(&function, START).kind, ROW_UNFIT);
	function.is_signal_frame = false;
	assert_int_equal(cfi_row_find(&function, START).kind, ROW_CFA_SP);
	function.return_register = 15;
	assert_int_equal(cfi_row_find(&function, START).kind, ROW_UNFIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_follow_a_prologue_that_makes_a_frame),
		cmocka_unit_test(remembered_states_come_back_whole),
		cmocka_unit_test(restore_gives_back_what_the_cie_said),
		cmocka_unit_test(an_undefined_return_address_is_the_end),
		cmocka_unit_test(other_registers_and_argument_sizes_do_not_matter),
		cmocka_unit_test(a_linkage_table_has_a_row_for_each_place_in_an_entry),
		cmocka_unit_test(what_eight_bytes_cannot_say_does_not_fit),
		cmocka_unit_test(signal_frames_do_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
