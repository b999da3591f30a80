/* SPDX-License-Identifier: MIT */
#include "profiler/arch.h"

#include <string.h>

/* asm/perf_regs.h (Linux 6.1): ax bx cx dx si di bp sp ip flags cs ss, and from bit 16 r8..r15.
 * ds, es, fs and gs cannot be sampled on x86-64. */
#define PERF_REGISTER_MASK 0xff0fffu

#define PERF_ABI_64 2u

static const int8_t dwarf_numbers[24] = {
	0,  3,	2,  1,	4, 5, 6,  7,  16, -1, -1, -1, /* ax bx cx dx si di bp sp ip */
	-1, -1, -1, -1, 8, 9, 10, 11, 12, 13, 14, 15,
};

uint64_t arch_register_mask(void)
{
	return PERF_REGISTER_MASK;
}

bool arch_read_registers(const struct user_registers *user, struct registers *registers)
{
	const uint8_t *bytes = user->bytes;

	*registers = (struct registers){ 0 };
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t value;

		if (!(user->mask >> bit & 1))
			continue;
		memcpy(&value, bytes, sizeof(value));
		bytes += sizeof(value);
		if (bit < sizeof(dwarf_numbers) && dwarf_numbers[bit] >= 0)
			register_set(registers, (unsigned)dwarf_numbers[bit], value);
	}
	return user->abi == PERF_ABI_64 && register_is_known(registers, REGISTER_SP) &&
	       register_is_known(registers, REGISTER_IP);
}

/* struct ucontext, uc_mcontext at 40 (Linux arch/x86/include/uapi/asm/{ucontext,sigcontext}.h):
 * r8..r15 di si bp bx dx ax cx sp ip. The trampoline runs with the stack pointer at it. */
bool arch_read_signal_frame(struct stack_memory *memory, struct registers *registers)
{
	static const uint8_t order[REGISTER_COUNT] = { 8, 9, 10, 11, 12, 13, 14, 15, 5,
						       4, 6, 3,	 1,  0,	 2,  7,	 16 };
	uint64_t address = registers->value[REGISTER_SP] + 40;
	struct registers interrupted = { 0 };

	for (size_t i = 0; i < REGISTER_COUNT; i++) {
		uint64_t value;

		if (!stack_memory_read(memory, address + 8 * i, &value))
			return false;
		register_set(&interrupted, order[i], value);
	}
	*registers = interrupted;
	return true;
}

static bool matches(const uint8_t *bytes, size_t size, const char *pattern, size_t pattern_size)
{
	return size >= pattern_size && memcmp(bytes, pattern, pattern_size) == 0;
}

#define MATCHES(bytes, size, pattern) matches(bytes, size, pattern, sizeof(pattern) - 1)

#define PUSH_RBP		"\x55"
#define MOV_RBP_RSP		"\x48\x89\xe5"
#define MOV_RBP_RSP_ALTERNATIVE "\x48\x8b\xec"
#define ENDBR64			"\xf3\x0f\x1e\xfa"

static bool sets_frame_pointer(const uint8_t *bytes, size_t size)
{
	return MATCHES(bytes, size, MOV_RBP_RSP) || MATCHES(bytes, size, MOV_RBP_RSP_ALTERNATIVE);
}

static bool makes_frame(const uint8_t *bytes, size_t size)
{
	return size > 1 && MATCHES(bytes, size, PUSH_RBP) &&
	       sets_frame_pointer(bytes + 1, size - 1);
}

static bool is_return(const uint8_t *bytes, size_t size)
{
	if (MATCHES(bytes, size, "\xf3") || MATCHES(bytes, size, "\xf2")) {
		bytes++;
		size--;
	}
	return MATCHES(bytes, size, "\xc3") || MATCHES(bytes, size, "\xc2");
}

/*
 * The two kinds of procedure linkage table entries, which linkers other than GNU ld leave without
 * CFI (System V ABI, AMD64 supplement 1.0, figure 5.2):
 *
 *     ff 25 ....     jmp *GOT[n](%rip)        ff 35 ....    push GOT[1](%rip)
 *     68 ....        push $n                  ff 25 ....    jmp *GOT[2](%rip)
 *     e9 ....        jmp  first entry
 */
static bool is_in_linkage_table(const struct code_bytes *code, uint8_t *sp_offset)
{
	const uint8_t *at = code->at, *end = code->before + code->before_size;
	size_t size = code->at_size;
	bool after_index = code->before_size >= 5 && end[-5] == 0x68;
	bool after_push = code->before_size >= 6 && end[-6] == 0xff && end[-5] == 0x35;

	if (MATCHES(at, size, "\xff\x25"))
		*sp_offset = after_push ? 16 : 0;
	else if (MATCHES(at, size, "\x68") && size > 5 && (at[5] == 0xe9 || at[5] == 0xf2))
		*sp_offset = 0;
	else if (MATCHES(at, size, "\xe9") && after_index)
		*sp_offset = 8;
	else if (MATCHES(at, size, "\xff\x35") && size > 7 && at[6] == 0xff && at[7] == 0x25)
		*sp_offset = 8;
	else
		return false;
	return true;
}

/* True if the head of the function holds the instructions that make a frame. */
static bool has_made_frame(const struct code_bytes *code)
{
	for (size_t i = 0; i + 4 <= code->head_size; i++)
		if (makes_frame(code->head + i, code->head_size - i))
			return true;
	return false;
}

enum return_place arch_find_return(const struct code_bytes *code, uint8_t *sp_offset)
{
	const uint8_t *at = code->at;
	size_t size = code->at_size;

	*sp_offset = 0;
	if (is_return(at, size))
		return RETURN_AT_SP;
	if (MATCHES(at, size, ENDBR64)) {
		at += 4;
		size -= 4;
	}
	if (makes_frame(at, size))
		return RETURN_AT_SP;
	if (sets_frame_pointer(at, size) && code->before_size > 0 &&
	    code->before[code->before_size - 1] == 0x55) {
		*sp_offset = 8;
		return RETURN_AT_SP;
	}
	if (is_in_linkage_table(code, sp_offset))
		return RETURN_AT_SP;
	if (!code->has_head || has_made_frame(code))
		return RETURN_BY_FRAME_POINTER;
	return RETURN_MAYBE_AT_SP;
}

/* e8 and a 32-bit distance, or ff /2 with any addressing (Intel SDM volume 2A, CALL). */
bool arch_ends_with_call(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = bytes + size;

	if (size >= 5 && end[-5] == 0xe8)
		return true;
	for (size_t length = 2; length <= 7 && length <= size; length++) {
		const uint8_t *call = end - length;
		unsigned mode, base;
		size_t expected = 2;

		if (call[0] != 0xff || (call[1] >> 3 & 7) != 2)
			continue;
		mode = call[1] >> 6;
		base = call[1] & 7;
		if (mode != 3 && base == 4)
			expected++; /* a SIB byte */
		if (mode == 1)
			expected += 1;
		else if (mode == 2 || (mode == 0 && base == 5) ||
			 (mode == 0 && base == 4 && length > 2 && (call[2] & 7) == 5))
			expected += 4;
		if (expected == length)
			return true;
	}
	return false;
}
