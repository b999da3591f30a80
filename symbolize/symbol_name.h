/* SPDX-License-Identifier: MIT */
/*
 * Which of several names of one place a person would use.
 *
 * You give two names as symbol tables have them; you get their order. It never looks at what the
 * tables say besides: binding and size come first, and are compared by those who know them.
 */
#ifndef SYMBOLIZE_SYMBOL_NAME_H
#define SYMBOLIZE_SYMBOL_NAME_H

#include <stdbool.h>

/*
 * Negative: `first` is what the other one begins or ends with, be it without "@VERSION": "glob" of
 * that and "glob64", "fprintf" of that and "_IO_fprintf". 0: neither. This is no order of more than
 * two names.
 */
int symbol_name_compare_plainness(const char *first, const char *second);

/* Negative: `first` is better. 0 only for equal names (in their first 1,024 bytes). */
int symbol_name_compare(const char *first, const char *second);

/* "$x", "$d.1": no name of a place; they tell code from data on ARM and RISC-V. */
bool symbol_name_is_mapping(const char *name);

#endif
