/* SPDX-License-Identifier: MIT */
/*
 * Names as people write them, from the names that linkers see.
 *
 * You give a symbol's name, perhaps with its "@VERSION"; you get the C++ or Rust name it stands for,
 * without parameters and return type (`ns::Class<int>::method`, as perf shows it), or the name
 * itself. Each name is worked out once. It never fails, and control characters never pass.
 */
#ifndef SYMBOLIZE_DEMANGLE_H
#define SYMBOLIZE_DEMANGLE_H

struct demangler;
struct string_pool;

struct demangler *demangler_create(struct string_pool *strings);
void demangler_destroy(struct demangler *demangler);

/* `name` is known again by where it lies: it must stay there. You get it interned: it lives as long
 * as the string pool. */
const char *demangle(struct demangler *demangler, const char *name);

#endif
