/* SPDX-License-Identifier: MIT */
/*
 * Memory that is there or the program ends.
 *
 * You give a size; you get memory, never NULL. It never returns on exhaustion: it prints one
 * sentence and exits with 1, because a profiler that cannot intern a sample has nothing left to
 * say. Everything in jprof allocates through here, except the writer library (which runs inside
 * other people's programs and returns -ENOMEM) and code that reads a size from a file: that must
 * bound the size first.
 */
#ifndef JITDUMP_XALLOC_H
#define JITDUMP_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *memory, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *text, size_t max) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *format, ...)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

/*
 * Makes room for one more item in an array that grows by doubling: returns `items`, moved if need
 * be, with *capacity > count. `items` may be NULL with *capacity 0.
 */
void *xgrow(void *items, size_t count, size_t *capacity, size_t item_size)
	__attribute__((returns_nonnull));

#endif
