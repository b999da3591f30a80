/* SPDX-License-Identifier: MIT */
/*
 * Writes .eh_frame, .debug_frame and .eh_frame_hdr byte by byte, for tests to read back.
 *
 * You give CIEs and FDEs; you get a section whose bytes a test can then damage. Programs are
 * arrays of bytes. It never checks what it is told.
 */
#ifndef SUPPORT_CFI_WRITER_H
#define SUPPORT_CFI_WRITER_H

#include "jitdump/cfi_table.h"

struct cfi_writer {
	enum cfi_format format;
	uint64_t address; /* of the section */
	uint8_t bytes[8192];
	size_t size;
};

/* A program, as bytes: PROGRAM(0x0c, 7, 8). */
struct cfi_test_program {
	const uint8_t *bytes;
	size_t size;
};
#define PROGRAM(...)                                                                               \
	((struct cfi_test_program){ (const uint8_t[]){ __VA_ARGS__ },                              \
				    sizeof((const uint8_t[]){ __VA_ARGS__ }) })
#define NO_PROGRAM ((struct cfi_test_program){ 0 })

/* What nearly every x86-64 CIE says: the CFA is rsp + 8, the return address at CFA - 8. */
#define USUAL_START PROGRAM(0x0c, 7, 8, 0x80 | 16, 1)

/* Each returns the offset of the record. Version 1, code alignment 1, data alignment -8, return
 * column 16. `encoding` is that of FDE pointers; 0 leaves the augmentation empty. */
size_t cfi_write_cie(struct cfi_writer *writer, uint8_t encoding, struct cfi_test_program program);
size_t cfi_write_signal_cie(struct cfi_writer *writer, uint8_t encoding,
			    struct cfi_test_program program);
size_t cfi_write_fde(struct cfi_writer *writer, size_t cie, uint8_t encoding, uint64_t start,
		     uint64_t size, struct cfi_test_program program);
void cfi_write_terminator(struct cfi_writer *writer);

void cfi_write(struct cfi_writer *writer, uint64_t value, size_t size);

/* The section as a cfi_table takes it; borrowed from the writer. */
struct cfi_sections cfi_written(const struct cfi_writer *writer);

#endif
