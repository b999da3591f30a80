/* SPDX-License-Identifier: MIT */
/*
 * A .dwp file: the split units of many .dwo files, with an index of where the parts of each are.
 *
 * You give a unit's id; you get the unit, its offsets made to start where its parts do. Of the
 * index both formats are known: GNU's (version 2) and that of DWARF 5 (7.3.5).
 */
#ifndef SYMBOLIZE_DWARF_PACKAGE_H
#define SYMBOLIZE_DWARF_PACKAGE_H

#include "symbolize/dwarf_file.h"

/* NULL: it is not in it. */
struct dwarf_unit *dwarf_package_unit(struct dwarf_file *package, uint64_t id);

#endif
