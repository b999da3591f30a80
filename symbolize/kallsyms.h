/* SPDX-License-Identifier: MIT */
/*
 * The lines of /proc/kallsyms, one at a time: the file is megabytes, and a few lines are wanted.
 *
 * You give a path; you get every line that is one, in the order of the file: the kernel's own symbols
 * by address, each module's behind them in any order (kernel/kallsyms.c, 6.1). It never keeps a
 * line.
 */
#ifndef SYMBOLIZE_KALLSYMS_H
#define SYMBOLIZE_KALLSYMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed until the next one. */
struct kallsyms_line {
	uint64_t address;
	char type; /* as in nm(1) */
	const char *name;
	const char *module; /* "" for the kernel proper */
};

struct kallsyms;

/* NULL: it cannot be read. */
struct kallsyms *kallsyms_open(const char *path);
void kallsyms_close(struct kallsyms *kallsyms);

/* False at the end. */
bool kallsyms_next(struct kallsyms *kallsyms, struct kallsyms_line *line);

#endif
