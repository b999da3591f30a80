/* SPDX-License-Identifier: MIT */
/*
 * Split DWARF: the units that the linker did not see, in .dwo files or in one .dwp file.
 *
 * You give a skeleton unit of the linked file; you get the unit it stands for, from EXECUTABLE.dwp,
 * from where the compiler left it, or from beside the executable. It never takes one whose id
 * differs.
 */
#ifndef SYMBOLIZE_DWARF_SPLIT_H
#define SYMBOLIZE_DWARF_SPLIT_H

#include "symbolize/debug_file.h"
#include "symbolize/dwarf_entry.h"

struct dwarf_split;

/* `file` and what `places` points to outlive it. */
struct dwarf_split *dwarf_split_create(const struct elf_file *file,
				       const struct debug_places *places);
void dwarf_split_destroy(struct dwarf_split *split);

/* `entry` is the skeleton's first one. As long-lived as `split`. NULL: it was not found. */
struct dwarf_unit *dwarf_split_unit(struct dwarf_split *split, const struct dwarf_entry *entry);

#endif
