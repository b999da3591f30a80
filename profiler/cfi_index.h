/* SPDX-License-Identifier: MIT */
/*
 * The CFI of everything that code_find() can answer with.
 *
 * You give a code and the address in the process that it was found for; you get the FDE that
 * covers it, in process addresses: from the image's .eh_frame, else from its .debug_frame, or from
 * the table that the JIT announced with the code. Sections are asked for once per image. It never
 * runs CFI. Images and the tables of JIT versions must stay as they are while the index lives.
 */
#ifndef PROFILER_CFI_INDEX_H
#define PROFILER_CFI_INDEX_H

#include "jitdump/cfi_table.h"
#include "profiler/code.h"

struct cfi_index;

struct cfi_index *cfi_index_create(void);
void cfi_index_destroy(struct cfi_index *index);

/* False if nothing describes the code there. Programs are borrowed from the image or the dump. */
bool cfi_index_find(struct cfi_index *index, const struct code *code, uint64_t address,
		    struct cfi_function *function);

#endif
