/* SPDX-License-Identifier: MIT */
/*
 * The ELF file within an ELF file: MiniDebugInfo, an xz stream in the section .gnu_debugdata (gdb
 * manual, "MiniDebugInfo"). It has the symbols of the functions that are not exported.
 *
 * You give the file; you get the inner one. It never takes more memory than a bound that no real one
 * meets.
 */
#ifndef SYMBOLIZE_MINI_DEBUG_FILE_H
#define SYMBOLIZE_MINI_DEBUG_FILE_H

#include "symbolize/elf_file.h"

/* NULL: there is none, or it is damaged. To be closed with elf_file_close(). */
struct elf_file *mini_debug_file_open(const struct elf_file *file);

#endif
