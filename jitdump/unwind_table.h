/* SPDX-License-Identifier: MIT */
/*
 * The unwind table of an UNWINDING_INFO record, laid out and checked.
 *
 * You give the record's payload; you are told whether it is a table for a given function and where
 * its .eh_frame lies. It never believes a layout: one is taken only if an FDE of it covers the
 * function, decoded with that layout's addresses.
 *
 *     V8, CPython, perf:           .eh_frame | .eh_frame_hdr
 *     the specification, LLVM ORC: .eh_frame_hdr | .eh_frame
 *
 * All but ORC's are relative: as if the bytes lay in memory behind the code, at the next multiple
 * of 8. ORC's header says where the .eh_frame really lies, and the table serves every function of
 * an object.
 */
#ifndef JITDUMP_UNWIND_TABLE_H
#define JITDUMP_UNWIND_TABLE_H

#include "jitdump/cfi_table.h"
#include "jitdump/log.h"
#include "jitdump/record.h"

/* True if the payload says that there is no table and the frame pointer is to be followed: an
 * .eh_frame_hdr alone, or one that lists no function. */
bool unwind_table_is_empty(const struct jitdump_record *record);

/* The table for the code at [address, address + size), borrowed from the record. False if no FDE
 * is for it. */
bool unwind_table_for_code(const struct jitdump_record *record, uint64_t address, uint64_t size,
			   struct jitdump_unwind_table *table);

/* The table at the absolute address that its header states. False if it states none. */
bool unwind_table_in_memory(const struct jitdump_record *record,
			    struct jitdump_unwind_table *table);

/* The sections of a table, to look an FDE up in. */
struct cfi_sections unwind_table_sections(const struct jitdump_unwind_table *table);

#endif
