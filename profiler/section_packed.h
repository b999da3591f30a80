/* SPDX-License-Identifier: MIT */
/*
 * Chunks of jprof's section in one compressed chunk.
 *
 * You give whole chunks; you get one that holds them, and back. JIT code, its lines and its names take
 * a third of their size so. It never unpacks more than PACKED_RATIO_MAX times what was given.
 */
#ifndef PROFILER_SECTION_PACKED_H
#define PROFILER_SECTION_PACKED_H

#include "profiler/jprof_section_format.h"

/* zstd makes a few bytes of megabytes of zeros; what is packed here is never like that. */
enum { PACKED_RATIO_MAX = 256 };

/* Chunks that do not get smaller are put as they are. */
void section_put_packed(struct section_bytes *out, const struct section_bytes *chunks);

/* The contents of a packed chunk, owned by the caller. False, and nothing, if they are damaged. */
bool section_take_packed(struct section_cursor *cursor, struct section_bytes *chunks);

#endif
