/* SPDX-License-Identifier: MIT */
/*
 * What a program made of tests/symbolize/places.{c,cpp} says about its own addresses.
 */
#ifndef SUPPORT_PLACES_H
#define SUPPORT_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The image address of the number-th PLACE(name) of a program. False: it has fewer. */
bool places_find(const char *program, const char *name, size_t number, uint64_t *image_address);

/* The number of the line of tests/symbolize/SOURCE with this comment; fails the test without. */
uint32_t places_line(const char *source, const char *comment);

struct places_process {
	pid_t pid;
	int input; /* it waits for this to be closed */
};

/* Runs a program made of places.c; *outer is where its outer() is in memory. */
struct places_process places_start(const char *program, uint64_t *outer);
void places_end(struct places_process *process);

#endif
