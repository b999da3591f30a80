/* SPDX-License-Identifier: MIT */
#include "jitdump/libjitdump.h"

unsigned header_compiles(void);

unsigned header_compiles(void)
{
	struct jitdump_options options = { 0 };
	struct jitdump_function function = { 0 };

	options.skipped_kinds = JITDUMP_KIND_BIT(JITDUMP_KIND_STUB);
	return options.skipped_kinds + (unsigned)function.kind + LIBJITDUMP_VERSION_MAJOR;
}
