/* SPDX-License-Identifier: MIT */
/*
 * Build-ids: when two are the same, and where files are kept by them.
 *
 * You give an id; you get paths. It never opens them.
 */
#ifndef SYMBOLIZE_BUILD_ID_H
#define SYMBOLIZE_BUILD_ID_H

#include "symbolize/image.h"

/* Zeros behind the shorter one do not count: perf's table of build-ids had no size once. */
bool build_id_is_equal(const struct build_id *first, const struct build_id *second);

/*
 * "PREFIX/.build-id/ab/cdef…SUFFIX", to be freed: the layout of /usr/lib/debug (suffix ".debug")
 * and of perf's ~/.debug (suffixes "/elf", "/debug"). NULL if the id is not known.
 */
char *build_id_path(const char *prefix, const struct build_id *build_id, const char *suffix);

#endif
