/* SPDX-License-Identifier: MIT */
#include "profiler/jit_dumps.h"

#include "profiler/session_state.h"

size_t jit_dump_count(const struct session *session)
{
	return session->dump_count;
}

struct jit_dump jit_dump_at(const struct session *session, size_t number)
{
	const struct session_dump *known = &session->dumps[number];
	struct jit_dump dump = {
		.code = known->code,
		.path = known->path,
		.pid = known->pid ? known->pid : known->named_pid,
	};

	dump.is_whole = jit_totals_count(&dump.totals, known->code) && !known->is_stored;
	dump.has_totals = dump.is_whole || known->totals;
	if (known->totals) {
		dump.is_whole = dump.totals.load_count == known->totals->load_count;
		dump.totals = *known->totals;
	}
	return dump;
}

void jit_dumps_mark_sampled(const struct session *session, const struct profile *profile)
{
	for (size_t i = 0; i < profile->location_count; i++) {
		const struct location *location = &profile->locations[i];

		for (size_t dump = 0; dump < session->dump_count; dump++) {
			struct jit_code *code = session->dumps[dump].code;

			if (jit_code_image(code)->id != location->image_id)
				continue;
			struct jit_version *version =
				jit_code_version(code, jit_version_number(location->image_address));

			if (version)
				version = jit_code_version(code, version->origin);
			if (version)
				version->was_sampled = true;
		}
	}
}
