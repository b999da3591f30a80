/* SPDX-License-Identifier: MIT */
#include "jitdump/cfi_table.h"

#include "support/cfi_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PC_RELATIVE = 0x1b };

/* Three functions, not in the order of their addresses, with holes between. */
static void write_three(struct cfi_writer *writer, uint8_t encoding)
{
	size_t cie = cfi_write_cie(writer, encoding, USUAL_START);

	cfi_write_fde(writer, cie, encoding, 0x5000, 0x100, NO_PROGRAM);
	cfi_write_fde(writer, cie, encoding, 0x4000, 0x10, PROGRAM(0x0e, 16));
	cfi_write_fde(writer, cie, encoding, 0x6000, 0x20, NO_PROGRAM);
}

static void assert_finds_three(struct cfi_table *table)
{
	struct cfi_function function;

	assert_true(cfi_table_find(table, 0x5000, &function));
	assert_int_equal(function.start, 0x5000);
	assert_int_equal(function.end, 0x5100);
	assert_true(cfi_table_find(table, 0x400f, &function));
	assert_int_equal(function.program_size, 2);
	assert_int_equal(function.program[1], 16);
	assert_int_equal(function.return_register, 16);
	assert_int_equal(function.data_alignment, -8);
	assert_int_equal(function.initial_program_size, 5);
	assert_true(cfi_table_find(table, 0x601f, &function));

	assert_false(cfi_table_find(table, 0x3fff, &function));
	assert_false(cfi_table_find(table, 0x4010, &function));
	assert_false(cfi_table_find(table, 0x5100, &function));
	assert_false(cfi_table_find(table, 0x6020, &function));
	assert_false(cfi_table_find(table, UINT64_MAX, &function));
}

static void functions_are_found_without_a_header(void **state)
{
	static const uint8_t encodings[] = { PC_RELATIVE, 0x1c, 0x04 };

	(void)state;
	for (size_t i = 0; i < sizeof(encodings); i++) {
		struct cfi_writer writer = { .format = CFI_EH_FRAME, .address = 0x8000 };
		struct cfi_table table;

		write_three(&writer, encodings[i]);
		cfi_write_terminator(&writer);
		struct cfi_sections sections = cfi_written(&writer);

		cfi_table_init(&table, &sections);
		assert_finds_three(&table);
		cfi_table_deinit(&table);
	}
}

static void debug_frame_is_read_by_section_offsets(void **state)
{
	struct cfi_writer writer = { .format = CFI_DEBUG_FRAME };
	struct cfi_table table;

	(void)state;
	write_three(&writer, 0);
	/* What linkers leave of a function that they removed. */
	cfi_write_fde(&writer, 0, 0, 0, 0x10000, NO_PROGRAM);
	struct cfi_sections sections = cfi_written(&writer);

	cfi_table_init(&table, &sections);
	assert_finds_three(&table);
	cfi_table_deinit(&table);
}

/* The three functions with an .eh_frame_hdr at 0x7f00. */
struct with_header {
	struct cfi_writer writer;
	uint8_t header[36];
};

static void write_with_header(struct with_header *input)
{
	static const uint64_t starts[] = { 0x4000, 0x5000, 0x6000 };
	static const uint8_t head[] = { 1, 0x1b, 0x03, 0x3b, 0, 0, 0, 0, 3 };
	struct cfi_writer *writer = &input->writer;
	size_t cie;

	*input = (struct with_header){ .writer = { .format = CFI_EH_FRAME, .address = 0x8000 } };
	cie = cfi_write_cie(writer, PC_RELATIVE, USUAL_START);
	memcpy(input->header, head, sizeof(head));
	for (size_t i = 0; i < 3; i++) {
		size_t size = i == 1 ? 0x100 : 0x10 << (i / 2);
		size_t fde =
			cfi_write_fde(writer, cie, PC_RELATIVE, starts[i], size, PROGRAM(0x0e, 16));
		int32_t row[2] = { (int32_t)(starts[i] - 0x7f00),
				   (int32_t)(writer->address + fde - 0x7f00) };

		memcpy(input->header + 12 + 8 * i, row, sizeof(row));
	}
}

static struct cfi_sections sections_of(const struct with_header *input)
{
	struct cfi_sections sections = cfi_written(&input->writer);

	sections.header = input->header;
	sections.header_size = sizeof(input->header);
	sections.header_address = 0x7f00;
	return sections;
}

static void a_header_is_searched_instead_of_the_section(void **state)
{
	struct with_header input;
	struct cfi_table table;

	(void)state;
	write_with_header(&input);
	struct cfi_sections sections = sections_of(&input);

	cfi_table_init(&table, &sections);
	assert_finds_three(&table);
	assert_null(table.entries);
	cfi_table_deinit(&table);
}

static void a_header_that_is_cut_off_or_lies_is_not_used(void **state)
{
	struct with_header input;
	struct cfi_table table;

	(void)state;
	write_with_header(&input);
	struct cfi_sections sections = sections_of(&input);

	sections.header_size = 20;
	cfi_table_init(&table, &sections);
	assert_finds_three(&table);
	assert_non_null(table.entries);
	cfi_table_deinit(&table);

	sections.header_size = sizeof(input.header);
	input.header[12] ^= 0x40;
	cfi_table_init(&table, &sections);
	assert_finds_three(&table);
	assert_non_null(table.entries);
	cfi_table_deinit(&table);
}

static void a_signal_frame_is_told_by_its_augmentation(void **state)
{
	struct cfi_writer writer = { .format = CFI_EH_FRAME, .address = 0x8000 };
	struct cfi_function function;
	size_t cie;

	(void)state;
	cie = cfi_write_signal_cie(&writer, PC_RELATIVE, USUAL_START);
	cfi_write_fde(&writer, cie, PC_RELATIVE, 0x4000, 0x10, NO_PROGRAM);
	cie = cfi_write_cie(&writer, PC_RELATIVE, USUAL_START);
	cfi_write_fde(&writer, cie, PC_RELATIVE, 0x5000, 0x10, NO_PROGRAM);
	struct cfi_sections sections = cfi_written(&writer);

	assert_true(cfi_sections_find(&sections, 0x4000, &function));
	assert_true(function.is_signal_frame);
	assert_true(cfi_sections_find(&sections, 0x5000, &function));
	assert_false(function.is_signal_frame);
}

static void an_fde_without_its_cie_is_passed_over(void **state)
{
	struct cfi_writer writer = { .format = CFI_EH_FRAME, .address = 0x8000 };
	struct cfi_function function;
	size_t cie, fde;

	(void)state;
	cie = cfi_write_cie(&writer, PC_RELATIVE, USUAL_START);
	fde = cfi_write_fde(&writer, cie, PC_RELATIVE, 0x4000, 0x10, NO_PROGRAM);
	cfi_write_fde(&writer, fde, PC_RELATIVE, 0x5000, 0x10, NO_PROGRAM); /* an FDE for a CIE */
	cfi_write_fde(&writer, writer.size, PC_RELATIVE, 0x6000, 0x10, NO_PROGRAM); /* itself */
	cfi_write_fde(&writer, 0x7000, PC_RELATIVE, 0x7000, 0x10, NO_PROGRAM);	    /* outside */
	cfi_write_fde(&writer, cie, PC_RELATIVE, 0x8000, 0x10, NO_PROGRAM);
	struct cfi_sections sections = cfi_written(&writer);

	assert_true(cfi_sections_find(&sections, 0x4000, &function));
	assert_false(cfi_sections_find(&sections, 0x5000, &function));
	assert_false(cfi_sections_find(&sections, 0x6000, &function));
	assert_false(cfi_sections_find(&sections, 0x7000, &function));
	assert_true(cfi_sections_find(&sections, 0x8000, &function));
}

static void records_with_an_extended_length_are_read(void **state)
{
	struct cfi_writer writer = { .format = CFI_EH_FRAME, .address = 0x8000 };
	struct cfi_function function;
	size_t cie;

	(void)state;
	cie = cfi_write_cie(&writer, PC_RELATIVE, USUAL_START);
	cfi_write(&writer, UINT32_MAX, 4);
	cfi_write(&writer, 13, 8);
	cfi_write(&writer, writer.size - cie, 4);
	cfi_write(&writer, 0x4000 - (writer.address + writer.size), 4);
	cfi_write(&writer, 0x10, 4);
	cfi_write(&writer, 0, 1);
	struct cfi_sections sections = cfi_written(&writer);

	assert_true(cfi_sections_find(&sections, 0x4008, &function));
	assert_int_equal(function.end, 0x4010);
}

static bool lies_in(const struct cfi_sections *sections, const uint8_t *bytes, size_t size)
{
	return bytes >= sections->bytes && bytes <= sections->bytes + sections->size &&
	       size <= (size_t)(sections->bytes + sections->size - bytes);
}

/* Whatever the bytes say: an answer covers what was asked for and lies in the section. */
static void assert_sound(const struct cfi_sections *sections)
{
	static const uint64_t addresses[] = { 0, 0x4000, 0x5080, 0x6010, 0x8000, UINT64_MAX };
	struct cfi_table table;

	cfi_table_init(&table, sections);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		struct cfi_function function;

		if (!cfi_table_find(&table, addresses[i], &function))
			continue;
		assert_true(function.start <= addresses[i] && addresses[i] < function.end);
		assert_true(lies_in(sections, function.program, function.program_size));
		assert_true(
			lies_in(sections, function.initial_program, function.initial_program_size));
	}
	cfi_table_deinit(&table);
}

static void every_truncation_is_survived(void **state)
{
	struct cfi_writer writer = { .format = CFI_EH_FRAME, .address = 0x8000 };

	(void)state;
	write_three(&writer, PC_RELATIVE);
	cfi_write_terminator(&writer);
	for (size_t size = 0; size <= writer.size; size++) {
		/* An allocation of its own, so that a sanitizer sees a read past the end. */
		uint8_t *bytes = malloc(size + 1);
		struct cfi_sections sections = cfi_written(&writer);

		memcpy(bytes, writer.bytes, size);
		sections.bytes = bytes;
		sections.size = size;
		assert_sound(&sections);
		free(bytes);
	}
}

static void every_value_of_every_byte_is_survived(void **state)
{
	struct with_header input;

	(void)state;
	write_with_header(&input);
	struct cfi_sections sections = sections_of(&input);

	for (size_t i = 0; i < input.writer.size + sizeof(input.header); i++) {
		uint8_t *byte = i < input.writer.size ? &input.writer.bytes[i]
						      : &input.header[i - input.writer.size];
		uint8_t good = *byte;

		for (unsigned value = 0; value < 256; value++) {
			*byte = (uint8_t)value;
			assert_sound(&sections);
		}
		*byte = good;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found_without_a_header),
		cmocka_unit_test(debug_frame_is_read_by_section_offsets),
		cmocka_unit_test(a_header_is_searched_instead_of_the_section),
		cmocka_unit_test(a_header_that_is_cut_off_or_lies_is_not_used),
		cmocka_unit_test(a_signal_frame_is_told_by_its_augmentation),
		cmocka_unit_test(an_fde_without_its_cie_is_passed_over),
		cmocka_unit_test(records_with_an_extended_length_are_read),
		cmocka_unit_test(every_truncation_is_survived),
		cmocka_unit_test(every_value_of_every_byte_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
