/* SPDX-License-Identifier: MIT */
/*
 * Rows equal to libdw's, over every row of real modules.
 *
 * libdw answers what each row says; cfi_row_find() must say the same in eight bytes, or that it does
 * not fit, and that only where it truly does not.
 */
#include "profiler/cfi_row.h"

#include "profiler/arch.h"
#include "symbolize/elf_file.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { PLACES_IN_LINKAGE_TABLE = 64 };

struct module {
	const char *path;
	struct elf_file *file;
	Dwarf_CFI *oracle;
	struct cfi_table table;
	uint64_t rows, unfit_rows;
};

/* What libdw says of one row, in our words; `fits` is whether eight bytes can hold it. */
struct expected {
	bool fits, is_outermost;
	struct cfi_row row;
};

static struct cfi_sections sections_of(const struct elf_file *file)
{
	struct elf_section frame = { 0 }, header = { 0 };

	assert_true(elf_file_section(file, ".eh_frame", &frame));
	assert_true(elf_file_section(file, ".eh_frame_hdr", &header));
	return (struct cfi_sections){
		.format = CFI_EH_FRAME,
		.bytes = frame.bytes,
		.size = frame.size,
		.address = frame.image_address,
		.header = header.bytes,
		.header_size = header.size,
		.header_address = header.image_address,
	};
}

static bool open_module(struct module *module, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*module = (struct module){ .path = path };
	if (fd < 0)
		return false;
	module->file = elf_file_open(fd, path);
	close(fd);
	if (!module->file)
		return false;
	struct cfi_sections sections = sections_of(module->file);

	cfi_table_init(&module->table, &sections);
	module->oracle = dwarf_getcfi_elf(module->file->elf);
	assert_non_null(module->oracle);
	return true;
}

static void close_module(struct module *module)
{
	dwarf_cfi_end(module->oracle);
	cfi_table_deinit(&module->table);
	elf_file_close(module->file);
}

/* The linker's expression with the pc put in; false for any other. */
static bool evaluate_linkage_table(const Dwarf_Op *ops, size_t count, uint64_t pc, int64_t *offset)
{
	int64_t stack[8];
	size_t depth = 0;

	for (size_t i = 0; i < count && depth < 7; i++) {
		unsigned atom = ops[i].atom;

		if (atom == DW_OP_breg7)
			stack[depth++] = (int64_t)ops[i].number;
		else if (atom == DW_OP_breg16)
			stack[depth++] = (int64_t)(pc + ops[i].number);
		else if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
			stack[depth++] = atom - DW_OP_lit0;
		else if (depth-- < 2)
			return false;
		else if (atom == DW_OP_and)
			stack[depth - 1] &= stack[depth];
		else if (atom == DW_OP_ge)
			stack[depth - 1] = stack[depth - 1] >= stack[depth];
		else if (atom == DW_OP_shl)
			stack[depth - 1] <<= stack[depth];
		else if (atom == DW_OP_plus)
			stack[depth - 1] += stack[depth];
		else
			return false;
	}
	*offset = stack[0];
	return depth == 1 && count > 1 && ops[0].atom == DW_OP_breg7;
}

static bool take_cfa(Dwarf_Frame *frame, uint64_t pc, struct cfi_row *row)
{
	Dwarf_Op *ops;
	size_t count;
	unsigned number;
	int64_t offset;

	assert_int_equal(dwarf_frame_cfa(frame, &ops, &count), 0);
	if (count == 0)
		return false;
	if (count == 1 && ops[0].atom == DW_OP_bregx) {
		number = (unsigned)ops[0].number;
		offset = (int64_t)ops[0].number2;
	} else if (count == 1 && ops[0].atom >= DW_OP_breg0 && ops[0].atom <= DW_OP_breg31) {
		number = ops[0].atom - DW_OP_breg0;
		offset = (int64_t)ops[0].number;
	} else {
		number = REGISTER_SP;
		if (!evaluate_linkage_table(ops, count, pc, &offset))
			return false;
	}
	row->kind = number == REGISTER_FP ? ROW_CFA_FP : ROW_CFA_SP;
	row->cfa_offset = (int32_t)offset;
	return number == REGISTER_FP || number == REGISTER_SP;
}

enum place { PLACE_SAME, PLACE_UNDEFINED, PLACE_AT_CFA, PLACE_OTHER };

static enum place place_of(Dwarf_Frame *frame, int number, int64_t *offset)
{
	Dwarf_Op memory[3], *ops;
	size_t count;

	assert_int_equal(dwarf_frame_register(frame, number, memory, &ops, &count), 0);
	*offset = 0;
	if (count == 0)
		return ops ? PLACE_UNDEFINED : PLACE_SAME;
	if (ops[0].atom != DW_OP_call_frame_cfa || count > 2)
		return PLACE_OTHER;
	if (count == 2 && ops[1].atom != DW_OP_plus_uconst)
		return PLACE_OTHER;
	if (count == 2)
		*offset = (int64_t)ops[1].number;
	return PLACE_AT_CFA;
}

static struct expected expect(Dwarf_Frame *frame, uint64_t pc, bool is_signal)
{
	struct expected expected = { 0 };
	int64_t offset;
	enum place place = place_of(frame, REGISTER_IP, &offset);

	if (is_signal)
		return expected;
	if (place == PLACE_UNDEFINED)
		return (struct expected){ .fits = true, .is_outermost = true };
	if (place != PLACE_AT_CFA || offset != ARCH_RETURN_OFFSET ||
	    !take_cfa(frame, pc, &expected.row))
		return expected;
	place = place_of(frame, REGISTER_SP, &offset);
	if (place != PLACE_SAME && place != PLACE_OTHER) /* libdw's default is "the CFA" */
		return expected;
	place = place_of(frame, REGISTER_FP, &offset);
	expected.row.fp = place == PLACE_AT_CFA	     ? ROW_FP_SAVED
			  : place == PLACE_UNDEFINED ? ROW_FP_UNDEFINED
						     : ROW_FP_SAME;
	expected.row.fp_offset = (int16_t)offset;
	expected.fits = place != PLACE_OTHER && expected.row.fp_offset == offset;
	return expected;
}

static bool is_as_expected(const struct cfi_row *row, const struct expected *expected)
{
	if (!expected->fits)
		return row->kind == ROW_UNFIT;
	if (expected->is_outermost)
		return row->kind == ROW_OUTERMOST;
	return row->kind == expected->row.kind && row->cfa_offset == expected->row.cfa_offset &&
	       row->fp == expected->row.fp &&
	       (row->fp != ROW_FP_SAVED || row->fp_offset == expected->row.fp_offset);
}

static void compare_at(struct module *module, Dwarf_Frame *frame, uint64_t pc, bool is_signal)
{
	struct expected expected = expect(frame, pc, is_signal);
	struct cfi_function function;
	struct cfi_row row;

	assert_true(cfi_table_find(&module->table, pc, &function));
	row = cfi_row_find(&function, pc);
	if (!is_as_expected(&row, &expected))
		fail_msg("%s %#" PRIx64 ": kind %d cfa %d fp %d %d; libdw: fits %d kind %d cfa %d "
			 "fp %d %d",
			 module->path, pc, row.kind, row.cfa_offset, row.fp, row.fp_offset,
			 expected.fits, expected.row.kind, expected.row.cfa_offset, expected.row.fp,
			 expected.row.fp_offset);
	module->rows++;
	module->unfit_rows += row.kind == ROW_UNFIT;
}

/* Rows of linkage tables differ from pc to pc, the others only at their edges. */
static void compare_row(struct module *module, Dwarf_Frame *frame, uint64_t *pc)
{
	Dwarf_Addr start, end;
	bool is_signal;
	Dwarf_Op *ops;
	size_t count;

	assert_true(dwarf_frame_info(frame, &start, &end, &is_signal) >= 0);
	assert_int_equal(dwarf_frame_cfa(frame, &ops, &count), 0);
	assert_true(end > *pc);
	compare_at(module, frame, *pc, is_signal);
	compare_at(module, frame, end - 1, is_signal);
	for (uint64_t at = start; count > 1 && at < end && at < start + PLACES_IN_LINKAGE_TABLE;
	     at++)
		compare_at(module, frame, at, is_signal);
	*pc = end;
}

static void compare_function(struct module *module, uint64_t address)
{
	struct cfi_function function;
	uint64_t pc = address;

	if (!cfi_table_find(&module->table, address, &function))
		return; /* an FDE without a byte of code */
	while (pc < function.end) {
		Dwarf_Frame *frame;

		assert_int_equal(dwarf_cfi_addrframe(module->oracle, pc, &frame), 0);
		compare_row(module, frame, &pc);
		free(frame);
	}
}

static void compare_module(struct module *module)
{
	const struct cfi_table *table = &module->table;

	assert_non_null(table->header_rows);
	for (size_t i = 0; i < table->header_row_count; i++) {
		int32_t offset;

		memcpy(&offset, table->header_rows + 8 * i, sizeof(offset));
		compare_function(module,
				 table->sections.header_address + (uint64_t)(int64_t)offset);
	}
	print_message("%s: %" PRIu64 " rows, %" PRIu64 " do not fit\n", module->path, module->rows,
		      module->unfit_rows);
	assert_true(module->rows > table->header_row_count);
}

static void compare_file(const char *path)
{
	struct module module;

	if (!open_module(&module, path)) {
		print_message("%s is not here\n", path);
		skip();
	}
	compare_module(&module);
	close_module(&module);
}

static void compare_library(const char *name)
{
	void *handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
	struct link_map *map;

	if (!handle) {
		print_message("%s is not here\n", name);
		skip();
	}
	assert_int_equal(dlinfo(handle, RTLD_DI_LINKMAP, &map), 0);
	compare_file(map->l_name);
	dlclose(handle);
}

static void rows_of_the_c_library_equal_libdws(void **state)
{
	(void)state;
	compare_library("libc.so.6");
}

static void rows_of_the_dynamic_linker_equal_libdws(void **state)
{
	(void)state;
	compare_library("ld-linux-x86-64.so.2");
}

static void rows_of_the_cpp_library_equal_libdws(void **state)
{
	(void)state;
	compare_library("libstdc++.so.6");
}

static void rows_of_libcrypto_equal_libdws(void **state)
{
	(void)state;
	compare_library("libcrypto.so.3");
}

static void rows_of_node_equal_libdws(void **state)
{
	(void)state;
	compare_file("/usr/bin/node");
}

static void rows_of_libllvm_equal_libdws(void **state)
{
	static const char *const paths[] = { "/usr/lib/x86_64-linux-gnu/libLLVM-14.so.1",
					     "/usr/lib/x86_64-linux-gnu/libLLVM-15.so.1" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (access(paths[i], R_OK) == 0) {
			compare_file(paths[i]);
			return;
		}
	print_message("libLLVM is not here\n");
	skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_the_c_library_equal_libdws),
		cmocka_unit_test(rows_of_the_dynamic_linker_equal_libdws),
		cmocka_unit_test(rows_of_the_cpp_library_equal_libdws),
		cmocka_unit_test(rows_of_libcrypto_equal_libdws),
		cmocka_unit_test(rows_of_node_equal_libdws),
		cmocka_unit_test(rows_of_libllvm_equal_libdws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
