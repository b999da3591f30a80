/* SPDX-License-Identifier: MIT */
/*
 * The call frame information of one image or one JIT unwind table: which FDE covers an address.
 *
 * You give an .eh_frame (with its .eh_frame_hdr, if there is a usable one) or a .debug_frame; you
 * get, for an address, the FDE that covers it with what its CIE says, decoded but not run. Where
 * there is no usable header a sorted table is built once. It never runs a CFI program, never
 * writes to the sections and never trusts them: every length, pointer and encoding is checked, and
 * what does not fit is passed over.
 *
 * Formats: DWARF 5 section 6.4 and 7.24; Linux Standard Base Core 5.0 section 10.6.
 */
#ifndef JITDUMP_CFI_TABLE_H
#define JITDUMP_CFI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cfi_format { CFI_EH_FRAME, CFI_DEBUG_FRAME };

/* Sections with the addresses that pointers in them are meant for. All bytes are borrowed. */
struct cfi_sections {
	enum cfi_format format;
	const uint8_t *bytes;
	size_t size;
	uint64_t address;      /* of the section; for .debug_frame 0 */
	const uint8_t *header; /* .eh_frame_hdr, or NULL */
	size_t header_size;
	uint64_t header_address;
	uint64_t text_address; /* base of DW_EH_PE_textrel */
	uint64_t data_address; /* base of DW_EH_PE_datarel */
};

/* An FDE and what its CIE says. Programs are borrowed from the section. */
struct cfi_function {
	uint64_t start, end;		/* [start, end), addresses as in the section */
	const uint8_t *initial_program; /* the CIE's */
	size_t initial_program_size;
	const uint8_t *program;
	size_t program_size;
	uint64_t program_address; /* of the FDE's program, for pc-relative pointers in it */
	uint64_t code_alignment;
	int64_t data_alignment;
	uint64_t return_register;
	uint8_t pointer_encoding;
	bool is_signal_frame; /* what it returns to was interrupted, not called */
};

struct cfi_entry {
	uint64_t start;
	uint64_t offset; /* of the FDE in the section */
};

struct cfi_table {
	struct cfi_sections sections;
	const uint8_t *header_rows; /* pairs of i32 relative to the header, or NULL: use entries */
	size_t header_row_count;
	struct cfi_entry *entries; /* sorted by start; built at the first miss of a header */
	size_t entry_count;
	bool has_entries;
};

void cfi_table_init(struct cfi_table *table, const struct cfi_sections *sections);
void cfi_table_deinit(struct cfi_table *table);

/* False if no usable FDE covers the address. */
bool cfi_table_find(struct cfi_table *table, uint64_t address, struct cfi_function *function);

/* The same for a table that is looked at once: reads through the section, builds nothing. */
bool cfi_sections_find(const struct cfi_sections *sections, uint64_t address,
		       struct cfi_function *function);

#endif
