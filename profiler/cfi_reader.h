/* SPDX-License-Identifier: MIT */
/*
 * The instructions of a CFI program, decoded one by one.
 *
 * You give a function's CFI and which of its programs to read; you get its instructions up to the
 * row that holds at an address, with operands scaled by the CIE's factors. What comes out can be
 * trusted: every operand is there, registers are those of the return-address column and below,
 * remember and restore pair up, expressions end and do not trap. Advances and what is of no use here
 * (vector registers) are passed over. It keeps no row: what the instructions do is their reader's.
 *
 * Instructions: DWARF 5 sections 6.4.2 and 7.24; LSB Core 5.0 section 10.5.2.
 */
#ifndef PROFILER_CFI_READER_H
#define PROFILER_CFI_READER_H

#include "jitdump/cfi_bytes.h"
#include "jitdump/cfi_table.h"

enum cfi_operation {
	CFI_NOTHING = 1,
	CFI_DEFINE,	       /* the CFA is `number` + `offset` */
	CFI_DEFINE_REGISTER,   /* ... the offset stays */
	CFI_DEFINE_OFFSET,     /* ... the register stays */
	CFI_DEFINE_EXPRESSION, /* the CFA is what the expression gives */
	CFI_SAME,	       /* register `number` is as it was */
	CFI_UNDEFINED,
	CFI_IN_REGISTER,  /* is in register `place` */
	CFI_AT_OFFSET,	  /* is at CFA + `offset` */
	CFI_VALUE_OFFSET, /* is CFA + `offset` */
	CFI_AT_EXPRESSION,
	CFI_VALUE_EXPRESSION,
	CFI_RESTORE, /* has the rule that the CIE gave it */
	CFI_REMEMBER,
	CFI_RESTORE_STATE,
};

struct cfi_instruction {
	enum cfi_operation operation;
	unsigned number;
	unsigned place; /* UINT_MAX: a register that is not unwound */
	int64_t offset;
	const uint8_t *expression;
	size_t expression_size;
	const uint8_t *start, *end; /* as it is encoded */
};

/* States that a program may have remembered at once; compilers nest two or three. */
enum { CFI_REMEMBER_LIMIT = 64 };

struct cfi_reader {
	const struct cfi_function *function;
	struct cfi_bytes in;
	uint64_t address;  /* rows behind it do not count */
	uint64_t location; /* of the row being described */
	unsigned remembered;
};

/* The CIE's program. */
struct cfi_reader cfi_reader_initial(const struct cfi_function *function);

/* The FDE's program up to the row that holds at `address` (in the function). */
struct cfi_reader cfi_reader_at(const struct cfi_function *function, uint64_t address);

/* False at the end; reader->in.failed then says whether the program cannot be trusted. */
bool cfi_reader_next(struct cfi_reader *reader, struct cfi_instruction *instruction);

#endif
