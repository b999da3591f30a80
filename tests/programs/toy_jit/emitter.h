/* SPDX-License-Identifier: MIT */
/*
 * Emits the x86-64 instructions of one function, and with them its unwind table and line table.
 *
 * You give instructions in order; you get bytes that run at any address, the CFI steps and the
 * line rows. Every instruction that moves rsp or saves or restores a register is emitted here
 * together with its CFI step, so the table holds at each instruction. It never uses rbp as a
 * frame pointer: the CFA is always rsp plus something.
 */
#ifndef TOY_JIT_EMITTER_H
#define TOY_JIT_EMITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libjitdump.h>

/* As instructions number them; DWARF numbers differ. */
enum reg { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

/* Second opcode bytes of setcc, less 0x90. */
enum condition {
	CONDITION_EQUAL = 0x4,
	CONDITION_NOT_EQUAL = 0x5,
	CONDITION_LESS = 0xc,
	CONDITION_GREATER_EQUAL = 0xd,
	CONDITION_LESS_EQUAL = 0xe,
	CONDITION_GREATER = 0xf,
};

/* One call instruction as the shadow log describes it, in code offsets. [start, end) are the
 * instructions that make the call and keep the shadow stack. A quiet call, which the shadow stack
 * does not hold, has start == end == return_offset. */
struct call_site {
	uint32_t start, return_offset, end;
	const char *native; /* symbol of the native function that it calls, NULL: generated code */
};

struct emitter {
	uint8_t *bytes;
	size_t size, capacity;
	struct jitdump_cfi_step *steps;
	size_t step_count, step_capacity;
	struct jitdump_line *lines;
	size_t line_count, line_capacity;
	struct call_site *calls;
	size_t call_count, call_capacity;
	const char *file;   /* of the line rows; borrowed */
	int64_t cfa_offset; /* CFA = rsp + this, here */
	int64_t remembered_cfa_offset;
};

void emitter_init(struct emitter *emitter, const char *file);
void emitter_deinit(struct emitter *emitter);

/* From here on the code belongs to this source line. */
void emit_line(struct emitter *emitter, unsigned line, unsigned column);

/* Temporaries on the stack. */
void emit_push(struct emitter *emitter, enum reg reg);
void emit_pop(struct emitter *emitter, enum reg reg);
void emit_reserve(struct emitter *emitter, unsigned words);
void emit_release(struct emitter *emitter, unsigned words);

/* push and pop of a register that belongs to the caller. */
void emit_save(struct emitter *emitter, enum reg reg);
void emit_restore(struct emitter *emitter, enum reg reg);
void emit_return(struct emitter *emitter);

/* Around an epilogue that is not the function's last: after it the frame is as before it. */
void emit_remember(struct emitter *emitter);
void emit_recall(struct emitter *emitter);

void emit_move(struct emitter *emitter, enum reg to, enum reg from);
void emit_number(struct emitter *emitter, enum reg to, int64_t number);
/* displacement: from rsp as it is here, in bytes */
void emit_load(struct emitter *emitter, enum reg to, int64_t displacement);
void emit_store(struct emitter *emitter, int64_t displacement, enum reg from);

/* rax = rax (+ - * / % or a comparison) rcx */
void emit_add(struct emitter *emitter);
void emit_subtract(struct emitter *emitter);
void emit_multiply(struct emitter *emitter);
void emit_divide(struct emitter *emitter);
void emit_remainder(struct emitter *emitter);
void emit_compare(struct emitter *emitter, enum condition condition);

/* Jumps to a place not yet known; emit_land() makes it here. Zero: if rax is 0. */
size_t emit_jump(struct emitter *emitter);
size_t emit_jump_if_zero(struct emitter *emitter);
void emit_jump_back(struct emitter *emitter, size_t target);

/* `to` = the address of the place that emit_land() sets, or of an offset behind. */
size_t emit_address_ahead(struct emitter *emitter, enum reg to);
void emit_address_back(struct emitter *emitter, enum reg to, size_t target);
void emit_land(struct emitter *emitter, size_t operand);

/* Calls the function whose address lies at slots[number], or slots[rax]. */
void emit_call_slot(struct emitter *emitter, void *const *slots, size_t number);
void emit_call_slot_rax(struct emitter *emitter, void *const *slots);
void emit_jump_r11(struct emitter *emitter);

/* Calls native code with rsp aligned to 16 as the ABI wants; returns the offset of its return
 * address. */
uint32_t emit_call_native(struct emitter *emitter, const void *function);

/* True where a call instruction needs one more word on the stack to be aligned. */
bool emit_is_misaligned(const struct emitter *emitter);

/* Stores a byte to the address in rax. */
void emit_touch_rax(struct emitter *emitter);

void emit_note_call(struct emitter *emitter, struct call_site call);

#endif
