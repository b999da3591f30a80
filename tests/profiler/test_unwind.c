/* SPDX-License-Identifier: MIT */
#include "profiler/unwind.h"

#include "support/jit_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define W(value)     ((uint64_t)(value))
#define END_OF_CHAIN W(0)

enum {
	LEAF = 0x10000,
	MIDDLE = 0x20000,
	ROOT = 0x30000,
	TRAMPOLINE = 0x40000,
	UNKNOWN = 0x50000,
};

static int create(void **state)
{
	*state = jit_world_create(UNWIND_AUTO);
	return 0;
}

static int destroy(void **state)
{
	jit_world_destroy(*state);
	return 0;
}

/* The outermost function: its return address is undefined. */
static void add_root(struct jit_world *world)
{
	jit_world_cfi(world, ROOT, 0x100, PROGRAM(0x07, 16));
}

static void rows_change_within_a_function(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	/* advance 1; def_cfa_offset 16; advance 4; def_cfa_offset 32; advance 0x20;
	 * def_cfa_offset 8 */
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x41, 0x0e, 16, 0x44, 0x0e, 32, 0x60, 0x0e, 8));
	jit_world_stack(world, 5, W(ROOT + 1), W(ROOT + 2), W(3), W(ROOT + 4), W(5));

	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(ROOT + 1), END_OF_CHAIN);
	world->chain.count = 0;
	jit_world_unwind(world, LEAF + 1);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + 1), W(ROOT + 2), END_OF_CHAIN);
	world->chain.count = 0;
	jit_world_unwind(world, LEAF + 0x24);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + 0x24), W(ROOT + 4),
			       END_OF_CHAIN);
	world->chain.count = 0;
	jit_world_unwind(world, LEAF + 0x25);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + 0x25), W(ROOT + 1),
			       END_OF_CHAIN);
	assert_true(world->chain.frames[1].is_return);
	assert_false(world->chain.frames[0].is_return);
	assert_false(world->chain.frames[1].is_guessed);
}

static void return_address_looks_up_one_byte_back(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	/* The call is the last instruction; behind it the CFA would be another. */
	jit_world_cfi(world, MIDDLE, 0x10, PROGRAM(0x0e, 16));
	jit_world_cfi(world, MIDDLE + 0x10, 0x10, PROGRAM(0x0e, 8));
	jit_world_stack(world, 3, W(MIDDLE + 0x10), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + 0x10), W(ROOT + 1),
			       END_OF_CHAIN);

	/* An interrupted frame at that very pc is in the other function. */
	world->chain.count = 0;
	jit_world_stack(world, 1, W(ROOT + 1));
	jit_world_unwind(world, MIDDLE + 0x10);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(MIDDLE + 0x10), W(ROOT + 1),
			       END_OF_CHAIN);
}

static void saved_registers_are_restored_for_the_caller(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	/* The leaf saves rbx at CFA - 16; the middle's CFA is rbx + 24. */
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0e, 16, 0x83, 2));
	jit_world_cfi(world, MIDDLE, 0x100, PROGRAM(0x0c, 3, 24));
	world->registers[WORLD_BX] = 0xdead;
	jit_world_stack(world, 6, W(WORLD_SP + 16), W(MIDDLE + 1), W(0), W(0), W(ROOT + 1), W(0));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + 1), W(ROOT + 1),
			       END_OF_CHAIN);
}

static void a_save_slot_below_the_stack_pointer_was_popped_already(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	/* An epilogue behind pop rbx: CFA is rsp + 8, but rbx is still said to be at CFA - 16. */
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x83, 2));
	jit_world_cfi(world, MIDDLE, 0x100, PROGRAM(0x0c, 3, 16));
	world->registers[WORLD_BX] = WORLD_SP + 8;
	jit_world_stack(world, 3, W(MIDDLE + 1), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + 1), W(ROOT + 1),
			       END_OF_CHAIN);
}

static void expressions_are_evaluated_again_from_cached_rows(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	/* def_cfa_expression breg7 8; deref; plus_uconst 8 */
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0f, 5, 0x77, 8, 0x06, 0x23, 8));
	/* expression for the return address: CFA (on the stack already) - 24: const1s; plus */
	jit_world_cfi(world, MIDDLE, 0x100, PROGRAM(0x0e, 40, 0x10, 16, 3, 0x09, 0xe8, 0x22));
	jit_world_stack(world, 9, W(0), W(WORLD_SP + 16), W(MIDDLE + 1), W(0), W(0), W(ROOT + 1),
			W(0), W(0), W(0));
	for (int round = 0; round < 3; round++) {
		world->chain.count = 0;
		jit_world_unwind(world, LEAF);
		jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + 1),
				       W(ROOT + 1), END_OF_CHAIN);
	}
}

/* GNU ld's CFI of a linkage table: the CFA is rsp + 8, and 8 more from the 11th byte of an entry on,
 * where the index was pushed. */
static void the_cfa_may_depend_on_the_pc(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	/* breg7 8; breg16 0; lit15; and; lit11; ge; lit3; shl; plus */
	jit_world_cfi(
		world, LEAF, 0x100,
		PROGRAM(0x0f, 11, 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22));
	jit_world_stack(world, 2, W(ROOT + 1), W(ROOT + 2));
	for (uint64_t pc = LEAF; pc < LEAF + 0x40; pc++) {
		world->chain.count = 0;
		jit_world_unwind(world, pc);
		jit_world_assert_chain(world, STACK_END_COMPLETE, pc,
				       pc % 16 < 11 ? W(ROOT + 1) : W(ROOT + 2), END_OF_CHAIN);
	}
}

static void value_rules_and_register_rules_are_followed(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	/* CFA rsp + 16; the return address (r16) is in rcx (r2); rbx is CFA + 24 (val_offset_sf). */
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0e, 16, 0x09, 16, 2, 0x15, 3, 0x7d));
	jit_world_cfi(world, MIDDLE, 0x100, PROGRAM(0x0c, 3, 0));
	world->registers[WORLD_CX] = MIDDLE + 1;
	jit_world_stack(world, 6, W(0), W(0), W(0), W(0), W(ROOT + 1), W(0));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + 1), W(ROOT + 1),
			       END_OF_CHAIN);
}

static void an_undefined_frame_pointer_does_not_end_the_stack(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x07, 6));
	jit_world_stack(world, 1, W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(ROOT + 1), END_OF_CHAIN);
}

static void a_row_without_a_return_address_is_not_used(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x08, 16)); /* same_value r16 */
	jit_world_stack(world, 2, W(0), W(0));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_NO_UNWIND_INFO, W(LEAF), END_OF_CHAIN);
}

static void a_signal_frame_gives_the_interrupted_registers(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	/* The CFA is what is saved at rsp + 8, the pc at rsp + 0: the kernel's frame, simplified. */
	jit_world_signal_cfi(world, TRAMPOLINE - 1, 0x10,
			     PROGRAM(0x0f, 3, 0x77, 8, 0x06, 0x10, 16, 2, 0x77, 0));
	/* Interrupted at its first instruction: one byte back is no code at all. */
	jit_world_cfi(world, MIDDLE, 0x100, NO_PROGRAM);
	jit_world_stack(world, 5, W(TRAMPOLINE), W(MIDDLE), W(WORLD_SP + 32), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(TRAMPOLINE), W(MIDDLE),
			       W(ROOT + 1), END_OF_CHAIN);
	assert_false(world->chain.frames[1].is_return);
	assert_false(world->chain.frames[2].is_return);
	assert_true(world->chain.frames[3].is_return);
}

static void a_zero_return_address_is_no_proof_of_the_outermost_frame(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	jit_world_stack(world, 2, W(0), W(0));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_NO_UNWIND_INFO, W(LEAF), END_OF_CHAIN);
}

/* As glibc's vfork does, which takes its return address off the stack before the system call. */
static void an_interrupted_function_may_keep_its_return_address_in_a_register(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	/* def_cfa_offset 0; the return address is in rdi. */
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0e, 0, 0x09, 16, 5));
	jit_world_cfi(world, MIDDLE, 0x100, NO_PROGRAM);
	world->registers[WORLD_DI] = MIDDLE + 5;
	jit_world_stack(world, 2, W(ROOT + 1), W(0));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + 5), W(ROOT + 1),
			       END_OF_CHAIN);
}

static void a_cfa_that_does_not_grow_is_not_believed(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0e, 24));
	/* CFA rbp + 16: below the frame's own stack pointer, where a return address lies. */
	jit_world_cfi(world, MIDDLE, 0x100, PROGRAM(0x0c, 6, 16));
	world->registers[WORLD_BP] = WORLD_SP - 8;
	jit_world_stack(world, 4, W(LEAF + 1), W(0), W(MIDDLE + 1), W(0));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_NO_UNWIND_INFO, W(LEAF), W(MIDDLE + 1),
			       END_OF_CHAIN);
}

static void a_copy_that_was_cut_off_ends_as_truncated(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0e, 48));
	jit_world_stack(world, 6, W(0), W(0), W(0), W(0), W(0), W(ROOT + 1));
	for (uint64_t size = 0; size < 48; size += 8) {
		world->chain.count = 0;
		world->stack_size = world->stack_copy_size = size;
		jit_world_unwind(world, LEAF);
		jit_world_assert_chain(world, STACK_END_TRUNCATED_COPY, W(LEAF), END_OF_CHAIN);

		/* The kernel could not copy as much as was asked for: there was no more. */
		world->chain.count = 0;
		world->stack_copy_size = 32768;
		jit_world_unwind(world, LEAF);
		jit_world_assert_chain(world, STACK_END_BAD_MEMORY, W(LEAF), END_OF_CHAIN);
	}
}

static void a_register_far_from_the_stack_is_bad_memory(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0c, 6, 16));
	world->registers[WORLD_BP] = 0x123456789abcd0;
	jit_world_stack(world, 2, W(0), W(0));
	world->stack_copy_size = world->stack_size;
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_BAD_MEMORY, W(LEAF), END_OF_CHAIN);
}

static void a_stack_deeper_than_a_record_can_hold_ends_at_the_limit(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	for (size_t i = 0; i < WORLD_STACK_WORDS; i++)
		world->stack[i] = LEAF + 1;
	world->stack_size = world->stack_copy_size = sizeof(world->stack);
	world->chain.count = 1; /* a kernel frame is there already */
	world->chain.frames[0] =
		(struct chain_frame){ .pc = 0xffffffff81000000, .is_kernel = true };
	jit_world_unwind(world, LEAF);
	assert_int_equal(world->chain.count, STACK_DEPTH_LIMIT);
	assert_int_equal(world->chain.end, STACK_END_DEPTH_LIMIT);
	assert_true(world->chain.frames[0].is_kernel);
	assert_int_equal(world->chain.frames[1].pc, LEAF);
}

static void the_version_valid_at_the_sample_is_unwound(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0e, 16));
	world->time_ns = 2000;
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0e, 24));
	jit_world_stack(world, 3, W(0), W(ROOT + 1), W(ROOT + 2));
	for (int round = 0; round < 2; round++) {
		world->chain.count = 0;
		world->time_ns = 1500;
		jit_world_unwind(world, LEAF + 4);
		jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + 4), W(ROOT + 1),
				       END_OF_CHAIN);
		world->chain.count = 0;
		world->time_ns = 2500;
		jit_world_unwind(world, LEAF + 4);
		jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + 4), W(ROOT + 2),
				       END_OF_CHAIN);
	}
}

static void moved_code_keeps_its_table(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x44, 0x0e, 24));
	world->time_ns = 2000;
	struct jitdump_entry *move = jit_world_function(world, MIDDLE, 0x100);

	move->kind = JITDUMP_ENTRY_MOVE;
	move->old_address = LEAF;
	jit_world_announce(world, move);
	jit_world_stack(world, 3, W(ROOT + 1), W(0), W(ROOT + 2));
	jit_world_unwind(world, MIDDLE + 3);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(MIDDLE + 3), W(ROOT + 1), END_OF_CHAIN);
	world->chain.count = 0;
	jit_world_unwind(world, MIDDLE + 4);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(MIDDLE + 4), W(ROOT + 2), END_OF_CHAIN);
}

static void one_table_may_serve_many_functions(void **state)
{
	struct jit_world *world = *state;
	struct cfi_writer *table = &world->tables[0];
	size_t cie;

	*table = (struct cfi_writer){ .format = CFI_EH_FRAME, .address = 0x900000 };
	cie = cfi_write_cie(table, 0x1c, USUAL_START);
	for (uint64_t i = 0; i < 200; i++)
		cfi_write_fde(table, cie, 0x1c, LEAF + 16 * i, 16,
			      i == 199 ? PROGRAM(0x07, 16) : NO_PROGRAM);
	for (uint64_t i = 0; i < 200; i += 199) {
		struct jitdump_entry *entry = jit_world_function(world, LEAF + 16 * i, 16);

		entry->unwind =
			(struct jitdump_unwind_table){ table->bytes, table->size, table->address };
		jit_world_announce(world, entry);
	}
	jit_world_stack(world, 1, W(LEAF + 16 * 199 + 8));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(LEAF + 16 * 199 + 8),
			       END_OF_CHAIN);
}

static void unknown_code_stops_until_it_may_be_guessed(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	jit_world_map_unknown(world, UNKNOWN, UNKNOWN + 0x1000);
	world->registers[WORLD_BP] = WORLD_SP + 8;
	jit_world_stack(world, 3, W(UNKNOWN + 5), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_JIT_UNKNOWN, W(LEAF), W(UNKNOWN + 5), END_OF_CHAIN);

	world->chain.count = 0;
	world->unknown_code = UNWIND_UNKNOWN_GUESSED;
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(UNKNOWN + 5), W(ROOT + 1),
			       END_OF_CHAIN);
	assert_false(world->chain.frames[1].is_guessed);
	assert_true(world->chain.frames[2].is_guessed);
}

static void no_registers_mean_no_user_stack(void **state)
{
	struct jit_world *world = *state;

	world->abi = 0;
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_NONE, END_OF_CHAIN);
}

static void a_sample_between_two_programs_has_no_user_stack(void **state)
{
	struct jit_world *world = *state;

	world->chain.count = 1; /* inside the kernel's exec(2), which has freed it all */
	world->stack_copy_size = 65528;
	jit_world_unwind(world, LEAF);
	assert_int_equal(world->chain.count, 1);
	assert_int_equal(world->chain.end, STACK_END_NONE);

	/* Before the kernel tells of it, what was mapped seems to be there still. */
	jit_world_code(world, LEAF, PROGRAM(0x0f, 0x05, 0xc3)); /* syscall; ret */
	jit_world_unwind(world, LEAF + 2);
	assert_int_equal(world->chain.count, 1);
	assert_int_equal(world->chain.end, STACK_END_NONE);
}

static void a_stack_that_could_not_be_copied_leaves_its_leaf(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	world->chain.count = 1; /* inside the kernel, which copies the stack's page after a fork */
	world->stack_copy_size = 65528;
	jit_world_unwind(world, LEAF);
	assert_int_equal(world->chain.count, 2);
	assert_int_equal(world->chain.frames[1].pc, LEAF);
	assert_int_equal(world->chain.end, STACK_END_BAD_MEMORY);
}

static void a_32_bit_program_is_not_unwound(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	world->abi = 1;
	jit_world_stack(world, 1, W(LEAF + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_NO_UNWIND_INFO, W(LEAF), END_OF_CHAIN);
}

/* Whatever a table says, unwinding ends, and inside the copy. */
static void every_value_of_every_byte_of_a_table_is_survived(void **state)
{
	struct jit_world *world = *state;

	add_root(world);
	jit_world_cfi(world, LEAF, 0x100,
		      PROGRAM(0x0a, 0x0f, 5, 0x77, 8, 0x06, 0x23, 8, 0x41, 0x0b, 0x0e, 16, 0x83, 2,
			      0x16, 6, 2, 0x77, 0));
	jit_world_stack(world, 4, W(LEAF + 2), W(LEAF + 1), W(ROOT + 1), W(ROOT + 1));
	struct cfi_writer *table = &world->tables[1];

	for (size_t i = 0; i < table->size; i++) {
		uint8_t good = table->bytes[i];

		for (unsigned value = 0; value < 256; value++) {
			table->bytes[i] = (uint8_t)value;
			unwind_twice_destroy(world->unwinder);
			world->unwinder = unwind_twice_create(UNWIND_AUTO);
			world->chain.count = 0;
			jit_world_unwind(world, LEAF);
			jit_world_unwind(world, LEAF + 1);
			assert_true(world->chain.count < 16);
		}
		table->bytes[i] = good;
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)
	const struct CMUnitTest tests[] = {
		TEST(rows_change_within_a_function),
		TEST(return_address_looks_up_one_byte_back),
		TEST(saved_registers_are_restored_for_the_caller),
		TEST(a_save_slot_below_the_stack_pointer_was_popped_already),
		TEST(expressions_are_evaluated_again_from_cached_rows),
		TEST(the_cfa_may_depend_on_the_pc),
		TEST(value_rules_and_register_rules_are_followed),
		TEST(an_undefined_frame_pointer_does_not_end_the_stack),
		TEST(a_row_without_a_return_address_is_not_used),
		TEST(a_signal_frame_gives_the_interrupted_registers),
		TEST(a_zero_return_address_is_no_proof_of_the_outermost_frame),
		TEST(an_interrupted_function_may_keep_its_return_address_in_a_register),
		TEST(a_cfa_that_does_not_grow_is_not_believed),
		TEST(a_copy_that_was_cut_off_ends_as_truncated),
		TEST(a_register_far_from_the_stack_is_bad_memory),
		TEST(a_stack_deeper_than_a_record_can_hold_ends_at_the_limit),
		TEST(the_version_valid_at_the_sample_is_unwound),
		TEST(moved_code_keeps_its_table),
		TEST(one_table_may_serve_many_functions),
		TEST(unknown_code_stops_until_it_may_be_guessed),
		TEST(no_registers_mean_no_user_stack),
		TEST(a_sample_between_two_programs_has_no_user_stack),
		TEST(a_stack_that_could_not_be_copied_leaves_its_leaf),
		TEST(a_32_bit_program_is_not_unwound),
		TEST(every_value_of_every_byte_of_a_table_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
