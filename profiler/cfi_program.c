/* SPDX-License-Identifier: MIT */
#include "profiler/cfi_program.h"

#include "jitdump/cfi_bytes.h"
#include "jitdump/xalloc.h"
#include "profiler/arch.h"

#include <stdlib.h>
#include <string.h>

/* States that a program may have remembered at once; compilers nest two or three. */
#define REMEMBER_LIMIT 64

/* Instructions that are looked at by name; the others pass by their operands. */
enum {
	CFA_ADVANCE = 0x40, /* the low six bits are the distance */
	CFA_OFFSET = 0x80,  /* the low six bits are the register */
	CFA_RESTORE = 0xc0, /* likewise */
	CFA_SET_LOC = 0x01,
	CFA_ADVANCE_1 = 0x02,
	CFA_ADVANCE_2 = 0x03,
	CFA_ADVANCE_4 = 0x04,
	CFA_UNDEFINED = 0x07,
	CFA_REGISTER = 0x09,
	CFA_REMEMBER = 0x0a,
	CFA_RESTORE_STATE = 0x0b,
	CFA_VAL_OFFSET = 0x14,
	CFA_VAL_OFFSET_SF = 0x15,
	CFA_VAL_EXPRESSION = 0x16,
	CFA_INSTRUCTION_LIMIT = 0x30,
};

/*
 * Operands: r a register, c the CFA's register, u and s LEB128 numbers, e an expression. NULL: not
 * an instruction that x86-64 has (or handled by name).
 */
static const char *const instruction_operands[CFA_INSTRUCTION_LIMIT] = {
	[0x00] = "",   /* nop */
	[0x05] = "ru", /* offset_extended */
	[0x06] = "r",  /* restore_extended */
	[0x07] = "r",  /* undefined */
	[0x08] = "r",  /* same_value */
	[0x0a] = "",   /* remember_state */
	[0x0b] = "",   /* restore_state */
	[0x0c] = "cu", /* def_cfa */
	[0x0d] = "c",  /* def_cfa_register */
	[0x0e] = "u",  /* def_cfa_offset */
	[0x0f] = "e",  /* def_cfa_expression */
	[0x10] = "re", /* expression */
	[0x11] = "rs", /* offset_extended_sf */
	[0x12] = "cs", /* def_cfa_sf */
	[0x13] = "s",  /* def_cfa_offset_sf */
	[0x16] = "re", /* val_expression */
	[0x2e] = "u",  /* GNU_args_size */
	[0x2f] = "ru", /* GNU_negative_offset_extended */
};

/* One pass over one program. */
struct copy {
	const struct cfi_function *function;
	struct cfi_bytes in;
	struct cfi_buffer *out;
	uint64_t location; /* of the row being described */
	unsigned remembered;
};

void cfi_buffer_deinit(struct cfi_buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct cfi_buffer){ 0 };
}

void cfi_buffer_append(struct cfi_buffer *buffer, const void *bytes, size_t size)
{
	if (buffer->capacity - buffer->size < size) {
		buffer->capacity = 2 * buffer->capacity + size + 256;
		buffer->bytes = xrealloc(buffer->bytes, buffer->capacity);
	}
	memcpy(buffer->bytes + buffer->size, bytes, size);
	buffer->size += size;
}

static void append_u8(struct cfi_buffer *buffer, uint8_t value)
{
	cfi_buffer_append(buffer, &value, 1);
}

/* Operands of expression operators: digits are bytes, u and s LEB128, b a branch, r a register
 * and s. NULL: refused, because it traps (div), is no value (piece, call) or is unknown. */
static const char *operator_operands(uint8_t operator)
{
	static const char *const operands[0x30] = {
		[0x03] = "8", [0x06] = "",  [0x08] = "1", [0x09] = "1", [0x0a] = "2", [0x0b] = "2",
		[0x0c] = "4", [0x0d] = "4", [0x0e] = "8", [0x0f] = "8", [0x10] = "u", [0x11] = "s",
		[0x12] = "",  [0x13] = "",  [0x14] = "",  [0x15] = "1", [0x16] = "",  [0x17] = "",
		[0x19] = "",  [0x1a] = "",  [0x1c] = "",  [0x1d] = "",	[0x1e] = "",  [0x1f] = "",
		[0x20] = "",  [0x21] = "",  [0x22] = "",  [0x23] = "u", [0x24] = "",  [0x25] = "",
		[0x26] = "",  [0x27] = "",  [0x28] = "b", [0x29] = "",	[0x2a] = "",  [0x2b] = "",
		[0x2c] = "",  [0x2d] = "",  [0x2e] = "",  [0x2f] = "b",
	};

	if (operator<0x30)
		return operands[operator];
	if (operator<= 0x4f) /* literals */
		return "";
	if (operator>= 0x50 && operator<0x50 + REGISTER_COUNT) /* a register's name */
		return "";
	if (operator>= 0x70 && operator<0x70 + REGISTER_COUNT) /* its value and an offset */
		return "s";
	if (operator== 0x94) /* deref_size */
		return "1";
	return operator== 0x96 ? "" : NULL; /* nop */
}

/* Branches may only go forwards, inside the expression: then every expression ends. */
static void skip_branch(struct cfi_bytes *expression)
{
	int64_t distance = cfi_read_signed(expression, 2);

	if (distance < 0 || distance > expression->end - expression->at)
		expression->failed = true;
}

static void check_expression(struct cfi_bytes *in)
{
	uint64_t size = cfi_read_uleb(in);
	struct cfi_bytes expression = *in;

	cfi_skip(in, size);
	expression.end = in->at;
	while (expression.at < expression.end && !expression.failed) {
		const char *operands =
			operator_operands((uint8_t)cfi_read_unsigned(&expression, 1));

		if (!operands)
			in->failed = true;
		else if (*operands == 'u' || *operands == 's')
			cfi_read_uleb(&expression);
		else if (*operands == 'b')
			skip_branch(&expression);
		else if (*operands)
			cfi_skip(&expression, (uint64_t)(*operands - '0'));
		if (in->failed)
			return;
	}
	in->failed |= expression.failed;
}

/* Reads the operands of one instruction; false if it is about a register that is not unwound. */
static bool check_operands(struct cfi_bytes *in, const char *operands)
{
	bool is_ours = true;

	for (; *operands; operands++) {
		switch (*operands) {
		case 'r':
			is_ours = cfi_read_uleb(in) < REGISTER_COUNT;
			break;
		case 'c':
			if (cfi_read_uleb(in) >= REGISTER_COUNT)
				in->failed = true;
			break;
		case 'e':
			check_expression(in);
			break;
		default: /* u, s */
			cfi_read_uleb(in);
		}
	}
	return is_ours;
}

/* A value saved in a register that is not unwound is lost. */
static void copy_register(struct copy *copy, const uint8_t *start)
{
	uint64_t saved = cfi_read_uleb(&copy->in);
	uint64_t place = cfi_read_uleb(&copy->in);

	if (copy->in.failed || saved >= REGISTER_COUNT)
		return;
	if (place < REGISTER_COUNT) {
		cfi_buffer_append(copy->out, start, (size_t)(copy->in.at - start));
		return;
	}
	append_u8(copy->out, CFA_UNDEFINED);
	append_u8(copy->out, (uint8_t)saved);
}

/* libunwind 1.6.2 takes the operands of val_offset for instructions; it knows val_expression, on
 * whose stack the CFA lies at the start: const4s offset, plus. */
static void copy_value_offset(struct copy *copy, uint8_t instruction)
{
	uint64_t number = cfi_read_uleb(&copy->in);
	int64_t factor = instruction == CFA_VAL_OFFSET ? (int64_t)cfi_read_uleb(&copy->in)
						       : cfi_read_sleb(&copy->in);
	int64_t offset;
	int32_t offset_32;

	if (copy->in.failed || number >= REGISTER_COUNT)
		return;
	if (__builtin_mul_overflow(factor, copy->function->data_alignment, &offset) ||
	    offset != (int32_t)offset) {
		copy->in.failed = true;
		return;
	}
	offset_32 = (int32_t)offset;
	append_u8(copy->out, CFA_VAL_EXPRESSION);
	append_u8(copy->out, (uint8_t)number);
	append_u8(copy->out, 6);
	append_u8(copy->out, 0x0d);
	cfi_buffer_append(copy->out, &offset_32, sizeof(offset_32));
	append_u8(copy->out, 0x22);
}

static bool is_advance(uint8_t instruction)
{
	return (instruction & 0xc0) == CFA_ADVANCE ||
	       (instruction >= CFA_SET_LOC && instruction <= CFA_ADVANCE_4);
}

/* Moves on to the next row. The rows in between need no advance: only the last one counts. */
static void advance(struct copy *copy, uint8_t instruction)
{
	const struct cfi_function *function = copy->function;
	struct pointer_bases bases = {
		.pc = function->program_address + (uint64_t)(copy->in.at - function->program),
	};
	uint64_t distance;

	switch (instruction) {
	case CFA_SET_LOC:
		if ((function->pointer_encoding & POINTER_BASE) > POINTER_BASE_PC)
			copy->in.failed = true; /* no compiler writes it */
		copy->location = cfi_read_pointer(&copy->in, function->pointer_encoding, &bases);
		return;
	case CFA_ADVANCE_1:
		distance = cfi_read_unsigned(&copy->in, 1);
		break;
	case CFA_ADVANCE_2:
		distance = cfi_read_unsigned(&copy->in, 2);
		break;
	case CFA_ADVANCE_4:
		distance = cfi_read_unsigned(&copy->in, 4);
		break;
	default:
		distance = instruction & 0x3f;
	}
	copy->location += distance * function->code_alignment;
}

static void copy_instruction(struct copy *copy, uint8_t instruction, const uint8_t *start)
{
	const char *operands = NULL;
	bool is_ours = true;

	if (instruction == CFA_VAL_OFFSET || instruction == CFA_VAL_OFFSET_SF) {
		copy_value_offset(copy, instruction);
		return;
	}
	if (instruction == CFA_REGISTER) {
		copy_register(copy, start);
		return;
	}
	if (instruction == CFA_REMEMBER && ++copy->remembered > REMEMBER_LIMIT)
		copy->in.failed = true;
	if (instruction == CFA_RESTORE_STATE && copy->remembered-- == 0)
		copy->in.failed = true;
	if (instruction >= CFA_OFFSET) {
		operands = instruction < CFA_RESTORE ? "u" : "";
		is_ours = (instruction & 0x3f) < REGISTER_COUNT;
	} else if (instruction < CFA_INSTRUCTION_LIMIT) {
		operands = instruction_operands[instruction];
	}
	if (!operands) {
		copy->in.failed = true;
		return;
	}
	if (!check_operands(&copy->in, operands) || !is_ours || copy->in.failed)
		return;
	cfi_buffer_append(copy->out, start, (size_t)(copy->in.at - start));
}

static bool copy_program(struct copy *copy, uint64_t address)
{
	while (copy->in.at < copy->in.end && !copy->in.failed) {
		const uint8_t *start = copy->in.at;
		uint8_t instruction = (uint8_t)cfi_read_unsigned(&copy->in, 1);

		if (is_advance(instruction)) {
			advance(copy, instruction);
			if (copy->location > address)
				break;
		} else {
			copy_instruction(copy, instruction, start);
		}
	}
	return !copy->in.failed;
}

bool cfi_program_copy_initial(const struct cfi_function *function, struct cfi_buffer *buffer)
{
	const uint8_t *program = function->initial_program;
	struct copy copy = { .function = function,
			     .in = { program, program + function->initial_program_size },
			     .out = buffer };

	return copy_program(&copy, UINT64_MAX);
}

bool cfi_program_copy(const struct cfi_function *function, uint64_t address,
		      struct cfi_buffer *buffer)
{
	struct copy copy = { .function = function,
			     .in = { function->program,
				     function->program + function->program_size },
			     .out = buffer,
			     .location = function->start };

	return copy_program(&copy, address);
}
