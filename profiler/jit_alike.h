/* SPDX-License-Identifier: MIT */
/*
 * Code that nobody has announced yet, but that is a copy of announced code.
 *
 * CPython runs every Python function through a trampoline of its own; all are equal to the byte,
 * and their announcements come in steps of 4 KiB, the last at exit. You give an address in unknown
 * JIT memory of a live process; if the bytes there are those of the dump's newest function, you get
 * a provisional version: it unwinds as the original does, and has no name until its own
 * announcement comes. It reads the process's memory, and never stops it.
 */
#ifndef PROFILER_JIT_ALIKE_H
#define PROFILER_JIT_ALIKE_H

#include "profiler/address_space.h"

/* True if a provisional version now covers the address. */
bool jit_alike_find(const struct address_space *space, uint64_t address, uint64_t time_ns);

#endif
