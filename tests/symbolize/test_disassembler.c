/* SPDX-License-Identifier: MIT */
/* Instructions from bytes that stand here, with the text that objdump has for them but for suffixes
 * and blanks. */
#include "symbolize/disassembler.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct expected {
	const char *text;
	uint32_t size;
	enum instruction_kind kind;
	uint64_t target, data; /* 0: none */
};

static void expect(uint16_t machine, bool is_intel, const uint8_t *bytes, size_t size,
		   const struct expected *expected)
{
	struct disassembler *disassembler = disassembler_create(machine, is_intel);
	struct instruction instruction;

	assert_non_null(disassembler);
	for (size_t at = 0; at < size; at += instruction.size, expected++) {
		disassembler_next(disassembler, bytes + at, size - at, 0x1000 + at, &instruction);
		assert_non_null(expected->text);
		assert_string_equal(instruction.text, expected->text);
		assert_int_equal(instruction.size, expected->size);
		assert_int_equal(instruction.kind, expected->kind);
		assert_int_equal(instruction.has_target, expected->target != 0);
		if (expected->target)
			assert_int_equal(instruction.target, expected->target);
		assert_int_equal(instruction.has_data, expected->data != 0);
		if (expected->data)
			assert_int_equal(instruction.data, expected->data);
	}
	assert_null(expected->text);
	disassembler_destroy(disassembler);
}

/* clang-format off */
static const uint8_t x86_bytes[] = {
	0xf3, 0x0f, 0x1e, 0xfa,
	0x48, 0x8b, 0x05, 0x10, 0x00, 0x00, 0x00,
	0x8b, 0x44, 0x97, 0x08,
	0xe8, 0x10, 0x00, 0x00, 0x00,
	0x75, 0xea,
	0xf2, 0xe9, 0x10, 0x00, 0x00, 0x00,
	0xff, 0xe0,
	0xff, 0x15, 0x10, 0x20, 0x00, 0x00,
	0xc3,
};
/* clang-format on */

static void x86_reads_as_att_writes_it(void **state)
{
	static const struct expected expected[] = {
		{ "endbr64", 4, INSTRUCTION_PLAIN, 0 },
		{ "movq   0x10(%rip), %rax", 7, INSTRUCTION_PLAIN, 0, 0x101b },
		{ "movl   8(%rdi, %rdx, 4), %eax", 4, INSTRUCTION_PLAIN, 0 },
		{ "callq  0x1024", 5, INSTRUCTION_CALL, 0x1024 },
		{ "jne    0x1000", 2, INSTRUCTION_JUMP, 0x1000 },
		{ "bnd jmp 0x102c", 6, INSTRUCTION_JUMP, 0x102c },
		{ "jmpq   *%rax", 2, INSTRUCTION_JUMP, 0 },
		{ "callq  *0x2010(%rip)", 6, INSTRUCTION_CALL, 0, 0x3034 },
		{ "retq", 1, INSTRUCTION_PLAIN, 0 },
		{ NULL },
	};

	(void)state;
	expect(EM_X86_64, false, x86_bytes, sizeof(x86_bytes), expected);
}

static void x86_reads_as_intel_writes_it(void **state)
{
	static const struct expected expected[] = {
		{ "endbr64", 4, INSTRUCTION_PLAIN, 0 },
		{ "mov    rax, qword ptr [rip + 0x10]", 7, INSTRUCTION_PLAIN, 0, 0x101b },
		{ "mov    eax, dword ptr [rdi + rdx*4 + 8]", 4, INSTRUCTION_PLAIN, 0 },
		{ "call   0x1024", 5, INSTRUCTION_CALL, 0x1024 },
		{ "jne    0x1000", 2, INSTRUCTION_JUMP, 0x1000 },
		{ "bnd jmp 0x102c", 6, INSTRUCTION_JUMP, 0x102c },
		{ "jmp    rax", 2, INSTRUCTION_JUMP, 0 },
		{ "call   qword ptr [rip + 0x2010]", 6, INSTRUCTION_CALL, 0, 0x3034 },
		{ "ret", 1, INSTRUCTION_PLAIN, 0 },
		{ NULL },
	};

	(void)state;
	expect(EM_X86_64, true, x86_bytes, sizeof(x86_bytes), expected);
}

static void data_behind_an_immediate_is_counted_from_the_next_instruction(void **state)
{
	static const uint8_t bytes[] = {
		0xc7, 0x05, 0xf6, 0xff, 0xff, 0xff, 0x07, 0x00, 0x00, 0x00, /* movl $7,-10(%rip) */
		0x48, 0x8d, 0x3d, 0x00, 0x01, 0x00, 0x00,		    /* lea 0x100(%rip) */
		0x64, 0x8b, 0x05, 0x10, 0x00, 0x00, 0x00,		    /* mov %fs:16(%rip) */
	};
	static const struct expected expected[] = {
		{ "movl   $7, -0xa(%rip)", 10, INSTRUCTION_PLAIN, 0, 0x1000 },
		{ "leaq   0x100(%rip), %rdi", 7, INSTRUCTION_PLAIN, 0, 0x1111 },
		{ "movl   %fs:0x10(%rip), %eax", 7, INSTRUCTION_PLAIN, 0 },
		{ NULL },
	};

	(void)state;
	expect(EM_X86_64, false, bytes, sizeof(bytes), expected);
}

static void the_same_bytes_are_other_instructions_of_another_machine(void **state)
{
	static const uint8_t bytes[] = { 0x48, 0xeb, 0xfd };
	static const struct expected in_32_bits[] = {
		{ "decl   %eax", 1, INSTRUCTION_PLAIN, 0 },
		{ "jmp    0x1000", 2, INSTRUCTION_JUMP, 0x1000 },
		{ NULL },
	};
	static const uint8_t arm[] = {
		0x04, 0x00, 0x00, 0x94, /* bl */
		0x41, 0x00, 0x00, 0x54, /* b.ne */
		0x40, 0x00, 0x18, 0x36, /* tbz */
		0x00, 0x00, 0x3f, 0xd6, /* blr */
		0xc0, 0x03, 0x5f, 0xd6, /* ret */
	};
	static const struct expected on_arm[] = {
		{ "bl     #0x1010", 4, INSTRUCTION_CALL, 0x1010 },
		{ "b.ne   #0x100c", 4, INSTRUCTION_JUMP, 0x100c },
		{ "tbz    w0, #3, #0x1010", 4, INSTRUCTION_JUMP, 0x1010 },
		{ "blr    x0", 4, INSTRUCTION_CALL, 0 },
		{ "ret", 4, INSTRUCTION_PLAIN, 0 },
		{ NULL },
	};

	(void)state;
	expect(EM_386, false, bytes, sizeof(bytes), in_32_bits);
	expect(EM_AARCH64, false, arm, sizeof(arm), on_arm);
}

static void what_is_no_instruction_is_bad_a_byte_at_a_time(void **state)
{
	static const uint8_t bytes[] = { 0x06, 0xff, 0xff, 0xc3, 0xe8, 0x10 };
	static const struct expected expected[] = {
		{ "(bad)", 1, INSTRUCTION_BAD, 0 }, /* push %es, which 64 bits have not */
		{ "(bad)", 1, INSTRUCTION_BAD, 0 }, { "incl   %ebx", 2, INSTRUCTION_PLAIN, 0 },
		{ "(bad)", 1, INSTRUCTION_BAD, 0 }, /* a call that was cut off */
		{ "(bad)", 1, INSTRUCTION_BAD, 0 }, { NULL },
	};

	(void)state;
	expect(EM_X86_64, false, bytes, sizeof(bytes), expected);
}

static void any_bytes_come_to_an_end(void **state)
{
	static const uint16_t machines[] = { EM_X86_64, EM_386, EM_AARCH64 };
	uint32_t seed = 1;
	uint8_t bytes[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		seed = seed * 1664525u + 1013904223u;
		bytes[i] = (uint8_t)(seed >> 24);
	}
	for (size_t m = 0; m < sizeof(machines) / sizeof(*machines); m++) {
		struct disassembler *disassembler = disassembler_create(machines[m], false);
		struct instruction instruction;

		for (size_t at = 0; at < sizeof(bytes); at += instruction.size) {
			disassembler_next(disassembler, bytes + at, sizeof(bytes) - at, at,
					  &instruction);
			assert_in_range(instruction.size, 1, sizeof(bytes) - at);
			assert_true(instruction.target_at <= strlen(instruction.text));
		}
		disassembler_destroy(disassembler);
	}
}

static void machines_are_known_by_the_name_that_a_recording_has(void **state)
{
	(void)state;
	assert_int_equal(disassembler_machine("x86_64"), EM_X86_64);
	assert_int_equal(disassembler_machine("aarch64"), EM_AARCH64);
	assert_int_equal(disassembler_machine("riscv64"), 0);
	assert_null(disassembler_create(0, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x86_reads_as_att_writes_it),
		cmocka_unit_test(x86_reads_as_intel_writes_it),
		cmocka_unit_test(data_behind_an_immediate_is_counted_from_the_next_instruction),
		cmocka_unit_test(the_same_bytes_are_other_instructions_of_another_machine),
		cmocka_unit_test(what_is_no_instruction_is_bad_a_byte_at_a_time),
		cmocka_unit_test(any_bytes_come_to_an_end),
		cmocka_unit_test(machines_are_known_by_the_name_that_a_recording_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
