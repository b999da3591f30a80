/* SPDX-License-Identifier: MIT */
/* Annotations of code and samples that stand here: instructions of one byte each. */
#include "ui/annotation.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const main_c = "/nowhere/main.c", *const inline_h = "/nowhere/inline.h";

/* Offset, size, kind, text, jump target, file, line. */
#define PLAIN(offset, file, line)                                                                  \
	{                                                                                          \
		offset, 1, INSTRUCTION_PLAIN, "plain", CODE_NO_TARGET, file, line                  \
	}
#define JUMP(offset, to, file, line)                                                               \
	{                                                                                          \
		offset, 1, INSTRUCTION_JUMP, "jump", to, file, line                                \
	}

struct fixture {
	struct function_code code;
	struct sampled_code sampled;
	struct annotation_part part;
};

static struct fixture *make(struct fixture *fixture, struct code_instruction *instructions,
			    size_t count, struct sampled_place *places, size_t place_count)
{
	*fixture = (struct fixture){
		.code = { .shown_start = 0x1000, .instructions = instructions, .count = count },
		.sampled = { .places = places, .place_count = place_count },
	};
	for (size_t i = 0; i < place_count; i++) {
		fixture->sampled.self.weight += places[i].self.weight;
		fixture->sampled.self.count += places[i].self.count;
	}
	fixture->part = (struct annotation_part){ &fixture->code, &fixture->sampled };
	return fixture;
}

/* "L" file:line or "I" address or "G" text, and the percentage, for each row. */
static void expect_rows(const struct annotation *annotation, const char *expected)
{
	char text[2048] = "", row_text[128];

	for (size_t i = 0; i < annotation->count; i++) {
		const struct annotation_row *row = &annotation->rows[i];

		if (row->kind == ANNOTATION_LINE)
			snprintf(row_text, sizeof(row_text), "L %s:%" PRIu32 " %.0f\n",
				 row->file ? strrchr(row->file, '/') + 1 : "-", row->line,
				 row->percent);
		else if (row->kind == ANNOTATION_INSTRUCTION)
			snprintf(row_text, sizeof(row_text), "I %" PRIx64 " %.0f\n", row->address,
				 row->percent);
		else
			snprintf(row_text, sizeof(row_text), "G %s\n", row->text);
		strcat(text, row_text);
	}
	assert_string_equal(text, expected);
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void instructions_stand_under_their_line_whatever_their_order(void **state)
{
	struct code_instruction code[] = { PLAIN(0, main_c, 10), PLAIN(1, inline_h, 5),
					   PLAIN(2, main_c, 11), PLAIN(3, main_c, 10) };
	struct sampled_place places[] = { { 1, { 30, 3 } }, { 2, { 50, 5 } }, { 3, { 20, 2 } } };
	struct annotation annotation;
	struct fixture fixture;

	(void)state;
	make(&fixture, code, COUNT(code), places, COUNT(places));
	annotation_build(&annotation, &fixture.part, 1, true);
	expect_rows(&annotation, "L main.c:10 20\n"
				 "I 1000 0\n"
				 "G \n"
				 "I 1003 20\n"
				 "L main.c:11 50\n"
				 "I 1002 50\n"
				 "L inline.h:5 30\n"
				 "I 1001 30\n");
	assert_int_equal(annotation.self.count, 10);
	assert_int_equal(annotation.rows[0].self.count, 2);
	annotation_deinit(&annotation);
	annotation_build(&annotation, &fixture.part, 1, false);
	expect_rows(&annotation, "I 1000 0\nI 1001 30\nI 1002 50\nI 1003 20\n");
	annotation_deinit(&annotation);
}

static void code_without_lines_is_in_the_order_of_addresses(void **state)
{
	struct code_instruction code[] = { PLAIN(0, NULL, 0), PLAIN(1, NULL, 0),
					   PLAIN(8, NULL, 0) };
	struct annotation annotation;
	struct fixture fixture;

	(void)state;
	make(&fixture, code, COUNT(code), NULL, 0);
	annotation_build(&annotation, &fixture.part, 1, true);
	expect_rows(&annotation, "I 1000 0\nI 1001 0\nG \nI 1008 0\n");
	assert_int_equal(annotation_hottest(&annotation, ANNOTATION_INSTRUCTION, 0, 1),
			 ANNOTATION_NO_ROW);
	annotation_deinit(&annotation);
}

static void a_sample_within_an_instruction_is_the_instructions(void **state)
{
	struct code_instruction code[] = {
		{ 0, 4, INSTRUCTION_PLAIN, "long", CODE_NO_TARGET, NULL, 0 },
		{ 4, 0, INSTRUCTION_PLAIN, "", CODE_NO_TARGET, NULL, 0 }, /* without bytes */
	};
	struct sampled_place places[] = { { 2, { 1, 1 } }, { 4, { 3, 3 } } };
	struct annotation annotation;
	struct fixture fixture;

	(void)state;
	make(&fixture, code, COUNT(code), places, COUNT(places));
	annotation_build(&annotation, &fixture.part, 1, true);
	expect_rows(&annotation, "I 1000 25\nI 1004 75\n");
	annotation_deinit(&annotation);
}

static void versions_are_summed_by_line_and_follow_each_other_below(void **state)
{
	struct code_instruction code[] = { PLAIN(0, main_c, 10), PLAIN(1, main_c, 11) };
	struct code_instruction other_code[] = { PLAIN(0, main_c, 10), PLAIN(1, main_c, 11),
						 PLAIN(2, main_c, 11) };
	struct sampled_place places[] = { { 1, { 1, 1 } } }, more[] = { { 2, { 3, 3 } } };
	struct annotation_part parts[2];
	struct annotation annotation;
	struct fixture first, second;

	(void)state;
	parts[0] = make(&first, code, COUNT(code), places, COUNT(places))->part;
	parts[1] = make(&second, other_code, COUNT(other_code), more, COUNT(more))->part;
	first.sampled.version = 1;
	second.sampled.version = 2;
	annotation_build(&annotation, parts, 2, true);
	expect_rows(&annotation, "L main.c:10 0\n"
				 "G version 1\n"
				 "I 1000 0\n"
				 "G version 2\n"
				 "I 1000 0\n"
				 "L main.c:11 100\n"
				 "G version 1\n"
				 "I 1001 25\n"
				 "G version 2\n"
				 "I 1001 0\n"
				 "I 1002 75\n");
	annotation_deinit(&annotation);
}

static void versions_that_are_alike_are_one(void **state)
{
	struct code_instruction code[] = { PLAIN(0, NULL, 0), PLAIN(1, NULL, 0) };
	struct code_instruction other_code[] = { PLAIN(0, NULL, 0) };
	struct sampled_place places[] = { { 1, { 1, 1 } } }, more[] = { { 0, { 3, 3 } } };
	struct annotation_part parts[3];
	struct annotation annotation;
	struct fixture first, second, third;

	(void)state;
	parts[0] = make(&first, code, COUNT(code), places, COUNT(places))->part;
	parts[1] = make(&second, code, COUNT(code), more, COUNT(more))->part;
	first.sampled.version = 1;
	second.sampled.version = 2;
	annotation_build(&annotation, parts, 2, true);
	expect_rows(&annotation, "I 1000 75\nI 1001 25\n");
	annotation_deinit(&annotation);
	parts[2] = make(&third, other_code, COUNT(other_code), NULL, 0)->part;
	third.sampled.version = 3;
	annotation_build(&annotation, parts, 3, true);
	expect_rows(&annotation, "G version 1 and 1 alike\nI 1000 75\nI 1001 25\n"
				 "G version 3\nI 1000 0\n");
	annotation_deinit(&annotation);
}

static void jumps_know_the_row_that_they_go_to(void **state)
{
	struct code_instruction code[] = { PLAIN(0, NULL, 0), PLAIN(1, NULL, 0),
					   JUMP(2, 1, NULL, 0), JUMP(3, 9, NULL, 0) };
	struct annotation annotation;
	struct fixture fixture;

	(void)state;
	make(&fixture, code, COUNT(code), NULL, 0);
	annotation_build(&annotation, &fixture.part, 1, true);
	assert_int_equal(annotation.rows[2].jump_row, 1);
	assert_int_equal(annotation.rows[3].jump_row, ANNOTATION_NO_ROW);
	assert_int_equal(annotation.rows[0].jump_row, ANNOTATION_NO_ROW);
	assert_int_equal(annotation.arrows.column_count, 1);
	annotation_deinit(&annotation);
}

static void the_hottest_rows_are_gone_through_round_and_round(void **state)
{
	struct code_instruction code[] = { PLAIN(0, main_c, 10), PLAIN(1, main_c, 11),
					   PLAIN(2, main_c, 12) };
	struct sampled_place places[] = { { 0, { 1, 1 } }, { 2, { 2, 2 } } };
	struct annotation annotation;
	struct fixture fixture;

	(void)state;
	make(&fixture, code, COUNT(code), places, COUNT(places));
	annotation_build(&annotation, &fixture.part, 1, true);
	assert_int_equal(annotation_hottest(&annotation, ANNOTATION_LINE, 2, 1), 4);
	assert_int_equal(annotation_hottest(&annotation, ANNOTATION_LINE, 4, 1), 0);
	assert_int_equal(annotation_hottest(&annotation, ANNOTATION_LINE, 0, 1), 4);
	assert_int_equal(annotation_hottest(&annotation, ANNOTATION_LINE, 4, -1), 0);
	assert_int_equal(annotation_hottest(&annotation, ANNOTATION_INSTRUCTION, 0, 1), 5);
	assert_int_equal(annotation_hottest(&annotation, ANNOTATION_INSTRUCTION, 5, -1), 1);
	annotation_deinit(&annotation);
}

static void a_row_is_found_in_the_annotation_that_follows(void **state)
{
	struct code_instruction code[] = { PLAIN(0, main_c, 10), PLAIN(1, main_c, 11),
					   PLAIN(2, main_c, 11) };
	struct sampled_place places[] = { { 2, { 1, 1 } } };
	struct annotation before, after;
	struct fixture fixture;

	(void)state;
	make(&fixture, code, COUNT(code), places, COUNT(places));
	annotation_build(&before, &fixture.part, 1, true);
	annotation_build(&after, &fixture.part, 1, false);
	assert_int_equal(annotation_row_like(&after, &before.rows[4], 4), 2);
	assert_int_equal(annotation_row_like(&after, &before.rows[1], 1), 0);
	assert_int_equal(annotation_row_like(&after, &before.rows[0], 0), ANNOTATION_NO_ROW);
	annotation_deinit(&before);
	annotation_deinit(&after);
}

static void a_function_without_anything_has_no_rows(void **state)
{
	struct annotation annotation;
	struct fixture fixture;

	(void)state;
	make(&fixture, NULL, 0, NULL, 0);
	annotation_build(&annotation, &fixture.part, 1, true);
	assert_int_equal(annotation.count, 0);
	annotation_deinit(&annotation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_stand_under_their_line_whatever_their_order),
		cmocka_unit_test(code_without_lines_is_in_the_order_of_addresses),
		cmocka_unit_test(a_sample_within_an_instruction_is_the_instructions),
		cmocka_unit_test(versions_are_summed_by_line_and_follow_each_other_below),
		cmocka_unit_test(versions_that_are_alike_are_one),
		cmocka_unit_test(jumps_know_the_row_that_they_go_to),
		cmocka_unit_test(the_hottest_rows_are_gone_through_round_and_round),
		cmocka_unit_test(a_row_is_found_in_the_annotation_that_follows),
		cmocka_unit_test(a_function_without_anything_has_no_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
