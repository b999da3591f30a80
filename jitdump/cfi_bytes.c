/* SPDX-License-Identifier: MIT */
#include "jitdump/cfi_bytes.h"

#include <string.h>

uint64_t cfi_read_unsigned(struct cfi_bytes *bytes, size_t size)
{
	uint64_t value = 0;

	if ((size_t)(bytes->end - bytes->at) < size) {
		bytes->failed = true;
		bytes->at = bytes->end;
		return 0;
	}
	memcpy(&value, bytes->at, size);
	bytes->at += size;
	return value;
}

int64_t cfi_read_signed(struct cfi_bytes *bytes, size_t size)
{
	unsigned unused_bits = 64 - 8 * (unsigned)size;

	return (int64_t)(cfi_read_unsigned(bytes, size) << unused_bits) >> unused_bits;
}

/* Returns the number of bits read; the sign is in bit 6 of the last byte. */
static unsigned read_leb(struct cfi_bytes *bytes, uint64_t *value, uint8_t *last)
{
	unsigned shift = 0;

	*value = 0;
	do {
		*last = (uint8_t)cfi_read_unsigned(bytes, 1);
		if (shift < 64)
			*value |= (uint64_t)(*last & 0x7f) << shift;
		shift += 7;
	} while (*last & 0x80);
	return shift;
}

uint64_t cfi_read_uleb(struct cfi_bytes *bytes)
{
	uint64_t value;
	uint8_t last;

	read_leb(bytes, &value, &last);
	return value;
}

int64_t cfi_read_sleb(struct cfi_bytes *bytes)
{
	uint64_t value;
	uint8_t last;
	unsigned shift = read_leb(bytes, &value, &last);

	if (last & 0x40 && shift < 64)
		value |= ~UINT64_C(0) << shift;
	return (int64_t)value;
}

void cfi_skip(struct cfi_bytes *bytes, uint64_t size)
{
	if ((uint64_t)(bytes->end - bytes->at) < size) {
		bytes->failed = true;
		bytes->at = bytes->end;
		return;
	}
	bytes->at += size;
}

static uint64_t read_pointer_value(struct cfi_bytes *bytes, uint8_t encoding)
{
	switch (encoding & POINTER_FORMAT) {
	case 0x0:
	case 0x4:
	case 0xc:
		return cfi_read_unsigned(bytes, 8);
	case 0x1:
		return cfi_read_uleb(bytes);
	case 0x2:
		return cfi_read_unsigned(bytes, 2);
	case 0x3:
		return cfi_read_unsigned(bytes, 4);
	case 0x9:
		return (uint64_t)cfi_read_sleb(bytes);
	case 0xa:
		return (uint64_t)cfi_read_signed(bytes, 2);
	case 0xb:
		return (uint64_t)cfi_read_signed(bytes, 4);
	default:
		bytes->failed = true;
		return 0;
	}
}

uint64_t cfi_read_pointer(struct cfi_bytes *bytes, uint8_t encoding,
			  const struct pointer_bases *bases)
{
	uint64_t value = read_pointer_value(bytes, encoding);

	if (encoding & POINTER_INDIRECT) {
		bytes->failed = true;
		return 0;
	}
	switch (encoding & POINTER_BASE) {
	case POINTER_ABSOLUTE:
		return value;
	case POINTER_BASE_PC:
		return bases->pc + value;
	case POINTER_BASE_TEXT:
		return bases->text + value;
	case POINTER_BASE_DATA:
		return bases->data + value;
	default:
		bytes->failed = true;
		return 0;
	}
}
