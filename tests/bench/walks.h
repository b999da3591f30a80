/* SPDX-License-Identifier: MIT */
/*
 * Whole stacks unwound by the libraries that profilers use, for bench_unwind to measure against.
 *
 * You give a request as unwinder_unwind() takes it; you get the number of frames. Both read
 * ELF images alone: code of a JIT ends the stack.
 */
#ifndef BENCH_WALKS_H
#define BENCH_WALKS_H

#include "profiler/unwind.h"

/*
 * One cursor per stack, with libunwind's cache on. Samples must be of one process. libunwind masks
 * signals whenever it looks into its cache: several system calls a frame, whose price is the
 * machine's. Without `masks` they are left out, in its favour.
 */
struct libunwind_walk;

struct libunwind_walk *libunwind_walk_create(bool masks);
void libunwind_walk_destroy(struct libunwind_walk *walk);
size_t libunwind_walk_unwind(struct libunwind_walk *walk, const struct unwind_request *request);

/* One Dwfl for all stacks, its modules reported once. Samples must be of one process. */
struct libdw_walk;

struct libdw_walk *libdw_walk_create(const struct unwind_request *request);
void libdw_walk_destroy(struct libdw_walk *walk);
size_t libdw_walk_unwind(struct libdw_walk *walk, const struct unwind_request *request);

#endif
