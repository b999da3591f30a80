/* SPDX-License-Identifier: MIT */
/* What a session that goes on for hours need not know any more. */
#include "profiler/session_state.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

/* How late a sample may be: one that waits for JIT code, and some. */
#define LATE_NS (UINT64_C(3) * PARKING_LIMIT_NS / 2)

static struct session_dump *dump_of_image(const struct session *session, uint32_t image_id)
{
	for (size_t i = 0; i < session->dump_count; i++) {
		if (jit_code_image(session->dumps[i].code)->id == image_id)
			return &session->dumps[i];
	}
	return NULL;
}

static void mark_named(const struct session *session, const struct profile *profile)
{
	for (size_t i = 0; i < profile->location_count; i++) {
		struct location location = profile->locations[i];
		const struct image *image =
			symbolizer_image(session->symbolizer, location.image_id);
		const struct session_dump *dump;
		struct jit_version *version;

		if (image->kind != IMAGE_JIT || !(dump = dump_of_image(session, location.image_id)))
			continue;
		version = jit_code_version(dump->code, jit_version_number(location.image_address));
		if (version)
			version->was_sampled = true;
	}
}

static bool is_used_by(const struct address_space *space, const struct jit_code *code)
{
	for (size_t i = 0; i < space->jit_count; i++) {
		if (space->jits[i].code == code)
			return true;
	}
	return false;
}

/* Samples wait in the spaces of processes that have gone, too. */
static bool is_in_use(const struct session *session, const struct jit_code *code)
{
	for (size_t i = 0; i < session->processes.process_count; i++) {
		if (is_used_by(session->processes.processes[i]->space, code))
			return true;
	}
	for (const struct parked_sample *sample = session->parking.oldest; sample;
	     sample = sample->next) {
		if (is_used_by(sample->space, code))
			return true;
	}
	return false;
}

void session_forget(struct session *session, const struct profile *const *kept, size_t count)
{
	uint64_t before_ns = session->newest_ns > LATE_NS ? session->newest_ns - LATE_NS : 0;
	size_t left = 0;

	session_unresolved_forget(session, kept, count);
	for (size_t i = 0; i < session->dump_count; i++)
		jit_code_unmark(session->dumps[i].code);
	for (size_t i = 0; i < count; i++)
		mark_named(session, kept[i]);
	for (size_t i = 0; i < session->dump_count; i++) {
		struct session_dump *dump = &session->dumps[i];

		if (jit_code_forget(dump->code, before_ns, is_in_use(session, dump->code)))
			jit_code_destroy(dump->code);
		else
			session->dumps[left++] = *dump;
	}
	session->dump_count = left;
	for (size_t i = 0; i < session->processes.process_count; i++)
		address_space_forget_past(session->processes.processes[i]->space, before_ns);
	symbolizer_give_back_pages(session->symbolizer);
}
