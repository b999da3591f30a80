/* SPDX-License-Identifier: MIT */
/*
 * Reading call frame information byte by byte, with every read checked.
 *
 * You give a span of bytes; you get numbers. After the first read past the end everything reads as
 * zero and `failed` stays set, so that a caller checks once, at the end.
 */
#ifndef JITDUMP_CFI_BYTES_H
#define JITDUMP_CFI_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cfi_bytes {
	const uint8_t *at, *end;
	bool failed;
};

/* Little-endian, `size` 1, 2, 4 or 8. */
uint64_t cfi_read_unsigned(struct cfi_bytes *bytes, size_t size);
int64_t cfi_read_signed(struct cfi_bytes *bytes, size_t size);

/* LEB128 (DWARF 5 section 7.6); bits past 64 are dropped. */
uint64_t cfi_read_uleb(struct cfi_bytes *bytes);
int64_t cfi_read_sleb(struct cfi_bytes *bytes);

void cfi_skip(struct cfi_bytes *bytes, uint64_t size);

/* Pointer encodings: LSB Core 5.0 section 10.5.1. */
enum {
	POINTER_ABSOLUTE = 0x00,
	POINTER_FORMAT = 0x0f,
	POINTER_BASE = 0x70,
	POINTER_BASE_PC = 0x10,
	POINTER_BASE_TEXT = 0x20,
	POINTER_BASE_DATA = 0x30,
	POINTER_INDIRECT = 0x80,
	POINTER_OMITTED = 0xff,
};

struct pointer_bases {
	uint64_t pc; /* where the pointer itself lies */
	uint64_t text, data;
};

/* Fails for encodings that say where the pointer is to be found rather than what it is. */
uint64_t cfi_read_pointer(struct cfi_bytes *bytes, uint8_t encoding,
			  const struct pointer_bases *bases);

#endif
