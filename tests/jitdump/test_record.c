/* SPDX-License-Identifier: MIT */
#include "jitdump/record.h"

#include "support/dump_builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS UINT64_C(0x7f0000001000)

static enum jitdump_cut cut(const struct dump_builder *dump, struct jitdump_record *record)
{
	return jitdump_record_cut(dump->file.bytes, dump->file.size, dump->is_swapped, record);
}

static void a_load_gives_its_fields_name_and_code(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;

	(void)state;
	dump_load(&dump, 7000, ADDRESS, 3, "fib", CODE(0x90, 0xc3));
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_int_equal(record.prefix.timestamp, 7000);
	assert_int_equal(record.load.pid, 42);
	assert_int_equal(record.load.code_addr, ADDRESS);
	assert_int_equal(record.load.code_size, 2);
	assert_int_equal(record.load.code_index, 3);
	assert_string_equal(record.name, "fib");
	assert_memory_equal(record.code, "\x90\xc3", 2);
	assert_true(jitdump_record_is_convincing(&record));
	dump_free(&dump);
}

/* perf takes it so: padding can only stand between name and code. */
static void code_is_the_end_of_a_padded_load(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;
	const uint8_t code[] = { 0xe8, 0xc3 };

	(void)state;
	size_t start = dump_begin(&dump, JITDUMP_CODE_LOAD, 1);

	bytes_fill(&dump.file, 0, 24);
	dump_u64(&dump, sizeof(code));
	dump_u64(&dump, 0);
	dump_text(&dump, "f");
	bytes_fill(&dump.file, 0, 5);
	bytes_add(&dump.file, code, sizeof(code));
	dump_end(&dump, start);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_memory_equal(record.code, code, sizeof(code));
	dump_free(&dump);
}

/* A load without name and code, to be changed. */
static void add_load_of_size(struct dump_builder *dump, uint64_t address, uint64_t code_size)
{
	size_t start = dump_begin(dump, JITDUMP_CODE_LOAD, 1);

	dump_u64(dump, 0);
	dump_u64(dump, address);
	dump_u64(dump, address);
	dump_u64(dump, code_size);
	dump_u64(dump, 0);
	dump_text(dump, "f");
	dump_end(dump, start);
}

static void a_load_may_lack_the_code_that_it_counts(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;

	(void)state;
	add_load_of_size(&dump, ADDRESS, 64);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_int_equal(record.load.code_size, 64);
	assert_null(record.code);
	dump_free(&dump);
}

static void a_load_may_be_of_no_code_at_all(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;

	(void)state;
	add_load_of_size(&dump, ADDRESS, 0);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_null(record.code);
	assert_string_equal(record.name, "f");
	dump_free(&dump);
}

static void code_beyond_the_end_of_memory_is_impossible(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;

	(void)state;
	add_load_of_size(&dump, ADDRESS, UINT64_MAX - ADDRESS + 1);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_IMPOSSIBLE);
	dump_free(&dump);
	dump_move(&dump, 1, ADDRESS, UINT64_MAX, 2, 0);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_IMPOSSIBLE);
	dump_free(&dump);
}

static void a_name_without_an_end_is_impossible(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;

	(void)state;
	size_t start = dump_begin(&dump, JITDUMP_CODE_LOAD, 1);

	bytes_fill(&dump.file, 0, 40);
	bytes_fill(&dump.file, 'x', 100);
	dump_end(&dump, start);
	dump_u64(&dump, 0); /* a NUL, but behind the record */
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_IMPOSSIBLE);
	dump_free(&dump);
}

static void a_move_gives_both_places(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;

	(void)state;
	dump_move(&dump, 9, ADDRESS, ADDRESS + 64, 32, 5);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_int_equal(record.move.old_code_addr, ADDRESS);
	assert_int_equal(record.move.new_code_addr, ADDRESS + 64);
	assert_int_equal(record.move.code_size, 32);
	assert_int_equal(record.move.code_index, 5);
	dump_free(&dump);
}

static void lines_and_tables_give_their_payload(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;
	const struct dump_row row = { ADDRESS + 4, 12, 5, "/app.js" };

	(void)state;
	dump_debug(&dump, 1, ADDRESS, &row, 1);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_int_equal(record.debug.nr_entry, 1);
	assert_int_equal(jitdump_record_entry(&record, 0).code_addr, ADDRESS + 4);
	assert_int_equal(jitdump_record_entry(&record, 0).line, 12);
	assert_int_equal(jitdump_record_entry(&record, 0).discrim, 5);
	assert_string_equal((const char *)record.payload + 16, "/app.js");
	dump_free(&dump);
	dump_unwinding(&dump, 1, "12345678", 8, 3);
	bytes_fill(&dump.file, 0, 4);
	dump_end(&dump, 0); /* padded, as V8 does */
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_int_equal(record.payload_size, 8);
	assert_memory_equal(record.payload, "12345678", 8);
	dump_free(&dump);
}

static void a_foreign_byte_order_is_turned_around(void **state)
{
	struct dump_builder dump = { .is_swapped = true };
	struct jitdump_file_header header;
	struct jitdump_record record;
	bool is_swapped;

	(void)state;
	dump_header(&dump, 42);
	assert_true(jitdump_header_read(dump.file.bytes, &header, &is_swapped));
	assert_true(is_swapped);
	assert_int_equal(header.pid, 42);
	dump_free(&dump);
	dump_load(&dump, 7000, ADDRESS, 3, "fib", CODE(0xc3));
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_int_equal(record.prefix.timestamp, 7000);
	assert_int_equal(record.load.code_addr, ADDRESS);
	dump_free(&dump);
}

static void a_record_is_unfinished_until_its_last_byte(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;

	(void)state;
	dump_load(&dump, 7000, ADDRESS, 3, "fib", CODE(0x90, 0xc3));
	for (size_t size = 0; size < dump.file.size; size++)
		assert_int_equal(jitdump_record_cut(dump.file.bytes, size, false, &record),
				 JITDUMP_CUT_UNFINISHED);
	dump_free(&dump);
}

static void a_size_below_the_fields_or_beyond_reason_is_impossible(void **state)
{
	static const uint32_t least[] = {
		[JITDUMP_CODE_LOAD] = 57,  [JITDUMP_CODE_MOVE] = 64,	  [JITDUMP_DEBUG_INFO] = 32,
		[JITDUMP_CODE_CLOSE] = 16, [JITDUMP_UNWINDING_INFO] = 40, [5] = 16,
	};
	struct jitdump_record record;

	(void)state;
	for (uint32_t id = 0; id < sizeof(least) / sizeof(*least); id++) {
		uint8_t bytes[128] = { 0 };
		uint32_t size = least[id] - 1;

		memcpy(bytes, &id, sizeof(id));
		memcpy(bytes + 4, &size, sizeof(size));
		assert_int_equal(jitdump_record_cut(bytes, sizeof(bytes), false, &record),
				 JITDUMP_CUT_IMPOSSIBLE);
		size++;
		memcpy(bytes + 4, &size, sizeof(size));
		assert_int_equal(jitdump_record_cut(bytes, sizeof(bytes), false, &record),
				 JITDUMP_CUT_WHOLE);
		size = JITDUMP_RECORD_BYTES_MAX + 1;
		memcpy(bytes + 4, &size, sizeof(size));
		assert_int_equal(jitdump_record_cut(bytes, sizeof(bytes), false, &record),
				 JITDUMP_CUT_IMPOSSIBLE);
	}
}

static void fields_that_disagree_do_not_convince(void **state)
{
	struct dump_builder dump = { 0 };
	struct jitdump_record record;
	const struct dump_row far = { ADDRESS + (UINT64_C(1) << 40), 1, 1, "a" };

	(void)state;
	dump_load(&dump, 1, ADDRESS, 1, "f", CODE(0x90, 0xc3));
	bytes_fill(&dump.file, 0x90, 8);
	dump_end(&dump, 0);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_false(jitdump_record_is_convincing(&record));
	dump_free(&dump);
	dump_debug(&dump, 1, ADDRESS, &far, 1);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_false(jitdump_record_is_convincing(&record));
	dump_free(&dump);
	dump_unwinding(&dump, 1, "12345678", 8, 9);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_false(jitdump_record_is_convincing(&record));
	dump_free(&dump);
	dump_close(&dump, 1);
	assert_int_equal(cut(&dump, &record), JITDUMP_CUT_WHOLE);
	assert_false(jitdump_record_is_convincing(&record));
	dump_free(&dump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_load_gives_its_fields_name_and_code),
		cmocka_unit_test(code_is_the_end_of_a_padded_load),
		cmocka_unit_test(a_load_may_lack_the_code_that_it_counts),
		cmocka_unit_test(a_load_may_be_of_no_code_at_all),
		cmocka_unit_test(code_beyond_the_end_of_memory_is_impossible),
		cmocka_unit_test(a_name_without_an_end_is_impossible),
		cmocka_unit_test(a_move_gives_both_places),
		cmocka_unit_test(lines_and_tables_give_their_payload),
		cmocka_unit_test(a_foreign_byte_order_is_turned_around),
		cmocka_unit_test(a_record_is_unfinished_until_its_last_byte),
		cmocka_unit_test(a_size_below_the_fields_or_beyond_reason_is_impossible),
		cmocka_unit_test(fields_that_disagree_do_not_convince),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
