/* SPDX-License-Identifier: MIT */
/*
 * What `jprof script --ns --no-inline` printed, read back.
 *
 * You give the text, which is changed; you get samples whose frames lead into it. A line that is
 * none of the layout fails the test.
 */
#ifndef SUPPORT_SCRIPT_TEXT_H
#define SUPPORT_SCRIPT_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct script_frame {
	uint64_t address;
	const char *symbol; /* without its offset; "[jit?]" and "[unknown]" where there is none */
	const char *module;
};

struct script_sample {
	const char *comm;
	uint32_t pid, tid;
	uint64_t time_ns;
	struct script_frame *frames; /* leaf first */
	size_t frame_count, frame_capacity;
};

struct script_text {
	struct script_sample *samples;
	size_t count, capacity;
};

void script_text_parse(struct script_text *script, char *text);
void script_text_free(struct script_text *script);

#endif
