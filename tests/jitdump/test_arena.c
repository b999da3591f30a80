/* SPDX-License-Identifier: MIT */
#include "jitdump/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PIECES = 40 };

/* Texts of 1 to 400 bytes: in blocks with others, and in blocks of their own. */
static void fill(struct arena *arena, char *pieces[PIECES])
{
	for (int i = 0; i < PIECES; i++) {
		size_t length = 1 + (size_t)(i * 37 % 11) * 40;

		pieces[i] = arena_alloc(arena, length + 1);
		assert_int_equal((uintptr_t)pieces[i] % 8, 0);
		assert_int_equal(pieces[i][length], 0);
		memset(pieces[i], 'a' + i % 26, length);
	}
}

static void a_packed_arena_has_every_piece(void **state)
{
	struct arena arena = { 0 }, packed;
	char *pieces[PIECES];

	(void)state;
	fill(&arena, pieces);
	packed = arena_packed(&arena);
	for (int i = 0; i < PIECES; i++) {
		const char *piece = arena_piece_in(&packed, &arena, pieces[i]);

		assert_ptr_not_equal(piece, pieces[i]);
		assert_int_equal((uintptr_t)piece % 8, 0);
		assert_string_equal(piece, pieces[i]);
		/* And what is in a piece. */
		assert_ptr_equal(arena_piece_in(&packed, &arena, pieces[i] + 1), piece + 1);
	}
	assert_ptr_equal(arena_piece_in(&packed, &arena, "elsewhere"), "elsewhere");
	assert_null(arena_piece_in(&packed, &arena, NULL));
	arena_deinit(&arena);
	arena_deinit(&packed);
}

static void of_nothing_nothing_is_packed(void **state)
{
	struct arena arena = { 0 }, packed = arena_packed(&arena);

	(void)state;
	assert_null(packed.blocks);
	assert_ptr_equal(arena_piece_in(&packed, &arena, state), state);
	arena_deinit(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packed_arena_has_every_piece),
		cmocka_unit_test(of_nothing_nothing_is_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
