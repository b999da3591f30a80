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

/* What was asked for is what is there, nearly always: no bit need be looked at. */
static void read_all(const uint8_t *bytes, struct registers *registers)
{
	enum { FIRST_COUNT = 9, SKIPPED_COUNT = 3, NUMBERED = 8 };

	for (unsigned i = 0; i < FIRST_COUNT; i++)
		memcpy(&registers->value[dwarf_numbers[i]], bytes + sizeof(uint64_t) * i,
		       sizeof(uint64_t));
	memcpy(&registers->value[NUMBERED],
	       bytes + sizeof(uint64_t) * (FIRST_COUNT + SKIPPED_COUNT),
	       sizeof(uint64_t) * (REGISTER_IP - NUMBERED));
	registers->known = (1u << REGISTER_COUNT) - 1;
}

static void read_some(const struct user_registers *user, struct registers *registers)
{
	const uint8_t *bytes = user->bytes;

	*registers = (struct registers){ 0 };
	for (uint64_t rest = user->mask; rest; rest &= rest - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(rest);
		uint64_t value;

		memcpy(&value, bytes, sizeof(value));
		bytes += sizeof(value);
		if (bit < sizeof(dwarf_numbers) && dwarf_numbers[bit] >= 0)
			register_set(registers, (unsigned)dwarf_numbers[bit], value);
	}
}

bool arch_read_registers(const struct user_registers *user, struct registers *registers)
{
	if (user->mask == PERF_REGISTER_MASK)
		read_all(user->bytes, registers);
	else
		read_some(user, registers);
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

/*
 * As GNU ld, gold and lld write it, with literals that tell their entries apart:
 *
 *     breg7 8; breg16 0; lit15; and; lit11; ge; lit3; shl; plus
 */
bool arch_linkage_table_cfa(const uint8_t *expression, size_t size, uint64_t pc, int32_t *offset)
{
	enum {
		BREG_SP = 0x77,
		BREG_IP = 0x80,
		LITERAL_0 = 0x30,
		AND = 0x1a,
		GE = 0x2a,
		SHL = 0x24,
		PLUS = 0x22
	};
	static const uint8_t pattern[] = { BREG_SP,   0,  BREG_IP,   0,	  LITERAL_0, AND,
					   LITERAL_0, GE, LITERAL_0, SHL, PLUS };
	uint8_t literals[sizeof(pattern)] = { 0 };

	if (size != sizeof(pattern))
		return false;
	for (size_t i = 0; i < size; i++) {
		literals[i] = expression[i] - pattern[i];
		if (literals[i] > (i == 1 ? 0x3f : pattern[i] == LITERAL_0 ? 0x1f : 0))
			return false;
	}
	*offset = literals[1] + (((pc & literals[4]) >= literals[6]) << literals[8]);
	return true;
}
