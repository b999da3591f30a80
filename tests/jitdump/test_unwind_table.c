/* SPDX-License-Identifier: MIT */
#include "jitdump/unwind_table.h"

#include "support/cfi_writer.h"
#include "support/dump_builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Code whose size is no multiple of 8, and where a relative .eh_frame is then taken to lie. */
#define ADDRESS	    UINT64_C(0x7f0000001000)
#define SIZE	    29
#define BEHIND_CODE (ADDRESS + 32)

static struct jitdump_record record_of(struct dump_builder *dump)
{
	struct jitdump_record record;

	assert_int_equal(
		jitdump_record_cut(dump->file.bytes, dump->file.size, dump->is_swapped, &record),
		JITDUMP_CUT_WHOLE);
	return record;
}

/* .eh_frame with one FDE for [start, start + size). */
static struct cfi_writer frame_at(uint64_t address, uint64_t start, uint64_t size)
{
	struct cfi_writer frame = { .address = address };

	cfi_write_fde(&frame, cfi_write_cie(&frame, 0x1b, USUAL_START), 0x1b, start, size,
		      NO_PROGRAM);
	return frame;
}

static void a_frame_before_its_header_lies_behind_the_code(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_unwind_table table;

	(void)state;
	dump_table(&dump, 1, ADDRESS, SIZE);
	struct jitdump_record record = record_of(&dump);

	assert_false(unwind_table_is_empty(&record));
	assert_true(unwind_table_for_code(&record, ADDRESS, SIZE, &table));
	assert_int_equal(table.eh_frame_address, BEHIND_CODE);
	assert_ptr_equal(table.eh_frame, record.payload);
	assert_int_equal(table.eh_frame_size, record.payload_size - 20);
	assert_false(unwind_table_in_memory(&record, &table));
	dump_free(&dump);
}

static void a_frame_behind_its_header_is_found_too(void **state)
{
	static const uint8_t header[12] = { 1, 0x1b, 0x03, 0xff, 0, 0, 0, 0, 1, 0, 0, 0 };
	const uint64_t places[] = { BEHIND_CODE + sizeof(header), BEHIND_CODE };
	struct jitdump_unwind_table table;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct dump_builder dump = { 0 };
		struct cfi_writer frame = frame_at(places[i], ADDRESS, SIZE);
		uint8_t bytes[256];

		memcpy(bytes, header, sizeof(header));
		memcpy(bytes + sizeof(header), frame.bytes, frame.size);
		dump_unwinding(&dump, 1, bytes, sizeof(header) + frame.size, sizeof(header));
		struct jitdump_record record = record_of(&dump);

		assert_true(unwind_table_for_code(&record, ADDRESS, SIZE, &table));
		assert_int_equal(table.eh_frame_address, places[i]);
		assert_ptr_equal(table.eh_frame, record.payload + sizeof(header));
		dump_free(&dump);
	}
}

static void a_frame_without_any_header_is_enough(void **state)
{
	struct dump_builder dump = { 0 };
	struct cfi_writer frame = frame_at(BEHIND_CODE, ADDRESS, SIZE);
	struct jitdump_unwind_table table;

	(void)state;
	dump_unwinding(&dump, 1, frame.bytes, frame.size, 0);
	struct jitdump_record record = record_of(&dump);

	assert_false(unwind_table_is_empty(&record));
	assert_true(unwind_table_for_code(&record, ADDRESS, SIZE, &table));
	dump_free(&dump);
}

static void a_table_for_other_code_is_refused(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_unwind_table table;

	(void)state;
	dump_table(&dump, 1, ADDRESS, SIZE);
	struct jitdump_record record = record_of(&dump);

	/* The table is relative: it serves the same code elsewhere, but not longer code. */
	assert_true(unwind_table_for_code(&record, ADDRESS + 0x1000, SIZE, &table));
	assert_false(unwind_table_for_code(&record, ADDRESS, SIZE + 8, &table));
	dump_free(&dump);
}

static void an_fde_may_be_a_little_shorter_than_the_code(void **state)
{
	struct dump_builder dump = { 0 };
	struct cfi_writer frame = frame_at(BEHIND_CODE, ADDRESS, SIZE - 3);
	struct jitdump_unwind_table table;

	(void)state;
	dump_unwinding(&dump, 1, frame.bytes, frame.size, 0);
	struct jitdump_record record = record_of(&dump);

	assert_true(unwind_table_for_code(&record, ADDRESS, SIZE, &table));
	dump_free(&dump);
}

static void an_absolute_header_places_the_frame_in_memory(void **state)
{
	struct dump_builder dump = { 0 };
	struct cfi_writer frame = { .address = 0x5550000 };
	struct jitdump_unwind_table table;
	struct cfi_function function;
	uint8_t bytes[512] = { 1, 0x0c, 0xff, 0xff };

	(void)state;
	size_t cie = cfi_write_cie(&frame, 0x1c, USUAL_START);

	cfi_write_fde(&frame, cie, 0x1c, ADDRESS, SIZE, NO_PROGRAM);
	cfi_write_fde(&frame, cie, 0x1c, ADDRESS + 0x100, SIZE, NO_PROGRAM);
	memcpy(bytes + 4, &frame.address, 8);
	memcpy(bytes + 12, frame.bytes, frame.size);
	dump_unwinding(&dump, 1, bytes, 12 + frame.size, 12);
	struct jitdump_record record = record_of(&dump);

	assert_false(unwind_table_is_empty(&record));
	assert_true(unwind_table_in_memory(&record, &table));
	assert_int_equal(table.eh_frame_address, 0x5550000);
	assert_int_equal(table.eh_frame_size, frame.size);
	struct cfi_sections sections = unwind_table_sections(&table);

	assert_true(cfi_sections_find(&sections, ADDRESS + 0x110, &function));
	assert_int_equal(function.start, ADDRESS + 0x100);
	dump_free(&dump);
}

static void an_empty_header_says_to_follow_the_frame_pointer(void **state)
{
	static const uint8_t zero_count[20] = { 1, 0x1b, 0x03, 0x3b };
	static const uint8_t no_count[4] = { 1, 0xff, 0xff, 0xff };
	static const struct {
		const uint8_t *bytes;
		size_t size, header_size;
	} tables[] = {
		{ zero_count, sizeof(zero_count), sizeof(zero_count) },
		{ no_count, sizeof(no_count), sizeof(no_count) },
		{ zero_count, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct dump_builder dump = { 0 };
		struct jitdump_unwind_table table;

		dump_unwinding(&dump, 1, tables[i].bytes, tables[i].size, tables[i].header_size);
		struct jitdump_record record = record_of(&dump);

		assert_true(unwind_table_is_empty(&record));
		assert_false(unwind_table_for_code(&record, ADDRESS, SIZE, &table));
		assert_false(unwind_table_in_memory(&record, &table));
		dump_free(&dump);
	}
}

/* .eh_frame with nothing but its terminator, and a header that counts no entry. */
static void a_table_that_lists_no_function_is_empty(void **state)
{
	uint8_t bytes[16] = { 0, 0, 0, 0, 1, 0x1b, 0x03, 0x3b };
	struct dump_builder dump = { 0 };

	(void)state;
	dump_unwinding(&dump, 1, bytes, sizeof(bytes), 12);
	struct jitdump_record record = record_of(&dump);

	assert_true(unwind_table_is_empty(&record));
	dump_free(&dump);
}

static void sizes_that_contradict_each_other_are_no_table(void **state)
{
	static const uint64_t sizes[][2] = {
		{ UINT64_MAX, 20 },
		{ 1000, 20 },
		{ 60, UINT64_MAX },
		{ 60, 61 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct dump_builder dump = { 0 };
		struct jitdump_unwind_table table;

		dump_table(&dump, 1, ADDRESS, SIZE);
		memcpy(dump.file.bytes + 16, sizes[i], sizeof(sizes[i]));
		struct jitdump_record record = record_of(&dump);

		assert_false(unwind_table_is_empty(&record));
		assert_false(unwind_table_for_code(&record, ADDRESS, SIZE, &table));
		assert_false(unwind_table_in_memory(&record, &table));
		dump_free(&dump);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_before_its_header_lies_behind_the_code),
		cmocka_unit_test(a_frame_behind_its_header_is_found_too),
		cmocka_unit_test(a_frame_without_any_header_is_enough),
		cmocka_unit_test(a_table_for_other_code_is_refused),
		cmocka_unit_test(an_fde_may_be_a_little_shorter_than_the_code),
		cmocka_unit_test(an_absolute_header_places_the_frame_in_memory),
		cmocka_unit_test(an_empty_header_says_to_follow_the_frame_pointer),
		cmocka_unit_test(a_table_that_lists_no_function_is_empty),
		cmocka_unit_test(sizes_that_contradict_each_other_are_no_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
