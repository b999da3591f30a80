/* SPDX-License-Identifier: MIT */
/*
 * Assembles an .eh_frame and its .eh_frame_hdr for one function.
 *
 * Formats: DWARF 5 section 6.4, LSB 5.0 chapter 10.6. The tables lie where perf (6.1,
 * util/genelf.c) puts them, and hold only distances, so that they fit any address:
 *
 *     code            code_address
 *     .eh_frame       code_address + code_size, rounded up to 8      CIE, FDE, four zeros
 *     .eh_frame_hdr   right behind
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "jitdump/libjitdump.h"

enum {
	DW_CFA_ADVANCE_LOC = 0x40, /* or'ed with a small delta */
	DW_CFA_OFFSET = 0x80,	   /* or'ed with a small register */
	DW_CFA_RESTORE = 0xc0,	   /* or'ed with a small register */
	DW_CFA_NOP = 0x00,
	DW_CFA_ADVANCE_LOC1 = 0x02,
	DW_CFA_ADVANCE_LOC2 = 0x03,
	DW_CFA_ADVANCE_LOC4 = 0x04,
	DW_CFA_OFFSET_EXTENDED = 0x05,
	DW_CFA_RESTORE_EXTENDED = 0x06,
	DW_CFA_UNDEFINED = 0x07,
	DW_CFA_SAME_VALUE = 0x08,
	DW_CFA_REMEMBER_STATE = 0x0a,
	DW_CFA_RESTORE_STATE = 0x0b,
	DW_CFA_DEF_CFA = 0x0c,
	DW_CFA_DEF_CFA_REGISTER = 0x0d,
	DW_CFA_DEF_CFA_OFFSET = 0x0e,
	SMALL_OPERAND_END = 0x40, /* what fits beside an opcode */

	DW_EH_PE_PCREL_SDATA4 = 0x1b,
	DW_EH_PE_UDATA4 = 0x03,
	DW_EH_PE_DATAREL_SDATA4 = 0x3b,

	SLOT_BYTES = 8, /* the data alignment factor is minus this */
	HDR_BYTES = 20, /* with one entry */
	/* Distances are signed 32-bit; this leaves room for the tables. */
	CODE_SIZE_END = 0x7f000000,
	STEP_COUNT_END = 0x100000,
};

/* What the tables need to know about a CPU. */
struct cpu {
	uint8_t code_alignment; /* of instructions, in bytes */
	uint8_t return_address;
	uint8_t entry_cfa_register;
	uint8_t entry_cfa_offset;
	bool is_return_address_pushed;
	uint16_t register_end; /* the CFA's and the saved registers' numbers lie below */
	uint16_t vector_start, vector_end;
};

static const struct cpu x86_64 = {
	.code_alignment = 1,
	.return_address = JITDUMP_X86_64_RETURN_ADDRESS,
	.entry_cfa_register = JITDUMP_X86_64_RSP,
	.entry_cfa_offset = 8,
	.is_return_address_pushed = true,
	.register_end = 17,
	.vector_start = 17,
	.vector_end = 33,
};

static const struct cpu aarch64 = {
	.code_alignment = 4,
	.return_address = JITDUMP_AARCH64_LR,
	.entry_cfa_register = JITDUMP_AARCH64_SP,
	.register_end = 32,
	.vector_start = 64,
	.vector_end = 96,
};

static const struct cpu *find_cpu(enum jitdump_cpu cpu)
{
	switch (cpu) {
	case JITDUMP_CPU_X86_64:
		return &x86_64;
	case JITDUMP_CPU_AARCH64:
		return &aarch64;
	case JITDUMP_CPU_NATIVE:
#if defined(__x86_64__)
		return &x86_64;
#elif defined(__aarch64__)
		return &aarch64;
#endif
	default:
		return NULL;
	}
}

/* Grows as bytes are put; after a failed allocation it takes none and stays empty. */
struct section {
	uint8_t *bytes;
	size_t size;
	size_t capacity;
	bool has_failed;
};

static void put_byte(struct section *section, uint8_t byte)
{
	uint8_t *bytes;

	if (section->has_failed)
		return;
	if (section->size == section->capacity) {
		size_t capacity = section->capacity == 0 ? 128 : section->capacity * 2;

		bytes = realloc(section->bytes, capacity);
		if (bytes == NULL) {
			section->has_failed = true;
			return;
		}
		section->bytes = bytes;
		section->capacity = capacity;
	}
	section->bytes[section->size++] = byte;
}

/* Little-endian: both CPUs are. */
static void put_number(struct section *section, uint64_t number, int byte_count)
{
	for (int i = 0; i < byte_count; i++)
		put_byte(section, (uint8_t)(number >> (8 * i)));
}

static void put_uleb128(struct section *section, uint64_t number)
{
	while (number >= 0x80) {
		put_byte(section, (uint8_t)(number | 0x80));
		number >>= 7;
	}
	put_byte(section, (uint8_t)number);
}

/* An opcode that holds registers below 64 itself, or its longer form. */
static void put_register_op(struct section *section, uint8_t short_op, uint8_t long_op,
			    uint16_t reg)
{
	if (reg < SMALL_OPERAND_END) {
		put_byte(section, (uint8_t)(short_op | reg));
	} else {
		put_byte(section, long_op);
		put_uleb128(section, reg);
	}
}

/* Starts a CIE or FDE; returns where, for end_entry(). */
static size_t begin_entry(struct section *section, uint32_t cie_distance)
{
	size_t start = section->size;

	put_number(section, 0, 4);
	put_number(section, cie_distance, 4);
	return start;
}

/* Pads the entry to a multiple of 8 and fills in its length. */
static void end_entry(struct section *section, size_t start)
{
	uint32_t length;

	while (!section->has_failed && section->size % 8 != 0)
		put_byte(section, DW_CFA_NOP);
	if (section->has_failed)
		return;
	length = (uint32_t)(section->size - start - sizeof(length));
	for (int i = 0; i < 4; i++)
		section->bytes[start + (size_t)i] = (uint8_t)(length >> (8 * i));
}

static void put_cie(struct section *section, const struct cpu *cpu)
{
	size_t start = begin_entry(section, 0);

	put_byte(section, 1); /* version */
	for (const char *at = "zR"; *at != '\0'; at++)
		put_byte(section, (uint8_t)*at);
	put_byte(section, 0);
	put_uleb128(section, cpu->code_alignment);
	put_byte(section, -SLOT_BYTES & 0x7f);
	put_byte(section, cpu->return_address);
	put_uleb128(section, 1); /* bytes of augmentation data */
	put_byte(section, DW_EH_PE_PCREL_SDATA4);
	put_byte(section, DW_CFA_DEF_CFA);
	put_uleb128(section, cpu->entry_cfa_register);
	put_uleb128(section, cpu->entry_cfa_offset);
	if (cpu->is_return_address_pushed) {
		put_register_op(section, DW_CFA_OFFSET, DW_CFA_OFFSET_EXTENDED,
				cpu->return_address);
		put_uleb128(section, 1);
	}
	end_entry(section, start);
}

static void put_advance(struct section *section, uint64_t delta)
{
	if (delta == 0)
		return;
	if (delta < SMALL_OPERAND_END) {
		put_byte(section, (uint8_t)(DW_CFA_ADVANCE_LOC | delta));
	} else if (delta <= UINT8_MAX) {
		put_byte(section, DW_CFA_ADVANCE_LOC1);
		put_number(section, delta, 1);
	} else if (delta <= UINT16_MAX) {
		put_byte(section, DW_CFA_ADVANCE_LOC2);
		put_number(section, delta, 2);
	} else {
		put_byte(section, DW_CFA_ADVANCE_LOC4);
		put_number(section, delta, 4);
	}
}

static void put_step(struct section *section, const struct jitdump_cfi_step *step)
{
	switch (step->op) {
	case JITDUMP_CFI_DEF_CFA:
		put_byte(section, DW_CFA_DEF_CFA);
		put_uleb128(section, step->reg);
		put_uleb128(section, (uint64_t)step->value);
		break;
	case JITDUMP_CFI_DEF_CFA_OFFSET:
		put_byte(section, DW_CFA_DEF_CFA_OFFSET);
		put_uleb128(section, (uint64_t)step->value);
		break;
	case JITDUMP_CFI_DEF_CFA_REGISTER:
		put_byte(section, DW_CFA_DEF_CFA_REGISTER);
		put_uleb128(section, step->reg);
		break;
	case JITDUMP_CFI_SAVED:
		put_register_op(section, DW_CFA_OFFSET, DW_CFA_OFFSET_EXTENDED, step->reg);
		put_uleb128(section, (uint64_t)(step->value / -SLOT_BYTES));
		break;
	case JITDUMP_CFI_RESTORED:
		put_register_op(section, DW_CFA_RESTORE, DW_CFA_RESTORE_EXTENDED, step->reg);
		break;
	case JITDUMP_CFI_SAME:
		put_byte(section, DW_CFA_SAME_VALUE);
		put_uleb128(section, step->reg);
		break;
	case JITDUMP_CFI_UNDEFINED:
		put_byte(section, DW_CFA_UNDEFINED);
		put_uleb128(section, step->reg);
		break;
	case JITDUMP_CFI_REMEMBER:
		put_byte(section, DW_CFA_REMEMBER_STATE);
		break;
	case JITDUMP_CFI_RESTORE_STATE:
		put_byte(section, DW_CFA_RESTORE_STATE);
		break;
	}
}

/* Returns where the FDE starts. */
static size_t put_fde(struct section *section, const struct cpu *cpu, uint64_t code_size,
		      const struct jitdump_cfi_step *steps, size_t step_count)
{
	size_t start = begin_entry(section, (uint32_t)section->size + 4);
	uint64_t code_to_section = (code_size + 7) & ~UINT64_C(7);
	uint64_t offset = 0;

	put_number(section, -(code_to_section + section->size), 4);
	put_number(section, code_size, 4);
	put_uleb128(section, 0); /* bytes of augmentation data */
	for (size_t i = 0; i < step_count; i++) {
		put_advance(section, (steps[i].code_offset - offset) / cpu->code_alignment);
		offset = steps[i].code_offset;
		put_step(section, &steps[i]);
	}
	end_entry(section, start);
	return start;
}

/* The binary search table, with its one entry. */
static void put_hdr(struct section *section, uint64_t code_size, size_t fde_start)
{
	size_t hdr = section->size;
	uint64_t code_to_section = (code_size + 7) & ~UINT64_C(7);

	put_byte(section, 1); /* version */
	put_byte(section, DW_EH_PE_PCREL_SDATA4);
	put_byte(section, DW_EH_PE_UDATA4);
	put_byte(section, DW_EH_PE_DATAREL_SDATA4);
	put_number(section, -(uint64_t)section->size, 4);
	put_number(section, 1, 4);
	put_number(section, -(code_to_section + hdr), 4);
	put_number(section, fde_start - hdr, 4);
}

static bool register_is_valid(const struct cpu *cpu, const struct jitdump_cfi_step *step)
{
	switch (step->op) {
	case JITDUMP_CFI_DEF_CFA:
	case JITDUMP_CFI_DEF_CFA_REGISTER:
		return step->reg < cpu->register_end &&
		       (!cpu->is_return_address_pushed || step->reg != cpu->return_address);
	case JITDUMP_CFI_SAVED:
	case JITDUMP_CFI_RESTORED:
	case JITDUMP_CFI_SAME:
	case JITDUMP_CFI_UNDEFINED:
		return step->reg < cpu->register_end ||
		       (step->reg >= cpu->vector_start && step->reg < cpu->vector_end);
	default:
		return true;
	}
}

static bool value_is_valid(const struct jitdump_cfi_step *step)
{
	switch (step->op) {
	case JITDUMP_CFI_DEF_CFA:
	case JITDUMP_CFI_DEF_CFA_OFFSET:
		return step->value >= 0;
	case JITDUMP_CFI_SAVED:
		return step->value < 0 && step->value % SLOT_BYTES == 0;
	default:
		return true;
	}
}

static bool steps_are_valid(const struct cpu *cpu, uint64_t code_size,
			    const struct jitdump_cfi_step *steps, size_t step_count)
{
	uint64_t offset = 0;
	size_t remembered_count = 0;

	if (steps == NULL && step_count != 0)
		return false;
	for (size_t i = 0; i < step_count; i++) {
		const struct jitdump_cfi_step *step = &steps[i];

		if ((unsigned)step->op > JITDUMP_CFI_RESTORE_STATE || step->code_offset < offset ||
		    step->code_offset >= code_size ||
		    step->code_offset % cpu->code_alignment != 0 || !register_is_valid(cpu, step) ||
		    !value_is_valid(step))
			return false;
		if (step->op == JITDUMP_CFI_REMEMBER)
			remembered_count++;
		if (step->op == JITDUMP_CFI_RESTORE_STATE && remembered_count-- == 0)
			return false;
		offset = step->code_offset;
	}
	return true;
}

int jitdump_eh_frame_build(enum jitdump_cpu cpu_id, uint64_t code_size,
			   const struct jitdump_cfi_step *steps, size_t step_count,
			   struct jitdump_eh_frame *table)
{
	const struct cpu *cpu = find_cpu(cpu_id);
	struct section section = { 0 };
	size_t fde_start;

	*table = (struct jitdump_eh_frame){ 0 };
	if (cpu == NULL || code_size == 0 || code_size >= CODE_SIZE_END ||
	    step_count >= STEP_COUNT_END || !steps_are_valid(cpu, code_size, steps, step_count))
		return -EINVAL;
	put_cie(&section, cpu);
	fde_start = put_fde(&section, cpu, code_size, steps, step_count);
	put_number(&section, 0, 4); /* no more entries */
	put_hdr(&section, code_size, fde_start);
	if (section.has_failed) {
		free(section.bytes);
		return -ENOMEM;
	}
	table->bytes = section.bytes;
	table->size = section.size;
	table->hdr_size = HDR_BYTES;
	return 0;
}

void jitdump_eh_frame_free(struct jitdump_eh_frame *table)
{
	if (table == NULL)
		return;
	free(table->bytes);
	*table = (struct jitdump_eh_frame){ 0 };
}
