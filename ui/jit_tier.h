/* SPDX-License-Identifier: MIT */
/*
 * What runtimes write of a compiler's tier into the names of JIT code.
 *
 * You give a name; you get the tier as the runtime calls it, and the name without it, which versions
 * of one function share. Names of runtimes that mark nothing pass as they are.
 */
#ifndef UI_JIT_TIER_H
#define UI_JIT_TIER_H

#include <stddef.h>

/* "": the name tells none. `plain` is cut to its size. */
const char *jit_tier(const char *name, char *plain, size_t size);

#endif
