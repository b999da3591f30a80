/* SPDX-License-Identifier: MIT */
/*
 * What a caller asked for, with everything filled in that it left to "the usual".
 *
 * You give the caller's struct, which its version of the header may have made shorter or longer
 * than ours; you get ours. Texts stay the caller's. Functions return 0 or -EINVAL.
 */
#ifndef JITDUMP_OPTIONS_H
#define JITDUMP_OPTIONS_H

#include <stddef.h>

#include "jitdump/libjitdump.h"

/*
 * Copies a public struct of from_size bytes into ours of `size` bytes. It has at least what the
 * first version of the library knew, first_size bytes; what this one does not know must be zero.
 */
int jitdump_copy_sized(void *to, size_t size, size_t first_size, const void *from,
		       size_t from_size);

/* Checks them too. NULL asks for the usual throughout. */
int jitdump_options_read(struct jitdump_options *to, const struct jitdump_options *from);

#endif
