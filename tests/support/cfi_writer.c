/* SPDX-License-Identifier: MIT */
#include "support/cfi_writer.h"

#include <assert.h>
#include <string.h>

static void write_bytes(struct cfi_writer *writer, const void *bytes, size_t size)
{
	assert(size <= sizeof(writer->bytes) - writer->size);
	if (size > 0)
		memcpy(writer->bytes + writer->size, bytes, size);
	writer->size += size;
}

void cfi_write(struct cfi_writer *writer, uint64_t value, size_t size)
{
	write_bytes(writer, &value, size);
}

static void set_length(struct cfi_writer *writer, size_t record)
{
	uint32_t length = (uint32_t)(writer->size - record - sizeof(length));

	memcpy(writer->bytes + record, &length, sizeof(length));
}

static size_t write_cie(struct cfi_writer *writer, const char *augmentation, uint8_t encoding,
			struct cfi_test_program program)
{
	size_t record = writer->size;

	cfi_write(writer, 0, 4);
	cfi_write(writer, writer->format == CFI_EH_FRAME ? 0 : UINT32_MAX, 4);
	cfi_write(writer, 1, 1);
	write_bytes(writer, augmentation, strlen(augmentation) + 1);
	cfi_write(writer, 1, 1);    /* code alignment */
	cfi_write(writer, 0x78, 1); /* data alignment -8 */
	cfi_write(writer, 16, 1);
	if (*augmentation) {
		cfi_write(writer, 1, 1);
		cfi_write(writer, encoding, 1);
	}
	write_bytes(writer, program.bytes, program.size);
	set_length(writer, record);
	return record;
}

size_t cfi_write_cie(struct cfi_writer *writer, uint8_t encoding, struct cfi_test_program program)
{
	return write_cie(writer, encoding ? "zR" : "", encoding, program);
}

size_t cfi_write_signal_cie(struct cfi_writer *writer, uint8_t encoding,
			    struct cfi_test_program program)
{
	return write_cie(writer, "zRS", encoding, program);
}

size_t cfi_write_fde(struct cfi_writer *writer, size_t cie, uint8_t encoding, uint64_t start,
		     uint64_t size, struct cfi_test_program program)
{
	size_t record = writer->size;
	size_t pointer_size = (encoding & 0xf) == 0xb ? 4 : 8;

	cfi_write(writer, 0, 4);
	cfi_write(writer, writer->format == CFI_EH_FRAME ? writer->size - cie : cie, 4);
	if ((encoding & 0x70) == 0x10)
		start -= writer->address + writer->size;
	cfi_write(writer, start, pointer_size);
	cfi_write(writer, size, pointer_size);
	if (encoding)
		cfi_write(writer, 0, 1); /* augmentation size */
	write_bytes(writer, program.bytes, program.size);
	set_length(writer, record);
	return record;
}

void cfi_write_terminator(struct cfi_writer *writer)
{
	cfi_write(writer, 0, 4);
}

struct cfi_sections cfi_written(const struct cfi_writer *writer)
{
	return (struct cfi_sections){
		.format = writer->format,
		.bytes = writer->bytes,
		.size = writer->size,
		.address = writer->address,
	};
}
