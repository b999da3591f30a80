/* SPDX-License-Identifier: MIT */
/*
 * The unwind table in an UNWINDING_INFO record: which of its layouts it has, and for which code.
 *
 * You give the record and a function's address; you get the .eh_frame bytes with the address they
 * are to be read at, if one of their FDEs covers the function. It never runs CFI.
 *
 * Layouts (JITDUMP.md section 8):
 *     V8, CPython, perf   .eh_frame .eh_frame_hdr    as if at align8(end of the code)
 *     the specification   .eh_frame_hdr .eh_frame    likewise
 *     LLVM ORC            a 12-byte header with the absolute address of .eh_frame, .eh_frame of
 *                         all functions of an object
 */
#ifndef JITDUMP_UNWIND_TABLE_H
#define JITDUMP_UNWIND_TABLE_H

#include "jitdump/log.h"
#include "jitdump/record.h"

/* True for a table that says: this code keeps a frame pointer (a header that counts no FDE). */
bool unwind_table_is_empty(const struct jitdump_record *record);

/* True if the table is at an absolute address of its own, and so serves later functions too. */
bool unwind_table_is_absolute(const struct jitdump_record *record);

/* Finds the layout in which an FDE covers the function; the bytes stay the record's. */
bool unwind_table_find(const struct jitdump_record *record, uint64_t code_address,
		       uint64_t code_size, struct jitdump_unwind_table *table);

/* True if some FDE of .eh_frame bytes at this address covers code_address. */
bool unwind_table_covers(const struct jitdump_unwind_table *table, uint64_t code_address);

#endif
