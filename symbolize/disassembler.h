/* SPDX-License-Identifier: MIT */
/*
 * Code bytes as instructions.
 *
 * You give bytes, the address that they run at, and the machine; you get one instruction after
 * another, as text and as what it does to the flow. It never fails and always gets on: what is no
 * instruction is "(bad)", a byte at a time. It names no address: who knows the symbols does.
 */
#ifndef SYMBOLIZE_DISASSEMBLER_H
#define SYMBOLIZE_DISASSEMBLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disassembler;

enum instruction_kind {
	INSTRUCTION_PLAIN, /* what follows runs next; or a return, an interrupt ... */
	INSTRUCTION_JUMP,
	INSTRUCTION_CALL,
	INSTRUCTION_BAD,
};

enum { INSTRUCTION_TEXT_MAX = 208 };

struct instruction {
	enum instruction_kind kind;
	uint32_t size;
	bool has_target; /* of jumps and calls: it does not come from a register or memory */
	uint64_t target;
	size_t target_at; /* where in `text` the target is, which reaches to its end */
	bool has_data;	  /* of x86-64: an operand lies at a distance from the next instruction */
	uint64_t data;	  /* its address, which `text` does not have */
	char text[INSTRUCTION_TEXT_MAX];
};

/* `machine`: EM_X86_64, EM_386 or EM_AARCH64 of <elf.h>; NULL for any other. x86 is written as AT&T
 * does, or as Intel does. */
struct disassembler *disassembler_create(uint16_t machine, bool is_intel);
void disassembler_destroy(struct disassembler *disassembler);

/* The instruction that `size` > 0 bytes begin with. */
void disassembler_next(struct disassembler *disassembler, const uint8_t *bytes, size_t size,
		       uint64_t address, struct instruction *instruction);

/* The machine that `uname -m` calls this; 0: none of the above. */
uint16_t disassembler_machine(const char *name);

#endif
