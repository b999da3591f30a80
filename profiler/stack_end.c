/* SPDX-License-Identifier: MIT */
#include "profiler/stack_end.h"

const char *stack_end_name(enum stack_end end)
{
	static const char *const names[STACK_END_COUNT] = {
		[STACK_END_COMPLETE] = "complete",
		[STACK_END_TRUNCATED_COPY] = "truncated_copy",
		[STACK_END_NO_UNWIND_INFO] = "no_unwind_info",
		[STACK_END_BAD_MEMORY] = "bad_memory",
		[STACK_END_DEPTH_LIMIT] = "depth_limit",
		[STACK_END_JIT_UNKNOWN] = "jit_unknown",
		[STACK_END_SKIPPED] = "unwinding_skipped",
		[STACK_END_NONE] = "no_user_stack",
		[STACK_END_UNTOLD] = "untold",
	};

	return (unsigned)end < STACK_END_COUNT ? names[end] : "untold";
}
