/* SPDX-License-Identifier: MIT */
#include "profiler/profile_compact.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

void profile_compaction_begin(struct profile_compaction *compaction, const struct profile *from)
{
	*compaction = (struct profile_compaction){
		.from = from,
		.uses_thread = xcalloc(from->thread_count, sizeof(bool)),
		.uses_stack = xcalloc(from->stack_count, sizeof(bool)),
		.threads = xcalloc(from->thread_count, sizeof(uint32_t)),
		.stacks = xcalloc(from->stack_count, sizeof(uint32_t)),
	};
}

void profile_compaction_deinit(struct profile_compaction *compaction)
{
	free(compaction->uses_thread);
	free(compaction->uses_stack);
	free(compaction->threads);
	free(compaction->stacks);
	*compaction = (struct profile_compaction){ 0 };
}

void profile_compaction_use(struct profile_compaction *compaction,
			    const struct profile_sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		compaction->uses_thread[samples[i].thread] = true;
		for (uint32_t stack = samples[i].stack;
		     stack != STACK_NONE && !compaction->uses_stack[stack];
		     stack = compaction->from->stacks[stack].parent)
			compaction->uses_stack[stack] = true;
	}
}

struct profile *profile_compaction_make(struct profile_compaction *compaction)
{
	const struct profile *from = compaction->from;
	struct profile *made = profile_create();

	for (size_t i = 0; i < from->thread_count; i++) {
		const struct profile_thread *thread = &from->threads[i];

		if (compaction->uses_thread[i])
			compaction->threads[i] =
				profile_thread(made, thread->pid, thread->tid, thread->comm);
	}
	/* A parent was interned before its children. */
	for (size_t i = 0; i < from->stack_count; i++) {
		const struct stack_node *node = &from->stacks[i];
		uint32_t parent = node->parent;

		if (!compaction->uses_stack[i])
			continue;
		if (parent != STACK_NONE)
			parent = compaction->stacks[parent];
		compaction->stacks[i] = profile_stack(
			made, parent, profile_location(made, from->locations[node->location]),
			node->is_guessed);
	}
	return made;
}
