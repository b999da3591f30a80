/* SPDX-License-Identifier: MIT */
/*
 * Which of several names of one place a person would use.
 *
 * You give two names as symbol tables have them; you get their order. It never looks at what the
 * tables say besides: binding and size come first, and are compared by those who know them.
 */
#ifndef SYMBOLIZE_SYMBOL_NAME_H
#define SYMBOLIZE_SYMBOL_NAME_H

/* Negative: `first` is better. 0 only for equal names (in their first 1,024 bytes). */
int symbol_name_compare(const char *first, const char *second);

#endif
