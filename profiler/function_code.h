/* SPDX-License-Identifier: MIT */
/*
 * The code of one function: an ELF symbol's, one JIT code version's, or a nameless one's.
 *
 * You give a location in it; you get its instructions with their source lines, and what they call,
 * jump to, read and write, named as far as names are known. Bytes come from the file, from what a
 * recording keeps of it, or from the dump. It never fails for want of bytes: then it has the
 * sampled places alone, with their lines, and says what is missing. It knows no weight.
 */
#ifndef PROFILER_FUNCTION_CODE_H
#define PROFILER_FUNCTION_CODE_H

#include "profiler/profile.h"
#include "symbolize/disassembler.h"

struct session;

#define CODE_NO_TARGET UINT64_MAX

struct code_instruction {
	uint64_t offset; /* from the function's start */
	uint32_t size;	 /* 0: a sampled place without bytes */
	enum instruction_kind kind;
	const char *text;     /* printable; "" without bytes */
	uint64_t jump_target; /* an offset in the function, or CODE_NO_TARGET */
	const char *file;     /* as recorded: not printable. NULL: not known. Equal files are equal
				 pointers, in all functions of a session */
	uint32_t line;
	/* Of a call, and of a jump out of the function, by way of a slot too. */
	const char *callee;	 /* as named in `text`, interned in the session; NULL: not known */
	uint64_t callee_address; /* the image address, or of JIT code its process's; or
				    CODE_NO_TARGET */
};

struct function_code {
	struct location start;
	uint64_t size;
	uint64_t
		shown_start; /* the address of offset 0 in texts: 0 in JIT code, else the image's */
	const char *lack;    /* "", or a sentence: why instructions are missing */
	const struct image *image; /* whose status says why names and lines are missing */
	struct code_instruction *instructions; /* ascending */
	size_t count, capacity;
	struct string_pool *texts; /* of the above */
};

struct function_code_options {
	const char *machine; /* that the session is of, as `uname -m`; "": this one */
	bool is_intel;
	const uint64_t
		*places; /* offsets of samples, ascending: to be there without bytes as well */
	size_t place_count;
	uint32_t around_bytes; /* only instructions that are this near to one of these; 0: all */
};

/* False, and nothing to be freed, where no function is known. Lives as long as the session. */
bool function_code_read(struct function_code *code, struct session *session,
			struct location location, const struct function_code_options *options);
void function_code_deinit(struct function_code *code);

#endif
