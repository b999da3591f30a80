/* SPDX-License-Identifier: MIT */
#include "symbolize/disassembler.h"

#include "jitdump/xalloc.h"

#include <capstone/capstone.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct disassembler {
	csh handle;
	cs_insn *decoded;
	uint16_t machine;
};

static bool open_machine(csh *handle, uint16_t machine)
{
	switch (machine) {
	case EM_X86_64:
		return cs_open(CS_ARCH_X86, CS_MODE_64, handle) == CS_ERR_OK;
	case EM_386:
		return cs_open(CS_ARCH_X86, CS_MODE_32, handle) == CS_ERR_OK;
	case EM_AARCH64:
		return cs_open(CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, handle) == CS_ERR_OK;
	default:
		return false;
	}
}

struct disassembler *disassembler_create(uint16_t machine, bool is_intel)
{
	struct disassembler *disassembler;
	csh handle;

	if (!open_machine(&handle, machine))
		return NULL;
	cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
	if (machine != EM_AARCH64)
		cs_option(handle, CS_OPT_SYNTAX,
			  is_intel ? CS_OPT_SYNTAX_INTEL : CS_OPT_SYNTAX_ATT);
	disassembler = xcalloc(1, sizeof(*disassembler));
	disassembler->handle = handle;
	disassembler->decoded = cs_malloc(handle);
	disassembler->machine = machine;
	return disassembler;
}

void disassembler_destroy(struct disassembler *disassembler)
{
	if (!disassembler)
		return;
	cs_free(disassembler->decoded, 1);
	cs_close(&disassembler->handle);
	free(disassembler);
}

/* Branches have their target as the last operand, on all of these machines. */
static bool find_target(const struct disassembler *disassembler, uint64_t *target)
{
	const cs_detail *detail = disassembler->decoded->detail;

	if (disassembler->machine == EM_AARCH64) {
		const cs_arm64 *arm64 = &detail->arm64;
		size_t last = arm64->op_count ? arm64->op_count - 1 : 0;

		*target = (uint64_t)arm64->operands[last].imm;
		return arm64->op_count && arm64->operands[last].type == ARM64_OP_IMM;
	}
	const cs_x86 *x86 = &detail->x86;
	size_t last = x86->op_count ? x86->op_count - 1 : 0;

	*target = (uint64_t)x86->operands[last].imm;
	return x86->op_count && x86->operands[last].type == X86_OP_IMM;
}

static bool find_data(const struct disassembler *disassembler, uint64_t *data)
{
	const cs_insn *decoded = disassembler->decoded;
	const cs_x86 *x86 = &decoded->detail->x86;

	if (disassembler->machine != EM_X86_64)
		return false;
	for (size_t i = 0; i < x86->op_count; i++) {
		const x86_op_mem *memory = &x86->operands[i].mem;

		if (x86->operands[i].type != X86_OP_MEM || memory->base != X86_REG_RIP ||
		    memory->segment != X86_REG_INVALID)
			continue;
		*data = decoded->address + decoded->size + (uint64_t)memory->disp;
		return true;
	}
	return false;
}

static enum instruction_kind kind_of(const struct disassembler *disassembler)
{
	const cs_insn *decoded = disassembler->decoded;

	if (cs_insn_group(disassembler->handle, decoded, CS_GRP_CALL))
		return INSTRUCTION_CALL;
	/* Which capstone 4 has for jumps. */
	if (disassembler->machine == EM_AARCH64 &&
	    (decoded->id == ARM64_INS_BL || decoded->id == ARM64_INS_BLR))
		return INSTRUCTION_CALL;
	if (cs_insn_group(disassembler->handle, decoded, CS_GRP_JUMP) ||
	    cs_insn_group(disassembler->handle, decoded, CS_GRP_BRANCH_RELATIVE))
		return INSTRUCTION_JUMP;
	return INSTRUCTION_PLAIN;
}

static void write_text(struct instruction *instruction, const cs_insn *decoded)
{
	const char *last;

	if (!*decoded->op_str)
		snprintf(instruction->text, sizeof(instruction->text), "%s", decoded->mnemonic);
	else
		snprintf(instruction->text, sizeof(instruction->text), "%-6s %s", decoded->mnemonic,
			 decoded->op_str);
	last = strrchr(instruction->text, ' ');
	instruction->target_at = last ? (size_t)(last + 1 - instruction->text) : 0;
}

void disassembler_next(struct disassembler *disassembler, const uint8_t *bytes, size_t size,
		       uint64_t address, struct instruction *instruction)
{
	*instruction = (struct instruction){
		.kind = INSTRUCTION_BAD,
		.size = 1,
		.text = "(bad)",
	};
	if (!cs_disasm_iter(disassembler->handle, &bytes, &size, &address, disassembler->decoded))
		return;
	instruction->kind = kind_of(disassembler);
	instruction->size = disassembler->decoded->size;
	write_text(instruction, disassembler->decoded);
	if (instruction->kind != INSTRUCTION_PLAIN)
		instruction->has_target = find_target(disassembler, &instruction->target);
	instruction->has_data = find_data(disassembler, &instruction->data);
}

uint16_t disassembler_machine(const char *name)
{
	static const struct {
		const char *name;
		uint16_t machine;
	} machines[] = {
		{ "x86_64", EM_X86_64 }, { "i386", EM_386 }, { "i586", EM_386 },
		{ "i686", EM_386 },	 { "x86", EM_386 },  { "aarch64", EM_AARCH64 },
		{ "arm64", EM_AARCH64 },
	};

	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		if (!strcmp(machines[i].name, name))
			return machines[i].machine;
	}
	return 0;
}
