/* SPDX-License-Identifier: MIT */
/*
 * The native functions that toy programs call, some of which call back.
 *
 *     print(value)        prints it, returns it
 *     apply(f, value)     f(value)
 *     repeat(f, count)    f(0) + f(1) + ... + f(count - 1)
 *     sorted(f, count)    sorts made-up numbers with qsort_r(3), where f(a, b) compares; returns
 *                         the median
 *     touch_native()      touches a fresh page from native code
 */
#ifndef TOY_JIT_NATIVES_H
#define TOY_JIT_NATIVES_H

#include <stddef.h>

struct native {
	const char *name;
	const char *symbol; /* of the C function */
	unsigned parameter_count;
	const void *function; /* int64_t (struct thread *, int64_t ...) */
};

/* NULL if there is none of that name. */
const struct native *native_find(const char *name, size_t length);

#endif
