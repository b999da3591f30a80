/* SPDX-License-Identifier: MIT */
/*
 * Counts and sizes as a person reads them.
 *
 * You give a number; it is printed. It never rounds a count.
 */
#ifndef UI_QUANTITY_H
#define UI_QUANTITY_H

#include <stdint.h>
#include <stdio.h>

void print_count(FILE *out, uint64_t count); /* "4,012" */
void print_bytes(FILE *out, uint64_t bytes); /* "512 bytes", "1.2 MB" */

#endif
