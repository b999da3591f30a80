/* SPDX-License-Identifier: MIT */
#include "emitter.h"

#include <stdlib.h>
#include <string.h>

#include "jitdump/xalloc.h"

#define WORD_BYTES 8

static const uint16_t dwarf_registers[] = {
	[RAX] = JITDUMP_X86_64_RAX, [RCX] = JITDUMP_X86_64_RCX, [RDX] = JITDUMP_X86_64_RDX,
	[RBX] = JITDUMP_X86_64_RBX, [RSP] = JITDUMP_X86_64_RSP, [RBP] = JITDUMP_X86_64_RBP,
	[RSI] = JITDUMP_X86_64_RSI, [RDI] = JITDUMP_X86_64_RDI, [R8] = JITDUMP_X86_64_R8,
	[R9] = JITDUMP_X86_64_R9,   [R10] = JITDUMP_X86_64_R10, [R11] = JITDUMP_X86_64_R11,
	[R12] = JITDUMP_X86_64_R12, [R13] = JITDUMP_X86_64_R13, [R14] = JITDUMP_X86_64_R14,
	[R15] = JITDUMP_X86_64_R15,
};

void emitter_init(struct emitter *emitter, const char *file)
{
	/* After the call instruction that led here only the return address is on the stack. */
	*emitter = (struct emitter){ .file = file, .cfa_offset = WORD_BYTES };
}

void emitter_deinit(struct emitter *emitter)
{
	free(emitter->bytes);
	free(emitter->steps);
	free(emitter->lines);
	free(emitter->calls);
	*emitter = (struct emitter){ 0 };
}

static void emit_byte(struct emitter *emitter, unsigned byte)
{
	emitter->bytes = xgrow(emitter->bytes, emitter->size, &emitter->capacity, 1);
	emitter->bytes[emitter->size++] = (uint8_t)byte;
}

static void emit_bytes(struct emitter *emitter, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		emit_byte(emitter, (unsigned char)bytes[i]);
}

#define EMIT(emitter, literal) emit_bytes(emitter, literal, sizeof(literal) - 1)

static void emit_little_endian(struct emitter *emitter, int64_t value, unsigned byte_count)
{
	for (unsigned i = 0; i < byte_count; i++)
		emit_byte(emitter, (unsigned)((uint64_t)value >> (8 * i)) & 0xff);
}

/* REX prefix of a 64-bit operation: `reg` is in ModRM.reg, `rm` in ModRM.rm. */
static void emit_rex(struct emitter *emitter, enum reg reg, enum reg rm)
{
	emit_byte(emitter, 0x48u | (reg >= R8 ? 4u : 0u) | (rm >= R8 ? 1u : 0u));
}

static void emit_modrm(struct emitter *emitter, unsigned mode, unsigned reg, unsigned rm)
{
	emit_byte(emitter, mode << 6 | (reg & 7) << 3 | (rm & 7));
}

/* True for the instruction that follows. */
static void add_step(struct emitter *emitter, enum jitdump_cfi_op op, enum reg reg, int64_t value)
{
	emitter->steps = xgrow(emitter->steps, emitter->step_count, &emitter->step_capacity,
			       sizeof(*emitter->steps));
	emitter->steps[emitter->step_count++] = (struct jitdump_cfi_step){
		.code_offset = emitter->size, .op = op, .reg = dwarf_registers[reg], .value = value
	};
}

static void move_cfa(struct emitter *emitter, int64_t bytes)
{
	emitter->cfa_offset += bytes;
	add_step(emitter, JITDUMP_CFI_DEF_CFA_OFFSET, RSP, emitter->cfa_offset);
}

void emit_line(struct emitter *emitter, unsigned line, unsigned column)
{
	struct jitdump_line row = {
		.code_offset = emitter->size, .file = emitter->file, .line = line, .column = column
	};

	if (emitter->line_count > 0) {
		struct jitdump_line *last = &emitter->lines[emitter->line_count - 1];

		if (last->code_offset == row.code_offset) {
			*last = row;
			return;
		}
	}
	emitter->lines = xgrow(emitter->lines, emitter->line_count, &emitter->line_capacity,
			       sizeof(*emitter->lines));
	emitter->lines[emitter->line_count++] = row;
}

void emit_push(struct emitter *emitter, enum reg reg)
{
	if (reg >= R8)
		emit_byte(emitter, 0x41);
	emit_byte(emitter, 0x50u | (reg & 7u));
	move_cfa(emitter, WORD_BYTES);
}

void emit_pop(struct emitter *emitter, enum reg reg)
{
	if (reg >= R8)
		emit_byte(emitter, 0x41);
	emit_byte(emitter, 0x58u | (reg & 7u));
	move_cfa(emitter, -WORD_BYTES);
}

void emit_reserve(struct emitter *emitter, unsigned words)
{
	EMIT(emitter, "\x48\x81\xec"); /* sub rsp, imm32 */
	emit_little_endian(emitter, (int64_t)words * WORD_BYTES, 4);
	move_cfa(emitter, (int64_t)words * WORD_BYTES);
}

void emit_release(struct emitter *emitter, unsigned words)
{
	EMIT(emitter, "\x48\x81\xc4"); /* add rsp, imm32 */
	emit_little_endian(emitter, (int64_t)words * WORD_BYTES, 4);
	move_cfa(emitter, -(int64_t)words * WORD_BYTES);
}

void emit_save(struct emitter *emitter, enum reg reg)
{
	emit_push(emitter, reg);
	add_step(emitter, JITDUMP_CFI_SAVED, reg, -emitter->cfa_offset);
}

void emit_restore(struct emitter *emitter, enum reg reg)
{
	emit_pop(emitter, reg);
	add_step(emitter, JITDUMP_CFI_RESTORED, reg, 0);
}

void emit_return(struct emitter *emitter)
{
	emit_byte(emitter, 0xc3);
}

void emit_remember(struct emitter *emitter)
{
	emitter->remembered_cfa_offset = emitter->cfa_offset;
	add_step(emitter, JITDUMP_CFI_REMEMBER, RSP, 0);
}

void emit_recall(struct emitter *emitter)
{
	emitter->cfa_offset = emitter->remembered_cfa_offset;
	add_step(emitter, JITDUMP_CFI_RESTORE_STATE, RSP, 0);
}

void emit_move(struct emitter *emitter, enum reg to, enum reg from)
{
	emit_rex(emitter, from, to);
	emit_byte(emitter, 0x89);
	emit_modrm(emitter, 3, from, to);
}

void emit_number(struct emitter *emitter, enum reg to, int64_t number)
{
	emit_rex(emitter, RAX, to);
	if (number == (int32_t)number) {
		emit_byte(emitter, 0xc7);
		emit_modrm(emitter, 3, 0, to);
		emit_little_endian(emitter, number, 4);
	} else {
		emit_byte(emitter, 0xb8u | (to & 7u));
		emit_little_endian(emitter, number, 8);
	}
}

/* opcode reg, [rsp + disp32], either way */
static void emit_stack_access(struct emitter *emitter, unsigned opcode, enum reg reg,
			      int64_t displacement)
{
	emit_rex(emitter, reg, RSP);
	emit_byte(emitter, opcode);
	emit_modrm(emitter, 2, reg, RSP);
	emit_byte(emitter, 0x24); /* SIB: base rsp, no index */
	emit_little_endian(emitter, displacement, 4);
}

void emit_load(struct emitter *emitter, enum reg to, int64_t displacement)
{
	emit_stack_access(emitter, 0x8b, to, displacement);
}

void emit_store(struct emitter *emitter, int64_t displacement, enum reg from)
{
	emit_stack_access(emitter, 0x89, from, displacement);
}

void emit_add(struct emitter *emitter)
{
	EMIT(emitter, "\x48\x01\xc8"); /* add rax, rcx */
}

void emit_subtract(struct emitter *emitter)
{
	EMIT(emitter, "\x48\x29\xc8"); /* sub rax, rcx */
}

void emit_multiply(struct emitter *emitter)
{
	EMIT(emitter, "\x48\x0f\xaf\xc1"); /* imul rax, rcx */
}

void emit_divide(struct emitter *emitter)
{
	EMIT(emitter, "\x48\x99\x48\xf7\xf9"); /* cqo; idiv rcx */
}

void emit_remainder(struct emitter *emitter)
{
	emit_divide(emitter);
	emit_move(emitter, RAX, RDX);
}

void emit_compare(struct emitter *emitter, enum condition condition)
{
	EMIT(emitter, "\x48\x39\xc8\x0f"); /* cmp rax, rcx; setcc al; movzx eax, al */
	emit_byte(emitter, 0x90u | condition);
	EMIT(emitter, "\xc0\x0f\xb6\xc0");
}

/* A 32-bit operand relative to the next instruction, to be filled in by emit_land(). */
static size_t emit_relative_operand(struct emitter *emitter)
{
	size_t operand = emitter->size;

	emit_little_endian(emitter, 0, 4);
	return operand;
}

static void set_relative_operand(struct emitter *emitter, size_t operand, size_t target)
{
	int32_t distance = (int32_t)((int64_t)target - (int64_t)(operand + 4));

	memcpy(emitter->bytes + operand, &distance, sizeof(distance));
}

size_t emit_jump(struct emitter *emitter)
{
	emit_byte(emitter, 0xe9);
	return emit_relative_operand(emitter);
}

size_t emit_jump_if_zero(struct emitter *emitter)
{
	EMIT(emitter, "\x48\x85\xc0\x0f\x84"); /* test rax, rax; jz */
	return emit_relative_operand(emitter);
}

void emit_jump_back(struct emitter *emitter, size_t target)
{
	set_relative_operand(emitter, emit_jump(emitter), target);
}

size_t emit_address_ahead(struct emitter *emitter, enum reg to)
{
	emit_rex(emitter, to, RAX);
	emit_byte(emitter, 0x8d); /* lea to, [rip + disp32] */
	emit_modrm(emitter, 0, to, 5);
	return emit_relative_operand(emitter);
}

void emit_address_back(struct emitter *emitter, enum reg to, size_t target)
{
	set_relative_operand(emitter, emit_address_ahead(emitter, to), target);
}

void emit_land(struct emitter *emitter, size_t operand)
{
	set_relative_operand(emitter, operand, emitter->size);
}

void emit_call_slot(struct emitter *emitter, void *const *slots, size_t number)
{
	emit_number(emitter, RAX, (int64_t)number); /* the compile stub asks for it */
	emit_call_slot_rax(emitter, slots);
}

void emit_call_slot_rax(struct emitter *emitter, void *const *slots)
{
	emit_number(emitter, R10, (int64_t)(uintptr_t)slots);
	EMIT(emitter, "\x41\xff\x14\xc2"); /* call [r10 + rax*8] */
}

void emit_jump_r11(struct emitter *emitter)
{
	EMIT(emitter, "\x41\xff\xe3");
}

uint32_t emit_call_native(struct emitter *emitter, const void *function)
{
	bool is_misaligned = emit_is_misaligned(emitter);
	uint32_t return_offset;

	if (is_misaligned)
		emit_reserve(emitter, 1);
	emit_number(emitter, RAX, (int64_t)(uintptr_t)function);
	EMIT(emitter, "\xff\xd0"); /* call rax */
	return_offset = (uint32_t)emitter->size;
	if (is_misaligned)
		emit_release(emitter, 1);
	return return_offset;
}

bool emit_is_misaligned(const struct emitter *emitter)
{
	return emitter->cfa_offset % 16 != 0;
}

void emit_touch_rax(struct emitter *emitter)
{
	EMIT(emitter, "\xc6\x00\x01"); /* mov byte [rax], 1 */
}

void emit_note_call(struct emitter *emitter, struct call_site call)
{
	emitter->calls = xgrow(emitter->calls, emitter->call_count, &emitter->call_capacity,
			       sizeof(*emitter->calls));
	emitter->calls[emitter->call_count++] = call;
}
