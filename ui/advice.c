/* SPDX-License-Identifier: MIT */
#include "ui/advice.h"

#include <stddef.h>
#include <string.h>

const char *stack_end_advice(enum stack_end end)
{
	switch (end) {
	case STACK_END_TRUNCATED_COPY:
		return "the stack is longer than its copy: try --stack-size 65528; what was joined "
		       "has its callers from other samples";
	case STACK_END_NO_UNWIND_INFO:
		return "code without unwind tables or frame pointers: build these modules with "
		       "-fasynchronous-unwind-tables or -fno-omit-frame-pointer; a JIT announces "
		       "tables in its jitdump";
	case STACK_END_BAD_MEMORY:
		return "a step led to memory that nobody has: wrong unwind tables, or a frame "
		       "pointer that is none";
	case STACK_END_DEPTH_LIMIT:
		return "deeper than 8,000 frames, which is all that a record can hold";
	case STACK_END_JIT_UNKNOWN:
		return "in executable memory that no file and no dump tells of: switch the "
		       "runtime's jitdump or perf map on (node --perf-prof, python -X perf_jit)";
	case STACK_END_SKIPPED:
		return "samples came too fast to be unwound: try a lower rate (-F)";
	case STACK_END_COMPLETE:
	case STACK_END_NONE:
	case STACK_END_UNTOLD:
	case STACK_END_COUNT:
		break;
	}
	return "";
}

const char *image_lack_text(const struct image *image, const char **advice)
{
	*advice = image->status;
	switch (image->lack) {
	case IMAGE_LACKS_NAMES:
		*advice =
			"stripped, only exported functions have names: install its debug symbols, "
			"name their directory (--symbols) or a server (DEBUGINFOD_URLS)";
		return "no names";
	case IMAGE_LACKS_LINES:
		*advice =
			"no debug information, so no lines and no inlined functions: build it with "
			"-g, or install its debug symbols";
		return "no lines";
	case IMAGE_LACKS_NOTHING:
		break;
	}
	return *image->status ? "incomplete" : NULL;
}

const char *nameless_advice(const char *name)
{
	if (!strcmp(name, "[jit?]"))
		return "JIT code that its runtime has not announced: it needs a switch (node "
		       "--perf-prof, python -X perf_jit; man jprof), and what it keeps in its "
		       "buffer is read only with the right to look into its memory (ptrace)";
	if (!strcmp(name, "[unknown]"))
		return "memory in which no file was mapped when it ran: a step of unwinding went "
		       "astray, or the mapping was missed";
	return "it has no samples of its own";
}
