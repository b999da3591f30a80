/* SPDX-License-Identifier: MIT */
/* Chains of samples whose stack copies are kept: how they were unwound is kept too, and used again
 * where there is nothing to unwind by. */
#include "profiler/session_state.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

void session_chains_deinit(struct session *session)
{
	profile_destroy(session->unwound);
	hash_index_deinit(&session->chain_index);
}

/* In this profile a location is (is_return, pc). */
void session_chains_note(struct session *session, const struct event *event)
{
	const struct chain *chain = &session->chain;
	uint32_t stack = STACK_NONE;

	if (!session->unwound)
		session->unwound = profile_create();
	for (size_t i = chain->count; i-- > 0;) {
		const struct chain_frame *frame = &chain->frames[i];

		if (frame->is_kernel)
			continue;
		uint32_t location = profile_location(
			session->unwound, (struct location){ frame->is_return, frame->pc });

		stack = profile_stack(session->unwound, stack, location, frame->is_guessed);
	}
	profile_add_sample(
		session->unwound,
		&(struct profile_sample){
			.time_ns = event->time_ns,
			.thread = profile_thread(session->unwound, event->pid, event->tid, ""),
			.stack = stack,
			.cpu = event->cpu,
			.end = (uint8_t)chain->end,
			.is_joined = chain->is_joined,
		});
}

static struct stored_frame *stored_frames(const struct profile *unwound)
{
	struct stored_frame *frames = xcalloc(unwound->stack_count, sizeof(*frames));

	for (size_t i = 0; i < unwound->stack_count; i++) {
		const struct stack_node *node = &unwound->stacks[i];
		const struct location *location = &unwound->locations[node->location];

		frames[i] = (struct stored_frame){ .pc = location->image_address,
						   .caller = node->parent,
						   .is_return = location->image_id,
						   .is_guessed = node->is_guessed };
	}
	return frames;
}

static struct stored_chain *stored_chains(const struct profile *unwound)
{
	struct stored_chain *chains = xcalloc(unwound->sample_count, sizeof(*chains));

	for (size_t i = 0; i < unwound->sample_count; i++) {
		const struct profile_sample *sample = &unwound->samples[i];

		chains[i] = (struct stored_chain){ .time_ns = sample->time_ns,
						   .tid = unwound->threads[sample->thread].tid,
						   .cpu = sample->cpu,
						   .end = sample->end,
						   .is_joined = sample->is_joined,
						   .leaf = sample->stack };
	}
	return chains;
}

void session_chains_store(const struct session *session, struct section_bytes *out)
{
	const struct profile *unwound = session->unwound;

	if (!unwound)
		return;
	struct stored_frame *frames = stored_frames(unwound);
	struct stored_chain *chains = stored_chains(unwound);

	jprof_section_put_chains(out, frames, unwound->stack_count, chains, unwound->sample_count);
	free(frames);
	free(chains);
}

static uint64_t chain_hash(uint64_t time_ns, uint32_t tid, uint32_t cpu)
{
	return hash_pair(time_ns, (uint64_t)tid << 32 | cpu);
}

void session_chains_use(struct session *session)
{
	size_t count;
	const struct stored_chain *chains = jprof_section_chains(session->section, &count);

	for (size_t i = 0; i < count; i++)
		hash_index_add(&session->chain_index,
			       chain_hash(chains[i].time_ns, chains[i].tid, chains[i].cpu),
			       (uint32_t)i);
}

static void push_frames(struct session *session, uint32_t number)
{
	const struct stored_frame *frames = jprof_section_frames(session->section);
	struct chain *chain = &session->chain;

	for (; number != STORED_FRAME_NONE && chain->count < STACK_DEPTH_LIMIT;
	     number = frames[number].caller)
		chain->frames[chain->count++] =
			(struct chain_frame){ .pc = frames[number].pc,
					      .is_return = frames[number].is_return,
					      .is_guessed = frames[number].is_guessed };
}

bool session_chains_find(struct session *session, const struct event *event)
{
	size_t count;

	if (!session->chain_index.count)
		return false;
	const struct stored_chain *chains = jprof_section_chains(session->section, &count);
	uint64_t hash = chain_hash(event->time_ns, event->tid, event->cpu);

	for (struct hash_cursor c = hash_index_begin(&session->chain_index, hash);
	     hash_index_next(&session->chain_index, &c);) {
		const struct stored_chain *chain = &chains[c.number];

		if (chain->time_ns != event->time_ns || chain->tid != event->tid ||
		    chain->cpu != event->cpu)
			continue;
		push_frames(session, chain->leaf);
		session->chain.end = chain->end;
		session->chain.is_joined = chain->is_joined;
		return true;
	}
	return false;
}
