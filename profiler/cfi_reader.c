/* SPDX-License-Identifier: MIT */
#include "profiler/cfi_reader.h"

#include "profiler/arch.h"

#include <limits.h>

enum {
	CFA_ADVANCE = 0x40, /* the low six bits are the distance */
	CFA_OFFSET = 0x80,  /* the low six bits are the register */
	CFA_RESTORE = 0xc0, /* likewise */
	CFA_SET_LOC = 0x01,
	CFA_ADVANCE_1 = 0x02,
	CFA_ADVANCE_2 = 0x03,
	CFA_ADVANCE_4 = 0x04,
	CFA_INSTRUCTION_LIMIT = 0x30,
};

/*
 * Operands: r a register, c the CFA's register, p the register that holds a value, u an offset, f
 * one to be scaled, s a signed one to be scaled, n one to be scaled and negated, e an expression.
 * An operation of 0 is not an instruction that x86-64 has.
 */
struct encoding {
	enum cfi_operation operation;
	const char *operands;
};

static const struct encoding encodings[CFA_INSTRUCTION_LIMIT] = {
	[0x00] = { CFI_NOTHING, "" },
	[0x05] = { CFI_AT_OFFSET, "rf" }, /* offset_extended */
	[0x06] = { CFI_RESTORE, "r" },	  /* restore_extended */
	[0x07] = { CFI_UNDEFINED, "r" },
	[0x08] = { CFI_SAME, "r" },
	[0x09] = { CFI_IN_REGISTER, "rp" },
	[0x0a] = { CFI_REMEMBER, "" },
	[0x0b] = { CFI_RESTORE_STATE, "" },
	[0x0c] = { CFI_DEFINE, "cu" },
	[0x0d] = { CFI_DEFINE_REGISTER, "c" },
	[0x0e] = { CFI_DEFINE_OFFSET, "u" },
	[0x0f] = { CFI_DEFINE_EXPRESSION, "e" },
	[0x10] = { CFI_AT_EXPRESSION, "re" },
	[0x11] = { CFI_AT_OFFSET, "rs" },    /* offset_extended_sf */
	[0x12] = { CFI_DEFINE, "cs" },	     /* def_cfa_sf */
	[0x13] = { CFI_DEFINE_OFFSET, "s" }, /* def_cfa_offset_sf */
	[0x14] = { CFI_VALUE_OFFSET, "rf" }, /* val_offset */
	[0x15] = { CFI_VALUE_OFFSET, "rs" }, /* val_offset_sf */
	[0x16] = { CFI_VALUE_EXPRESSION, "re" },
	[0x2e] = { CFI_NOTHING, "u" },	  /* GNU_args_size */
	[0x2f] = { CFI_AT_OFFSET, "rn" }, /* GNU_negative_offset_extended */
};

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

static void check_expression(struct cfi_bytes *expression)
{
	while (expression->at < expression->end && !expression->failed) {
		const char *operands = operator_operands((uint8_t)cfi_read_unsigned(expression, 1));

		if (!operands)
			expression->failed = true;
		else if (*operands == 'u' || *operands == 's')
			cfi_read_uleb(expression);
		else if (*operands == 'b')
			skip_branch(expression);
		else if (*operands)
			cfi_skip(expression, (uint64_t)(*operands - '0'));
	}
}

static void read_expression(struct cfi_bytes *in, struct cfi_instruction *instruction)
{
	uint64_t size = cfi_read_uleb(in);
	struct cfi_bytes expression = *in;

	cfi_skip(in, size);
	expression.end = in->at;
	instruction->expression = expression.at;
	instruction->expression_size = (size_t)(expression.end - expression.at);
	check_expression(&expression);
	in->failed |= expression.failed;
}

static void scale(struct cfi_reader *reader, int64_t factor, int64_t *offset)
{
	if (__builtin_mul_overflow(factor, reader->function->data_alignment, offset))
		reader->in.failed = true;
}

/* A register that rows are about; others are passed over. */
static bool take_number(struct cfi_instruction *instruction, uint64_t number)
{
	instruction->number = number < REGISTER_COUNT ? (unsigned)number : 0;
	return number < REGISTER_COUNT;
}

/* Reads the operands of one instruction; false if it is about a register that is not unwound. */
static bool read_operands(struct cfi_reader *reader, const char *operands,
			  struct cfi_instruction *instruction)
{
	struct cfi_bytes *in = &reader->in;
	bool is_ours = true;
	uint64_t place;

	for (; *operands; operands++) {
		switch (*operands) {
		case 'r':
			is_ours = take_number(instruction, cfi_read_uleb(in));
			break;
		case 'c':
			if (!take_number(instruction, cfi_read_uleb(in)))
				in->failed = true;
			break;
		case 'p':
			place = cfi_read_uleb(in);
			instruction->place = place < REGISTER_COUNT ? (unsigned)place : UINT_MAX;
			break;
		case 'u':
			instruction->offset = (int64_t)cfi_read_uleb(in);
			break;
		case 'f':
			scale(reader, (int64_t)cfi_read_uleb(in), &instruction->offset);
			break;
		case 's':
			scale(reader, cfi_read_sleb(in), &instruction->offset);
			break;
		case 'n':
			scale(reader, (int64_t)-cfi_read_uleb(in), &instruction->offset);
			break;
		case 'e':
			read_expression(in, instruction);
			break;
		}
	}
	return is_ours;
}

static bool is_advance(uint8_t code)
{
	return (code & 0xc0) == CFA_ADVANCE || (code >= CFA_SET_LOC && code <= CFA_ADVANCE_4);
}

/* Moves on to the next row. The rows in between need no advance: only the last one counts. */
static void advance(struct cfi_reader *reader, uint8_t code)
{
	const struct cfi_function *function = reader->function;
	struct pointer_bases bases = {
		.pc = function->program_address + (uint64_t)(reader->in.at - function->program),
	};
	uint64_t distance;

	switch (code) {
	case CFA_SET_LOC:
		if ((function->pointer_encoding & POINTER_BASE) > POINTER_BASE_PC)
			reader->in.failed = true; /* no compiler writes it */
		reader->location =
			cfi_read_pointer(&reader->in, function->pointer_encoding, &bases);
		return;
	case CFA_ADVANCE_1:
		distance = cfi_read_unsigned(&reader->in, 1);
		break;
	case CFA_ADVANCE_2:
		distance = cfi_read_unsigned(&reader->in, 2);
		break;
	case CFA_ADVANCE_4:
		distance = cfi_read_unsigned(&reader->in, 4);
		break;
	default:
		distance = code & 0x3f;
	}
	reader->location += distance * function->code_alignment;
}

static bool is_paired(struct cfi_reader *reader, enum cfi_operation operation)
{
	if (operation == CFI_REMEMBER)
		return ++reader->remembered <= CFI_REMEMBER_LIMIT;
	return operation != CFI_RESTORE_STATE || reader->remembered-- > 0;
}

/* False if there is nothing in it for our rows. */
static bool read_instruction(struct cfi_reader *reader, uint8_t code,
			     struct cfi_instruction *instruction)
{
	struct encoding encoding = { 0 };
	bool is_ours = true;

	if (code >= CFA_OFFSET) {
		is_ours = take_number(instruction, code & 0x3f);
		encoding = code < CFA_RESTORE ? (struct encoding){ CFI_AT_OFFSET, "f" }
					      : (struct encoding){ CFI_RESTORE, "" };
	} else if (code < CFA_INSTRUCTION_LIMIT) {
		encoding = encodings[code];
	}
	instruction->operation = encoding.operation;
	if (!encoding.operation || !is_paired(reader, encoding.operation)) {
		reader->in.failed = true;
		return false;
	}
	return read_operands(reader, encoding.operands, instruction) && is_ours;
}

struct cfi_reader cfi_reader_initial(const struct cfi_function *function)
{
	const uint8_t *program = function->initial_program;

	return (struct cfi_reader){ .function = function,
				    .in = { program, program + function->initial_program_size },
				    .address = UINT64_MAX };
}

struct cfi_reader cfi_reader_at(const struct cfi_function *function, uint64_t address)
{
	return (struct cfi_reader){ .function = function,
				    .in = { function->program,
					    function->program + function->program_size },
				    .address = address,
				    .location = function->start };
}

bool cfi_reader_next(struct cfi_reader *reader, struct cfi_instruction *instruction)
{
	struct cfi_bytes *in = &reader->in;

	while (in->at < in->end && !in->failed) {
		instruction->start = in->at;
		uint8_t code = (uint8_t)cfi_read_unsigned(in, 1);

		if (is_advance(code)) {
			advance(reader, code);
			if (reader->location > reader->address)
				return false;
			continue;
		}
		bool is_ours = read_instruction(reader, code, instruction);

		instruction->end = in->at;
		if (is_ours && !in->failed)
			return true;
	}
	return false;
}
