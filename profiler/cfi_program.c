/* SPDX-License-Identifier: MIT */
#include "profiler/cfi_program.h"

#include "jitdump/xalloc.h"
#include "profiler/cfi_reader.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
	CFA_UNDEFINED = 0x07,
	CFA_VAL_EXPRESSION = 0x16,
	OPERATOR_CONST4S = 0x0d,
	OPERATOR_PLUS = 0x22,
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

/* libunwind 1.6.2 takes the operands of val_offset for instructions; it knows val_expression, on
 * whose stack the CFA lies at the start. False for offsets that no stack has. */
static bool copy_value_offset(const struct cfi_instruction *instruction, struct cfi_buffer *buffer)
{
	int32_t offset = (int32_t)instruction->offset;

	if (offset != instruction->offset)
		return false;
	append_u8(buffer, CFA_VAL_EXPRESSION);
	append_u8(buffer, (uint8_t)instruction->number);
	append_u8(buffer, 1 + sizeof(offset) + 1);
	append_u8(buffer, OPERATOR_CONST4S);
	cfi_buffer_append(buffer, &offset, sizeof(offset));
	append_u8(buffer, OPERATOR_PLUS);
	return true;
}

static bool copy_instruction(const struct cfi_instruction *instruction, struct cfi_buffer *buffer)
{
	if (instruction->operation == CFI_VALUE_OFFSET)
		return copy_value_offset(instruction, buffer);
	if (instruction->operation == CFI_IN_REGISTER && instruction->place == UINT_MAX) {
		append_u8(buffer, CFA_UNDEFINED); /* a value in a vector register is lost */
		append_u8(buffer, (uint8_t)instruction->number);
		return true;
	}
	cfi_buffer_append(buffer, instruction->start,
			  (size_t)(instruction->end - instruction->start));
	return true;
}

static bool copy_program(struct cfi_reader reader, struct cfi_buffer *buffer)
{
	struct cfi_instruction instruction;

	while (cfi_reader_next(&reader, &instruction))
		if (!copy_instruction(&instruction, buffer))
			return false;
	return !reader.in.failed;
}

bool cfi_program_copy_initial(const struct cfi_function *function, struct cfi_buffer *buffer)
{
	return copy_program(cfi_reader_initial(function), buffer);
}

bool cfi_program_copy(const struct cfi_function *function, uint64_t address,
		      struct cfi_buffer *buffer)
{
	return copy_program(cfi_reader_at(function, address), buffer);
}
