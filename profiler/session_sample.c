/* SPDX-License-Identifier: MIT */
/* One sample: unwind it, or read the chain it carries; locate every frame; give it to the sink. */
#include "profiler/code_range.h"
#include "profiler/jit_alike.h"
#include "profiler/session_state.h"

#include <linux/perf_event.h>
#include <string.h>

/* PERF_CONTEXT_* markers are the top 4095 values (include/uapi/linux/perf_event.h). */
static bool is_marker(uint64_t value)
{
	return value >= (uint64_t)PERF_CONTEXT_MAX;
}

static bool is_kernel_marker(uint64_t value)
{
	return value == (uint64_t)PERF_CONTEXT_KERNEL || value == (uint64_t)PERF_CONTEXT_HV ||
	       value == (uint64_t)PERF_CONTEXT_GUEST_KERNEL;
}

static void push(struct chain *chain, uint64_t pc, bool is_kernel, bool is_return)
{
	if (chain->count < STACK_DEPTH_LIMIT)
		chain->frames[chain->count++] = (struct chain_frame){ .pc = pc,
								      .is_kernel = is_kernel,
								      .is_return = is_return };
}

/* The frames of the chosen parts of a recorded chain. The first after a marker is where the CPU
 * was; the others are return addresses. Returns how many user frames there are. */
static size_t read_callchain(struct chain *chain, const struct sample_event *sample, bool with_user)
{
	bool is_kernel = sample->cpu_mode == PERF_RECORD_MISC_KERNEL;
	bool is_first = true;
	size_t user_count = 0;

	for (uint64_t i = 0; i < sample->callchain.count; i++) {
		uint64_t value;

		memcpy(&value, sample->callchain.bytes + i * sizeof(value), sizeof(value));
		if (is_marker(value)) {
			is_kernel = is_kernel_marker(value);
			is_first = true;
			continue;
		}
		if (is_kernel || with_user)
			push(chain, value, is_kernel, !is_first);
		user_count += !is_kernel;
		is_first = false;
	}
	return user_count;
}

/* What the recorder said of this sample, where the recording is ours. */
static void use_quality(struct session *session, const struct event *event, bool has_user_frames)
{
	struct chain *chain = &session->chain;
	const struct sample_quality *quality = session_section_quality(session, event);
	size_t user_number = 0;

	if (!quality) {
		chain->end = has_user_frames ? STACK_END_UNTOLD : STACK_END_NONE;
		chain->is_joined = false;
		return;
	}
	chain->end = quality->end;
	chain->is_joined = quality->is_joined;
	for (size_t i = 0; i < chain->count; i++) {
		if (chain->frames[i].is_kernel)
			continue;
		if (user_number / 8 < quality->guessed_bytes)
			chain->frames[i].is_guessed =
				quality->guessed[user_number / 8] >> (user_number % 8) & 1;
		user_number++;
	}
}

static void use_recorded_chain(struct session *session, const struct event *event)
{
	const struct sample_event *sample = &event->sample;
	bool has_user_frames = false;

	session->is_unwound = false;
	if (sample->has_callchain)
		has_user_frames = read_callchain(&session->chain, sample, true) > 0;
	if (!session->chain.count)
		push(&session->chain, sample->ip, sample->cpu_mode == PERF_RECORD_MISC_KERNEL,
		     false);
	use_quality(session, event, has_user_frames);
}

/* The kernel's part of a sample whose user part does not come from its callchain. */
static void begin_chain(struct session *session, const struct sample_event *sample)
{
	session->is_unwound = true;
	session->chain.count = 0;
	if (sample->has_callchain)
		read_callchain(&session->chain, sample, false);
	else if (sample->cpu_mode == PERF_RECORD_MISC_KERNEL)
		push(&session->chain, sample->ip, true, false);
}

/* False where it is not known how the stack was unwound before. */
static bool use_stored_chain(struct session *session, const struct event *event)
{
	begin_chain(session, &event->sample);
	return session_chains_find(session, event);
}

static void unwind(struct session *session, const struct event *event, struct address_space *space,
		   enum unwind_unknown unknown)
{
	const struct sample_event *sample = &event->sample;
	const struct unwind_request request = {
		.space = space,
		.time_ns = event->time_ns,
		.registers = &sample->user,
		.stack = sample->stack,
		.stack_size = sample->stack_size,
		.stack_copy_size = sample->stack_copy_size,
		.unknown = unknown,
	};

	begin_chain(session, sample);
	if (session->skips_unwinding)
		unwinder_skip(&request, &session->chain);
	else
		unwinder_unwind(session->unwinder, &request, &session->chain);
	session->counts.unwind_skipped += session->chain.end == STACK_END_SKIPPED;
}

/* Remembered by key: every frame of every recorded chain is asked for. */
static bool is_trampoline(struct session *session, const struct code *code, uint64_t key)
{
	uint64_t *seen = &session->seen_returns[key * UINT64_C(0x9e3779b97f4a7c15) >>
						(64 - SEEN_RETURN_BITS)];
	bool is_one;

	if (key && (*seen & ~UINT64_C(1)) == key)
		return *seen & 1;
	is_one = image_is_signal_trampoline(code->image, code->image_address + 1);
	if (key)
		*seen = key | is_one;
	return is_one;
}

/*
 * A signal handler returns into the trampoline that the kernel chose, and the frame above that was
 * interrupted: neither is the address after a call. Recorded chains do not say so; the code does.
 */
static void mend_trampoline(struct session *session, size_t number, struct code *code, uint64_t key)
{
	struct chain *chain = &session->chain;
	struct chain_frame *frame = &chain->frames[number];

	if (!frame->is_return || code->kind != CODE_FILE || !is_trampoline(session, code, key))
		return;
	frame->is_return = false;
	code->image_address++;
	if (number + 1 < chain->count)
		chain->frames[number + 1].is_return = false;
}

/* Returns the key of the place (profiler/code_range.h), or 0. */
static uint64_t find_code(struct session *session, struct address_space *space, uint64_t address,
			  uint64_t time_ns, struct code *code)
{
	const struct code_range *range = code_ranges_find(space->ranges, address, time_ns);

	if (range) {
		code_range_code(range, address, code);
		return code_range_key(range, address, false);
	}
	code_find(space, address, time_ns, code);
	if (code->kind == CODE_JIT_UNKNOWN && !space->map_was_tried) {
		session_jit_open_map(session, space);
		code_find(space, address, time_ns, code);
	}
	session->counts.jit_late += code->is_late;
	range = code_ranges_add(space->ranges, address, time_ns, code);
	return range ? code_range_key(range, address, false) : 0;
}

static void locate(struct session *session, const struct event *event, struct address_space *space)
{
	struct chain *chain = &session->chain;

	code_ranges_of(space);
	for (size_t i = 0; i < chain->count; i++) {
		struct chain_frame *frame = &chain->frames[i];
		struct code *code = &session->codes[i];
		uint64_t address = chain_frame_lookup_address(frame), key;

		if (frame->is_kernel) {
			*code = (struct code){ .kind = CODE_FILE,
					       .image = session->kernel,
					       .image_address = address };
			continue;
		}
		key = find_code(session, space, address, event->time_ns, code);
		/* For session_resolve(); in what is read to its end, all that stays unknown is one. */
		if (session->options.is_forgetful && code->kind == CODE_JIT_UNKNOWN &&
		    !code->is_provisional)
			code->image_address =
				session_unresolved_note(session, space, address, event->time_ns);
		if (!session->is_unwound)
			mend_trampoline(session, i, code, key);
	}
}

static void finish(struct session *session, const struct event *event, struct address_space *space,
		   bool was_parked)
{
	locate(session, event, space);
	if (!session->options.is_forgetful &&
	    (session->options.is_live || session->options.is_to_be_stored))
		session_store_note(session, event, space);
	if (session->options.is_to_be_stored && session->is_unwound)
		session_chains_note(session, event);
	session->counts.samples++;
	if (event->time_ns < session->counts.first_ns)
		session->counts.first_ns = event->time_ns;
	if (event->time_ns > session->counts.last_ns)
		session->counts.last_ns = event->time_ns;
	if (session->options.sink)
		session->options.sink(session->options.sink_context,
				      &(struct session_sample){
					      .event = event,
					      .comm = process_table_comm(&session->processes,
									 event->pid, event->tid),
					      .chain = &session->chain,
					      .codes = session->codes,
					      .was_parked = was_parked,
				      });
}

static uint64_t missing_address(const struct chain *chain)
{
	return chain_frame_lookup_address(&chain->frames[chain->count - 1]);
}

static bool is_stopped_by_unknown(const struct chain *chain)
{
	return chain->end == STACK_END_JIT_UNKNOWN && chain->count > 0;
}

/* Unwinds as far as what is announced leads, and through copies of it. */
static void unwind_announced(struct session *session, const struct event *event,
			     struct address_space *space)
{
	unwind(session, event, space, UNWIND_UNKNOWN_STOPS);
	while (is_stopped_by_unknown(&session->chain) &&
	       jit_alike_find(space, missing_address(&session->chain), event->time_ns)) {
		session->news_count++;
		unwind(session, event, space, UNWIND_UNKNOWN_STOPS);
	}
}

static void park(struct session *session, const struct event *event, struct address_space *space)
{
	parking_add(&session->parking, event, space, missing_address(&session->chain));
}

void session_take_sample(struct session *session, const struct event *event)
{
	struct process *process = process_table_get(&session->processes, event->pid);
	struct address_space *space = process->space;
	bool may_wait = session->options.is_live && session_jit_is_tailed(space);
	bool has_stack = event->sample.user.abi != 0 && event->sample.has_user_stack;

	session_jit_attach_named(session, process);
	session->chain.count = 0;
	if (has_stack && use_stored_chain(session, event)) {
		finish(session, event, space, false);
		return;
	}
	if (!has_stack)
		use_recorded_chain(session, event);
	else if (may_wait)
		unwind_announced(session, event, space);
	else
		unwind(session, event, space, UNWIND_UNKNOWN_GUESSED);
	if (may_wait && is_stopped_by_unknown(&session->chain)) {
		session->counts.parked++;
		park(session, event, space);
		return;
	}
	if (has_stack)
		recent_chains_join(&session->recent, event, &session->chain);
	finish(session, event, space, false);
}

static void retry(struct session *session, const struct parked_sample *sample, bool is_last)
{
	const struct event *event = &sample->event;

	if (is_last || sample->has_expired)
		unwind(session, event, sample->space, UNWIND_UNKNOWN_GUESSED);
	else
		unwind_announced(session, event, sample->space);
	if (!is_last && !sample->has_expired && is_stopped_by_unknown(&session->chain)) {
		/* One version was announced; a frame further out needs another. */
		park(session, event, sample->space);
		return;
	}
	session->counts.parked_expired += sample->has_expired;
	finish(session, event, sample->space, true);
}

static void retry_all(struct session *session, struct parked_sample *taken, bool is_last)
{
	while (taken) {
		struct parked_sample *sample = taken;

		taken = sample->next;
		retry(session, sample, is_last);
		parked_sample_destroy(sample);
	}
}

void session_take_announced(struct session *session)
{
	if (session->news_count == session->news_seen)
		return;
	session->news_seen = session->news_count;
	retry_all(session, parking_take_announced(&session->parking), false);
}

void session_take_expired(struct session *session, uint64_t now_ns)
{
	retry_all(session, parking_take_expired(&session->parking, now_ns), false);
}

void session_take_last_parked(struct session *session)
{
	retry_all(session, parking_take_announced(&session->parking), true);
	retry_all(session, parking_take_expired(&session->parking, UINT64_MAX), true);
}
