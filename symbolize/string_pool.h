/* SPDX-License-Identifier: MIT */
/*
 * Interned strings: equal texts are the same pointer.
 *
 * You give a text; you get a NUL-terminated copy that lives as long as the pool. It never frees
 * one string alone. Not thread-safe.
 */
#ifndef SYMBOLIZE_STRING_POOL_H
#define SYMBOLIZE_STRING_POOL_H

#include <stddef.h>

struct string_pool;

struct string_pool *string_pool_create(void);
void string_pool_destroy(struct string_pool *pool);

/* What its texts take. */
size_t string_pool_bytes(const struct string_pool *pool);

const char *string_pool_add(struct string_pool *pool, const char *text);
const char *string_pool_add_bytes(struct string_pool *pool, const char *bytes, size_t length);

/* With control characters replaced by '?': for texts from files that are to be shown. */
const char *string_pool_add_printable(struct string_pool *pool, const char *bytes, size_t length);

#endif
