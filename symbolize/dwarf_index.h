/* SPDX-License-Identifier: MIT */
/*
 * The DWARF of one file by address.
 *
 * You give the file that has the debug sections; you get the frames of an address: the inlined
 * functions and the function around them, with lines. Units are found by their ranges, and each
 * is read when it is first hit. It never fails: without DWARF it has no frames.
 */
#ifndef SYMBOLIZE_DWARF_INDEX_H
#define SYMBOLIZE_DWARF_INDEX_H

#include "symbolize/dwarf_unit.h"
#include "symbolize/elf_file.h"

struct dwarf_index;

/* The file has DWARF (or a part of it). */
bool dwarf_is_in(const struct elf_file *file);

/* `file` outlives the index. */
struct dwarf_index *dwarf_index_create(const struct elf_file *file);
void dwarf_index_destroy(struct dwarf_index *index);

/* Innermost first; at most `max`. A line without a function (assembly) makes one frame without a
 * name. 0: nothing is known. The strings live as long as the index. */
size_t dwarf_index_frames(struct dwarf_index *index, uint64_t image_address,
			  struct dwarf_frame *frames, size_t max);

#endif
