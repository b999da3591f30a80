/* SPDX-License-Identifier: MIT */
/*
 * What a debugger reads out of the built tables: libdw's words, so that no mistake of ours can
 * cancel itself out. A row is written "rsp+16 rbp@-16 ra@-8": the CFA, then every register that
 * does not hold its caller's value.
 */
#include "jitdump/libjitdump.h"

#include <dwarf.h>
#include <elf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <inttypes.h>
#include <libelf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The table as perf lays it out: an ELF image whose code starts at `address`. */
struct image {
	uint8_t *bytes;
	Elf *elf;
	Dwarf_CFI *cfi;
	uint64_t address;
	enum jitdump_cpu cpu;
};

static void image_open(struct image *image, enum jitdump_cpu cpu, uint64_t address,
		       uint64_t code_size, const struct jitdump_eh_frame *table)
{
	const uint64_t headers_size = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
	const uint64_t table_offset = headers_size + ((code_size + 7) & ~UINT64_C(7));
	const uint64_t hdr_offset = table_offset + table->size - table->hdr_size;
	const Elf64_Ehdr header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = (uint16_t)cpu,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 2,
	};
	const Elf64_Phdr segments[] = {
		{ .p_type = PT_LOAD,
		  .p_offset = headers_size,
		  .p_vaddr = address,
		  .p_filesz = table_offset + table->size - headers_size,
		  .p_memsz = table_offset + table->size - headers_size },
		{ .p_type = PT_GNU_EH_FRAME,
		  .p_offset = hdr_offset,
		  .p_vaddr = address + hdr_offset - headers_size,
		  .p_filesz = table->hdr_size,
		  .p_memsz = table->hdr_size },
	};

	*image = (struct image){ .address = address, .cpu = cpu };
	image->bytes = calloc(1, table_offset + table->size);
	memcpy(image->bytes, &header, sizeof(header));
	memcpy(image->bytes + sizeof(header), segments, sizeof(segments));
	memcpy(image->bytes + table_offset, table->bytes, table->size);
	elf_version(EV_CURRENT);
	image->elf = elf_memory((char *)image->bytes, table_offset + table->size);
	assert_non_null(image->elf);
	image->cfi = dwarf_getcfi_elf(image->elf);
	assert_non_null(image->cfi);
}

static void image_close(struct image *image)
{
	dwarf_cfi_end(image->cfi);
	elf_end(image->elf);
	free(image->bytes);
}

static const char *register_name(enum jitdump_cpu cpu, unsigned reg, char *text, size_t size)
{
	static const char *const x86_64_names[] = { "rax", "rdx", "rcx", "rbx", "rsi", "rdi",
						    "rbp", "rsp", "r8",	 "r9",	"r10", "r11",
						    "r12", "r13", "r14", "r15", "ra" };

	if (cpu == JITDUMP_CPU_X86_64 && reg < COUNT(x86_64_names))
		return x86_64_names[reg];
	if (cpu == JITDUMP_CPU_AARCH64 && reg == JITDUMP_AARCH64_SP)
		return "sp";
	snprintf(text, size, "%c%u", reg < 64 ? 'x' : 'v', reg < 64 ? reg : reg - 64);
	return text;
}

static void append_cfa(const struct image *image, Dwarf_Frame *frame, char *text, size_t size)
{
	Dwarf_Op *ops;
	size_t count;
	char name[16];
	unsigned reg;
	int64_t offset;

	assert_int_equal(dwarf_frame_cfa(frame, &ops, &count), 0);
	assert_int_equal(count, 1);
	if (ops[0].atom == DW_OP_bregx) {
		reg = (unsigned)ops[0].number;
		offset = (int64_t)ops[0].number2;
	} else {
		assert_in_range(ops[0].atom, DW_OP_breg0, DW_OP_breg31);
		reg = ops[0].atom - DW_OP_breg0;
		offset = (int64_t)ops[0].number;
	}
	snprintf(text, size, "%s+%" PRId64, register_name(image->cpu, reg, name, sizeof(name)),
		 offset);
}

static void append_register(const struct image *image, Dwarf_Frame *frame, unsigned reg, char *text,
			    size_t size)
{
	Dwarf_Op memory[3];
	Dwarf_Op *ops;
	size_t count;
	char name[16];
	const char *shown = register_name(image->cpu, reg, name, sizeof(name));

	assert_int_equal(dwarf_frame_register(frame, (int)reg, memory, &ops, &count), 0);
	if (count == 0 && ops == NULL)
		return; /* the caller's value */
	if (count == 0) {
		snprintf(text, size, " %s?", shown);
		return;
	}
	assert_int_equal(ops[0].atom, DW_OP_call_frame_cfa);
	assert_int_equal(count, 2);
	assert_int_equal(ops[1].atom, DW_OP_plus_uconst);
	snprintf(text, size, " %s@%" PRId64, shown, (int64_t)ops[1].number);
}

/* Only registers that libdw 0.188 takes for preserved by calls (it counts rbx out by mistake): of
 * the others it says that they are lost, whatever the table holds. */
static void describe_row(const struct image *image, uint64_t code_offset, char *text, size_t size)
{
	static const unsigned x86_64_registers[] = { JITDUMP_X86_64_RBP, JITDUMP_X86_64_R14,
						     JITDUMP_X86_64_R15,
						     JITDUMP_X86_64_RETURN_ADDRESS };
	static const unsigned aarch64_registers[] = { JITDUMP_AARCH64_X19, JITDUMP_AARCH64_FP,
						      JITDUMP_AARCH64_LR, 72 };
	const bool is_x86_64 = image->cpu == JITDUMP_CPU_X86_64;
	const unsigned *registers = is_x86_64 ? x86_64_registers : aarch64_registers;
	const size_t count = is_x86_64 ? COUNT(x86_64_registers) : COUNT(aarch64_registers);
	Dwarf_Frame *frame;

	if (dwarf_cfi_addrframe(image->cfi, image->address + code_offset, &frame) != 0) {
		snprintf(text, size, "none");
		return;
	}
	append_cfa(image, frame, text, size);
	for (size_t i = 0; i < count; i++)
		append_register(image, frame, registers[i], text + strlen(text),
				size - strlen(text));
	free(frame);
}

static void expect_row(const struct image *image, uint64_t code_offset, const char *expected)
{
	char text[256];

	describe_row(image, code_offset, text, sizeof(text));
	if (strcmp(text, expected) != 0)
		fail_msg("at +%" PRIu64 ": \"%s\", expected \"%s\"", code_offset, text, expected);
}

static void build(struct image *image, enum jitdump_cpu cpu, uint64_t code_size,
		  const struct jitdump_cfi_step *steps, size_t count)
{
	struct jitdump_eh_frame table;

	assert_int_equal(jitdump_eh_frame_build(cpu, code_size, steps, count, &table), 0);
	image_open(image, cpu, 0x7f1234567000, code_size, &table);
	jitdump_eh_frame_free(&table);
}

static void before_the_first_step_the_call_convention_holds(void **state)
{
	struct image image;

	(void)state;
	build(&image, JITDUMP_CPU_X86_64, 4, NULL, 0);
	expect_row(&image, 0, "rsp+8 ra@-8");
	image_close(&image);
	build(&image, JITDUMP_CPU_AARCH64, 4, NULL, 0);
	expect_row(&image, 0, "sp+0");
	image_close(&image);
}

static void the_table_covers_the_code_and_no_byte_more(void **state)
{
	struct image image;

	(void)state;
	for (uint64_t code_size = 1; code_size <= 17; code_size++) {
		build(&image, JITDUMP_CPU_X86_64, code_size, NULL, 0);
		expect_row(&image, 0, "rsp+8 ra@-8");
		expect_row(&image, code_size - 1, "rsp+8 ra@-8");
		expect_row(&image, code_size, "none");
		expect_row(&image, UINT64_MAX, "none"); /* one byte before */
		image_close(&image);
	}
}

static void one_table_serves_any_address(void **state)
{
	const uint64_t addresses[] = { 0x1000, 0x7fffffff0000, 0xffffffff80000000 };
	struct jitdump_eh_frame table;
	struct image image;

	(void)state;
	assert_int_equal(jitdump_eh_frame_build(JITDUMP_CPU_X86_64, 5, NULL, 0, &table), 0);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		image_open(&image, JITDUMP_CPU_X86_64, addresses[i], 5, &table);
		expect_row(&image, 4, "rsp+8 ra@-8");
		expect_row(&image, 5, "none");
		image_close(&image);
	}
	jitdump_eh_frame_free(&table);
}

static void a_step_holds_from_its_instruction_on(void **state)
{
	const struct jitdump_cfi_step steps[] = {
		{ 1, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 16 },
		{ 1, JITDUMP_CFI_SAVED, JITDUMP_X86_64_R14, -16 },
		{ 5, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 200 },
		{ 5, JITDUMP_CFI_SAVED, JITDUMP_X86_64_R15, -24 },
		{ 9, JITDUMP_CFI_DEF_CFA_REGISTER, JITDUMP_X86_64_R12, 0 },
		{ 11, JITDUMP_CFI_RESTORED, JITDUMP_X86_64_R14, 0 },
		{ 12, JITDUMP_CFI_SAME, JITDUMP_X86_64_R15, 0 },
		{ 13, JITDUMP_CFI_DEF_CFA, JITDUMP_X86_64_RSP, 8 },
		{ 14, JITDUMP_CFI_UNDEFINED, JITDUMP_X86_64_RETURN_ADDRESS, 0 },
	};
	struct image image;

	(void)state;
	build(&image, JITDUMP_CPU_X86_64, 15, steps, COUNT(steps));
	expect_row(&image, 0, "rsp+8 ra@-8");
	expect_row(&image, 1, "rsp+16 r14@-16 ra@-8");
	expect_row(&image, 4, "rsp+16 r14@-16 ra@-8");
	expect_row(&image, 5, "rsp+200 r14@-16 r15@-24 ra@-8");
	expect_row(&image, 9, "r12+200 r14@-16 r15@-24 ra@-8");
	expect_row(&image, 11, "r12+200 r15@-24 ra@-8");
	expect_row(&image, 12, "r12+200 ra@-8");
	expect_row(&image, 13, "rsp+8 ra@-8");
	expect_row(&image, 14, "rsp+8 ra?");
	image_close(&image);
}

static void states_nest(void **state)
{
	const struct jitdump_cfi_step steps[] = {
		{ 1, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 16 },
		{ 2, JITDUMP_CFI_REMEMBER, 0, 0 },
		{ 2, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 32 },
		{ 3, JITDUMP_CFI_REMEMBER, 0, 0 },
		{ 3, JITDUMP_CFI_DEF_CFA, JITDUMP_X86_64_RBP, 48 },
		{ 3, JITDUMP_CFI_SAVED, JITDUMP_X86_64_RBP, -48 },
		{ 4, JITDUMP_CFI_RESTORE_STATE, 0, 0 },
		{ 5, JITDUMP_CFI_RESTORE_STATE, 0, 0 },
	};
	struct image image;

	(void)state;
	build(&image, JITDUMP_CPU_X86_64, 6, steps, COUNT(steps));
	expect_row(&image, 2, "rsp+32 ra@-8");
	expect_row(&image, 3, "rbp+48 rbp@-48 ra@-8");
	expect_row(&image, 4, "rsp+32 ra@-8");
	expect_row(&image, 5, "rsp+16 ra@-8");
	image_close(&image);
}

/* The distances at which one more byte, or another opcode, is needed. */
static void steps_may_lie_any_distance_apart(void **state)
{
	const uint64_t distances[] = { 1,   62,	 63,	64,    65,    127,   128,    254,      255,
				       256, 257, 65534, 65535, 65536, 65537, 100000, 0x1000000 };
	struct image image;

	(void)state;
	for (size_t i = 0; i < COUNT(distances); i++) {
		const uint64_t distance = distances[i];
		const struct jitdump_cfi_step steps[] = {
			{ distance, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 16 },
			{ 2 * distance, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 24 },
		};

		build(&image, JITDUMP_CPU_X86_64, 2 * distance + 1, steps, 2);
		expect_row(&image, distance - 1, "rsp+8 ra@-8");
		expect_row(&image, distance, "rsp+16 ra@-8");
		expect_row(&image, 2 * distance - 1, "rsp+16 ra@-8");
		expect_row(&image, 2 * distance, "rsp+24 ra@-8");
		image_close(&image);
	}
}

static void aarch64_steps_count_in_instructions(void **state)
{
	const struct jitdump_cfi_step steps[] = {
		{ 4, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 96 },
		{ 4, JITDUMP_CFI_SAVED, JITDUMP_AARCH64_LR, -8 },
		{ 8, JITDUMP_CFI_SAVED, 72, -80 }, /* d8 */
		{ 8 + 4 * 63, JITDUMP_CFI_RESTORED, 72, 0 },
		{ 8 + 4 * 63 + 4 * 64, JITDUMP_CFI_DEF_CFA, JITDUMP_AARCH64_FP, 16 },
	};
	struct image image;

	(void)state;
	build(&image, JITDUMP_CPU_AARCH64, 600, steps, COUNT(steps));
	expect_row(&image, 0, "sp+0");
	expect_row(&image, 4, "sp+96 x30@-8");
	expect_row(&image, 8, "sp+96 x30@-8 v8@-80");
	expect_row(&image, 8 + 4 * 63 - 1, "sp+96 x30@-8 v8@-80");
	expect_row(&image, 8 + 4 * 63, "sp+96 x30@-8");
	expect_row(&image, 8 + 4 * 127, "x29+16 x30@-8");
	image_close(&image);
}

static void the_standard_x86_64_frame(void **state)
{
	struct jitdump_eh_frame table;
	struct image image;

	/* endbr64; push rbp; mov rbp, rsp; ... pop rbp ends at 20; ret; more; */
	(void)state;
	assert_int_equal(jitdump_eh_frame_build_standard(JITDUMP_CPU_X86_64, 30, 4, 20, &table), 0);
	image_open(&image, JITDUMP_CPU_X86_64, 0x1000, 30, &table);
	expect_row(&image, 4, "rsp+8 ra@-8");
	expect_row(&image, 5, "rsp+16 rbp@-16 ra@-8");
	expect_row(&image, 8, "rbp+16 rbp@-16 ra@-8");
	expect_row(&image, 19, "rbp+16 rbp@-16 ra@-8");
	expect_row(&image, 20, "rsp+8 ra@-8");
	expect_row(&image, 21, "rbp+16 rbp@-16 ra@-8");
	image_close(&image);
	jitdump_eh_frame_free(&table);
}

static void the_standard_aarch64_frame(void **state)
{
	struct jitdump_eh_frame table;
	struct image image;

	(void)state;
	assert_int_equal(jitdump_eh_frame_build_standard(JITDUMP_CPU_AARCH64, 28, 0, 20, &table),
			 0);
	image_open(&image, JITDUMP_CPU_AARCH64, 0x1000, 28, &table);
	expect_row(&image, 0, "sp+0");
	expect_row(&image, 4, "sp+16 x29@-16 x30@-8");
	expect_row(&image, 8, "x29+16 x29@-16 x30@-8");
	expect_row(&image, 20, "sp+0");
	expect_row(&image, 24, "x29+16 x29@-16 x30@-8");
	image_close(&image);
	jitdump_eh_frame_free(&table);
}

static void a_standard_frame_may_end_with_its_ret_or_have_none(void **state)
{
	struct jitdump_eh_frame table;
	struct image image;

	(void)state;
	assert_int_equal(jitdump_eh_frame_build_standard(JITDUMP_CPU_X86_64, 6, 0, 5, &table), 0);
	image_open(&image, JITDUMP_CPU_X86_64, 0x1000, 6, &table);
	expect_row(&image, 5, "rsp+8 ra@-8");
	image_close(&image);
	jitdump_eh_frame_free(&table);

	assert_int_equal(jitdump_eh_frame_build_standard(JITDUMP_CPU_X86_64, 6, 0, 0, &table), 0);
	image_open(&image, JITDUMP_CPU_X86_64, 0x1000, 6, &table);
	expect_row(&image, 5, "rbp+16 rbp@-16 ra@-8");
	image_close(&image);
	jitdump_eh_frame_free(&table);
}

static void impossible_standard_frames_are_refused(void **state)
{
	const uint64_t bad[][3] = { { 0, 0, 0 }, { 4, 0, 0 }, { 6, 6, 0 },
				    { 6, 0, 6 }, { 6, 0, 3 }, { UINT64_MAX, UINT64_MAX - 1, 0 },
				    { 6, 3, 0 } };
	struct jitdump_eh_frame table;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(jitdump_eh_frame_build_standard(JITDUMP_CPU_X86_64, bad[i][0],
								 bad[i][1], bad[i][2], &table),
				 -EINVAL);
		assert_null(table.bytes);
	}
}

static void bad_steps_are_refused(void **state)
{
	const struct jitdump_cfi_step bad[][2] = {
		{ { 4, JITDUMP_CFI_REMEMBER, 0, 0 }, { 3, JITDUMP_CFI_REMEMBER, 0, 0 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 8, JITDUMP_CFI_REMEMBER, 0, 0 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 1, (enum jitdump_cfi_op)9, 0, 0 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 1, JITDUMP_CFI_SAVED, 33, -16 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 1, JITDUMP_CFI_DEF_CFA, 16, 16 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 1, JITDUMP_CFI_DEF_CFA_REGISTER, 17, 0 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 1, JITDUMP_CFI_DEF_CFA, 7, -8 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 1, JITDUMP_CFI_DEF_CFA_OFFSET, 0, -8 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 1, JITDUMP_CFI_SAVED, 6, -12 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 1, JITDUMP_CFI_SAVED, 6, 0 } },
		{ { 0, JITDUMP_CFI_REMEMBER, 0, 0 }, { 1, JITDUMP_CFI_SAVED, 6, 8 } },
		{ { 0, JITDUMP_CFI_SAME, 6, 0 }, { 1, JITDUMP_CFI_RESTORE_STATE, 0, 0 } },
	};
	const struct jitdump_cfi_step unaligned = { 2, JITDUMP_CFI_DEF_CFA_OFFSET, 0, 16 };
	struct jitdump_eh_frame table;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(jitdump_eh_frame_build(JITDUMP_CPU_X86_64, 8, bad[i], 2, &table),
				 -EINVAL);
		assert_null(table.bytes);
	}
	assert_int_equal(jitdump_eh_frame_build(JITDUMP_CPU_AARCH64, 8, &unaligned, 1, &table),
			 -EINVAL);
	assert_int_equal(jitdump_eh_frame_build(JITDUMP_CPU_X86_64, 8, NULL, 1, &table), -EINVAL);
	assert_int_equal(jitdump_eh_frame_build(JITDUMP_CPU_X86_64, 0, NULL, 0, &table), -EINVAL);
	assert_int_equal(
		jitdump_eh_frame_build(JITDUMP_CPU_X86_64, UINT64_C(1) << 31, NULL, 0, &table),
		-EINVAL);
	assert_int_equal(jitdump_eh_frame_build((enum jitdump_cpu)3, 8, NULL, 0, &table), -EINVAL);
}

static void the_native_cpu_is_this_one(void **state)
{
	struct jitdump_eh_frame native;
	struct jitdump_eh_frame named;
#if defined(__x86_64__)
	const enum jitdump_cpu cpu = JITDUMP_CPU_X86_64;
#else
	const enum jitdump_cpu cpu = JITDUMP_CPU_AARCH64;
#endif

	(void)state;
	assert_int_equal(jitdump_eh_frame_build(JITDUMP_CPU_NATIVE, 8, NULL, 0, &native), 0);
	assert_int_equal(jitdump_eh_frame_build(cpu, 8, NULL, 0, &named), 0);
	assert_int_equal(native.size, named.size);
	assert_memory_equal(native.bytes, named.bytes, named.size);
	jitdump_eh_frame_free(&native);
	jitdump_eh_frame_free(&named);
}

static void freeing_nothing_is_allowed(void **state)
{
	struct jitdump_eh_frame table = { 0 };

	(void)state;
	jitdump_eh_frame_free(NULL);
	jitdump_eh_frame_free(&table);
	assert_int_equal(jitdump_eh_frame_build(JITDUMP_CPU_X86_64, 8, NULL, 0, &table), 0);
	jitdump_eh_frame_free(&table);
	assert_null(table.bytes);
	jitdump_eh_frame_free(&table);
}

/* A made-up prologue of pushes and an allocation, checked at every byte against its description. */
static void every_byte_of_many_prologues_reads_back(void **state)
{
	uint32_t random = 12345;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct jitdump_cfi_step steps[16];
		char expected[600][32];
		uint64_t offset = 0;
		int64_t cfa_offset = 8;
		size_t count = 0;
		struct image image;

		while (count < COUNT(steps)) {
			uint64_t next;

			random = random * 1103515245 + 12345;
			next = offset + 1 + (random >> 16) % (round % 2 == 0 ? 7 : 34);
			for (; offset < next; offset++)
				snprintf(expected[offset], sizeof(expected[offset]),
					 "rsp+%" PRId64 " ra@-8", cfa_offset);
			cfa_offset = 8 + 8 * (int64_t)((random >> 20) % 1000);
			steps[count++] =
				(struct jitdump_cfi_step){ offset, JITDUMP_CFI_DEF_CFA_OFFSET, 0,
							   cfa_offset };
		}
		snprintf(expected[offset], sizeof(expected[offset]), "rsp+%" PRId64 " ra@-8",
			 cfa_offset);
		build(&image, JITDUMP_CPU_X86_64, offset + 1, steps, count);
		for (uint64_t i = 0; i <= offset; i++)
			expect_row(&image, i, expected[i]);
		image_close(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_first_step_the_call_convention_holds),
		cmocka_unit_test(the_table_covers_the_code_and_no_byte_more),
		cmocka_unit_test(one_table_serves_any_address),
		cmocka_unit_test(a_step_holds_from_its_instruction_on),
		cmocka_unit_test(states_nest),
		cmocka_unit_test(steps_may_lie_any_distance_apart),
		cmocka_unit_test(aarch64_steps_count_in_instructions),
		cmocka_unit_test(the_standard_x86_64_frame),
		cmocka_unit_test(the_standard_aarch64_frame),
		cmocka_unit_test(a_standard_frame_may_end_with_its_ret_or_have_none),
		cmocka_unit_test(impossible_standard_frames_are_refused),
		cmocka_unit_test(bad_steps_are_refused),
		cmocka_unit_test(the_native_cpu_is_this_one),
		cmocka_unit_test(freeing_nothing_is_allowed),
		cmocka_unit_test(every_byte_of_many_prologues_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
