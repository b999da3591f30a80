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
	CODE = 0x40000,
};

/* push rbp; mov rbp, rsp; call .+5; pop rbp; ret */
#define FRAMED_CODE PROGRAM(0x55, 0x48, 0x89, 0xe5, 0xe8, 0, 0, 0, 0, 0x5d, 0xc3)
enum { FRAMED_BODY = 4, FRAMED_CALL_END = 9, FRAMED_RET = 10 };

static int create(void **state)
{
	struct jit_world *world = jit_world_create(UNWIND_AUTO);

	jit_world_cfi(world, ROOT, 0x100, PROGRAM(0x07, 16));
	*state = world;
	return 0;
}

static int destroy(void **state)
{
	jit_world_destroy(*state);
	return 0;
}

static void use_method(struct jit_world *world, enum unwind_method method)
{
	unwind_twice_destroy(world->unwinder);
	world->unwinder = unwind_twice_create(method);
}

static void code_without_cfi_is_followed_by_its_frame_pointer(void **state)
{
	struct jit_world *world = *state;

	jit_world_announce(world, jit_world_function(world, LEAF, 0x100));
	jit_world_announce(world, jit_world_function(world, MIDDLE, 0x100));
	world->registers[WORLD_BP] = WORLD_SP + 8;
	jit_world_stack(world, 5, W(0), W(WORLD_SP + 24), W(MIDDLE + 1), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + 1), W(ROOT + 1),
			       END_OF_CHAIN);
	assert_false(world->chain.frames[0].is_guessed);
	assert_true(world->chain.frames[1].is_guessed);
	assert_true(world->chain.frames[2].is_guessed);
}

static void registers_that_nobody_followed_are_not_used_after_a_guess(void **state)
{
	struct jit_world *world = *state;

	jit_world_announce(world, jit_world_function(world, LEAF, 0x100));
	jit_world_cfi(world, MIDDLE, 0x100, PROGRAM(0x0c, 3, 40)); /* CFA rbx + 40 */
	world->registers[WORLD_BX] = WORLD_SP;
	world->registers[WORLD_BP] = WORLD_SP;
	jit_world_stack(world, 5, W(0), W(MIDDLE + 1), W(0), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_NO_UNWIND_INFO, W(LEAF), W(MIDDLE + 1),
			       END_OF_CHAIN);
}

static void a_frame_pointer_must_be_aligned_above_and_lead_to_code(void **state)
{
	struct jit_world *world = *state;
	static const uint64_t frame_pointers[] = { 0, WORLD_SP - 8, WORLD_SP + 4, WORLD_SP + 8,
						   0x1234567890 };

	jit_world_announce(world, jit_world_function(world, LEAF, 0x100));
	/* At WORLD_SP + 8 lies a frame whose return address is no code. */
	jit_world_stack(world, 4, W(0), W(0), W(0x99999), W(0));
	for (size_t i = 0; i < sizeof(frame_pointers) / sizeof(*frame_pointers); i++) {
		world->chain.count = 0;
		world->registers[WORLD_BP] = frame_pointers[i];
		jit_world_unwind(world, LEAF);
		jit_world_assert_chain(world, STACK_END_NO_UNWIND_INFO, W(LEAF), END_OF_CHAIN);
	}
}

static void a_frame_pointer_behind_a_cut_off_copy_is_truncation(void **state)
{
	struct jit_world *world = *state;

	jit_world_announce(world, jit_world_function(world, LEAF, 0x100));
	jit_world_stack(world, 2, W(0), W(0));
	world->stack_copy_size = world->stack_size;
	world->registers[WORLD_BP] = WORLD_SP + 8; /* its return address is behind the copy */
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_TRUNCATED_COPY, W(LEAF), END_OF_CHAIN);
}

/* The caller of a function that has not made its frame yet, or has undone it, is on the stack:
 * following the frame pointer would skip it. */
static void prologue_and_epilogue_are_told_by_their_instructions(void **state)
{
	struct jit_world *world = *state;

	jit_world_code(world, LEAF, FRAMED_CODE);
	jit_world_code(world, MIDDLE, FRAMED_CODE);
	world->registers[WORLD_BP] = WORLD_SP + 32;

	jit_world_stack(world, 6, W(MIDDLE + FRAMED_CALL_END), W(0), W(0), W(0), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF); /* at push rbp */
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + FRAMED_CALL_END),
			       W(ROOT + 1), END_OF_CHAIN);
	world->chain.count = 0;
	jit_world_unwind(world, LEAF + FRAMED_RET);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + FRAMED_RET),
			       W(MIDDLE + FRAMED_CALL_END), W(ROOT + 1), END_OF_CHAIN);
	assert_true(world->chain.frames[1].is_guessed);

	world->chain.count = 0;
	jit_world_stack(world, 6, W(WORLD_SP + 32), W(MIDDLE + FRAMED_CALL_END), W(0), W(0), W(0),
			W(ROOT + 1));
	jit_world_unwind(world, LEAF + 1); /* at mov rbp, rsp */
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + 1), W(MIDDLE + FRAMED_CALL_END),
			       W(ROOT + 1), END_OF_CHAIN);
	world->chain.count = 0;
	world->registers[WORLD_BP] = WORLD_SP;
	jit_world_unwind(world, LEAF + FRAMED_BODY);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + FRAMED_BODY),
			       W(MIDDLE + FRAMED_CALL_END), W(ROOT + 1), END_OF_CHAIN);
}

/* cmp edi, esi; ret, and a jump: V8's small builtins make no frame at all. */
static void a_function_without_a_frame_returns_to_the_top_of_the_stack(void **state)
{
	struct jit_world *world = *state;

	jit_world_code(world, LEAF, PROGRAM(0x39, 0xf7, 0x74, 0x02, 0xeb, 0x10));
	jit_world_code(world, MIDDLE, FRAMED_CODE);
	world->registers[WORLD_BP] = WORLD_SP + 16;
	jit_world_stack(world, 4, W(MIDDLE + FRAMED_CALL_END), W(0), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF + 4);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + 4), W(MIDDLE + FRAMED_CALL_END),
			       W(ROOT + 1), END_OF_CHAIN);

	/* A word that points into code but behind no call is no return address. */
	world->chain.count = 0;
	world->stack[0] = MIDDLE + FRAMED_BODY;
	jit_world_unwind(world, LEAF + 4);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + 4), W(ROOT + 1), END_OF_CHAIN);
}

/* push rbx; sub rsp, 16; call .+5; add rsp, 16; pop rbx; ret: by hand, without CFI, as in _init. */
static void pushes_and_pops_say_where_the_return_address_is(void **state)
{
	struct jit_world *world = *state;
	static const struct {
		uint64_t offset;
		size_t pushed;
	} places[] = { { 0, 0 }, { 1, 1 }, { 5, 3 }, { 10, 3 }, { 14, 1 }, { 15, 0 } };

	jit_world_code(world, LEAF,
		       PROGRAM(0x53, 0x48, 0x83, 0xec, 16, 0xe8, 0, 0, 0, 0, 0x48, 0x83, 0xc4, 16,
			       0x5b, 0xc3));
	jit_world_code(world, MIDDLE, FRAMED_CODE);
	world->registers[WORLD_BP] = WORLD_SP + 32;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		jit_world_stack(world, 6, W(7), W(7), W(7), W(7), W(0), W(ROOT + 1));
		world->stack[places[i].pushed] = MIDDLE + FRAMED_CALL_END;
		world->chain.count = 0;
		jit_world_unwind(world, LEAF + places[i].offset);
		jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + places[i].offset),
				       W(MIDDLE + FRAMED_CALL_END), W(ROOT + 1), END_OF_CHAIN);
	}
}

static void a_caller_without_a_frame_is_unwound_by_its_pushes(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	/* sub rsp, 8; call .+5; mov eax, 1 */
	jit_world_code(world, MIDDLE,
		       PROGRAM(0x48, 0x83, 0xec, 8, 0xe8, 0, 0, 0, 0, 0xb8, 1, 0, 0, 0));
	jit_world_stack(world, 3, W(MIDDLE + 9), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + 9), W(ROOT + 1),
			       END_OF_CHAIN);
}

/* V8 drops arguments: pop r10; lea rsp, [rsp + 8 * rcx]; push r10; ret. Its own CFI does not
 * know. */
static void a_return_address_in_a_register_is_found_where_cfi_is_wrong(void **state)
{
	struct jit_world *world = *state;
	static const uint8_t code[] = { 0x41, 0x5a, 0x48, 0x8d, 0x24, 0xcc, 0x41, 0x52, 0xc3 };
	struct jitdump_entry *leaf;

	jit_world_cfi(world, LEAF, sizeof(code), NO_PROGRAM);
	leaf = &world->entries[world->entry_count - 1];
	leaf->code = code;
	world->registers[WORLD_R10] = ROOT + 1;
	jit_world_stack(world, 2, W(0x123456), W(0));
	for (uint64_t offset = 2; offset <= 6; offset += 4) {
		world->chain.count = 0;
		jit_world_unwind(world, LEAF + offset);
		jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF + offset), W(ROOT + 1),
				       END_OF_CHAIN);
		assert_true(world->chain.frames[1].is_guessed);
	}
	world->chain.count = 0;
	world->stack[0] = ROOT + 2;
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(ROOT + 2), END_OF_CHAIN);
	assert_false(world->chain.frames[1].is_guessed);
}

static void linkage_table_entries_are_told_by_their_instructions(void **state)
{
	struct jit_world *world = *state;

	/* push GOT[1]; jmp *GOT[2]; nop; nop; nop; nop; jmp *GOT[n]; push n; jmp first */
	jit_world_code(world, CODE,
		       PROGRAM(0xff, 0x35, 0, 0, 0, 0, 0xff, 0x25, 0, 0, 0, 0, 0x0f, 0x1f, 0x40, 0,
			       0xff, 0x25, 0, 0, 0, 0, 0x68, 0, 0, 0, 0, 0xe9, 0, 0, 0, 0));
	static const struct {
		uint64_t offset;
		size_t pushed;
	} places[] = { { 16, 0 }, { 22, 0 }, { 27, 1 }, { 0, 1 }, { 6, 2 } };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		jit_world_stack(world, 3, W(7), W(7), W(7));
		world->stack[places[i].pushed] = ROOT + 1;
		world->chain.count = 0;
		jit_world_unwind(world, CODE + places[i].offset);
		jit_world_assert_chain(world, STACK_END_COMPLETE, W(CODE + places[i].offset),
				       W(ROOT + 1), END_OF_CHAIN);
	}
}

static void a_call_through_a_null_pointer_is_unwound(void **state)
{
	struct jit_world *world = *state;

	jit_world_stack(world, 1, W(ROOT + 1));
	jit_world_unwind(world, 0);
	assert_int_equal(world->chain.count, 2);
	assert_int_equal(world->chain.frames[1].pc, ROOT + 1);
	assert_true(world->chain.frames[1].is_guessed);
	assert_int_equal(world->chain.end, STACK_END_COMPLETE);

	world->chain.count = 0;
	world->stack[0] = 5;
	jit_world_unwind(world, 0);
	assert_int_equal(world->chain.count, 1);
	assert_int_equal(world->chain.end, STACK_END_NO_UNWIND_INFO);
}

static void damaged_cfi_gives_way_to_the_frame_pointer(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, PROGRAM(0x0b)); /* restore_state of nothing */
	world->registers[WORLD_BP] = WORLD_SP;
	jit_world_stack(world, 2, W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(ROOT + 1), END_OF_CHAIN);
	assert_true(world->chain.frames[1].is_guessed);
}

/* While a recording runs, code may be newer than its announcement: the row is for what lay there. */
static void a_jits_row_that_leads_nowhere_gives_way_to_the_frame_pointer(void **state)
{
	struct jit_world *world = *state;

	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	jit_world_cfi(world, MIDDLE, 0x100, NO_PROGRAM);	 /* finds W(5) */
	jit_world_cfi(world, CODE, 0x100, PROGRAM(0x0c, 1, 16)); /* CFA rdx + 16 */
	world->registers[WORLD_BP] = WORLD_SP + 16;
	world->registers[WORLD_DX] = 0x77777777;
	jit_world_stack(world, 6, W(MIDDLE + 1), W(5), W(WORLD_SP + 32), W(CODE + 1), W(0),
			W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_COMPLETE, W(LEAF), W(MIDDLE + 1), W(CODE + 1),
			       W(ROOT + 1), END_OF_CHAIN);
	assert_false(world->chain.frames[1].is_guessed);
	assert_true(world->chain.frames[2].is_guessed);
	assert_true(world->chain.frames[3].is_guessed);
}

static void cfi_alone_guesses_nothing(void **state)
{
	struct jit_world *world = *state;

	use_method(world, UNWIND_DWARF);
	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	jit_world_announce(world, jit_world_function(world, MIDDLE, 0x100));
	world->registers[WORLD_BP] = WORLD_SP + 8;
	jit_world_stack(world, 3, W(MIDDLE + 1), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_NO_UNWIND_INFO, W(LEAF), W(MIDDLE + 1),
			       END_OF_CHAIN);
}

static void frame_pointers_alone_look_at_no_cfi(void **state)
{
	struct jit_world *world = *state;

	use_method(world, UNWIND_FRAME_POINTER);
	jit_world_cfi(world, LEAF, 0x100, NO_PROGRAM);
	world->registers[WORLD_BP] = WORLD_SP + 8;
	jit_world_stack(world, 3, W(LEAF + 1), W(0), W(ROOT + 1));
	jit_world_unwind(world, LEAF);
	jit_world_assert_chain(world, STACK_END_NO_UNWIND_INFO, W(LEAF), W(ROOT + 1), END_OF_CHAIN);
	assert_true(world->chain.frames[1].is_guessed);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)
	const struct CMUnitTest tests[] = {
		TEST(code_without_cfi_is_followed_by_its_frame_pointer),
		TEST(registers_that_nobody_followed_are_not_used_after_a_guess),
		TEST(a_frame_pointer_must_be_aligned_above_and_lead_to_code),
		TEST(a_frame_pointer_behind_a_cut_off_copy_is_truncation),
		TEST(prologue_and_epilogue_are_told_by_their_instructions),
		TEST(a_function_without_a_frame_returns_to_the_top_of_the_stack),
		TEST(pushes_and_pops_say_where_the_return_address_is),
		TEST(a_caller_without_a_frame_is_unwound_by_its_pushes),
		TEST(a_return_address_in_a_register_is_found_where_cfi_is_wrong),
		TEST(linkage_table_entries_are_told_by_their_instructions),
		TEST(a_call_through_a_null_pointer_is_unwound),
		TEST(damaged_cfi_gives_way_to_the_frame_pointer),
		TEST(a_jits_row_that_leads_nowhere_gives_way_to_the_frame_pointer),
		TEST(cfi_alone_guesses_nothing),
		TEST(frame_pointers_alone_look_at_no_cfi),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
