/* SPDX-License-Identifier: MIT */
/* How a session uses what a recording of ours says beyond perf's format. */
#include "profiler/session_state.h"

#include "jitdump/xalloc.h"
#include "symbolize/kernel_symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const struct sample_quality *session_section_quality(struct session *session,
						     const struct event *event)
{
	return quality_order_find(&session->qualities, event->time_ns, event->tid, event->cpu);
}

static const struct jit_totals *find_totals(const struct session *session, uint32_t dump)
{
	size_t count;
	const struct stored_totals *totals = jprof_section_totals(session->section, &count);

	for (size_t i = 0; i < count; i++) {
		if (totals[i].dump == dump)
			return &totals[i].totals;
	}
	return NULL;
}

static void use_versions(struct session *session)
{
	size_t use_count, version_count;
	const struct stored_dump_use *uses = jprof_section_dump_uses(session->section, &use_count);
	const struct stored_version *versions =
		jprof_section_versions(session->section, &version_count);
	size_t first = session->dump_count;

	for (size_t i = 0; i < use_count; i++) {
		struct image *image =
			symbolizer_add_image(session->symbolizer, IMAGE_JIT, uses[i].path, NULL);

		session->dumps = xgrow(session->dumps, session->dump_count, &session->dump_capacity,
				       sizeof(*session->dumps));
		session->dumps[session->dump_count++] = (struct session_dump){
			.code = jit_code_create(NULL, image),
			.path = string_pool_add(session->strings, uses[i].path),
			.pid = uses[i].pid,
			.from_ns = uses[i].from_ns,
			.totals = find_totals(session, uses[i].dump),
			.is_stored = true,
		};
	}
	for (size_t i = 0; i < version_count; i++) {
		for (size_t use = 0; use < use_count; use++) {
			if (uses[use].dump == versions[i].dump)
				jit_code_add(session->dumps[first + use].code, &versions[i].entry);
		}
	}
}

static void use_kernel_symbols(struct session *session)
{
	struct kernel_symbols *symbols = symbolizer_kernel_symbols(session->symbolizer);
	size_t count;
	const struct stored_symbol *stored = jprof_section_kernel_symbols(session->section, &count);

	for (size_t i = 0; i < count; i++)
		kernel_symbols_add(symbols, stored[i].address, stored[i].size, stored[i].name,
				   stored[i].module);
}

/* The kept lines of one process's map, as the map's own text. */
static void use_map(struct session *session, const struct stored_map_symbol *symbols, size_t count,
		    uint32_t pid)
{
	int fd = memfd_create("jprof-perf-map", MFD_CLOEXEC);
	FILE *text = fd < 0 ? NULL : fdopen(dup(fd), "w");
	char path[64];

	if (!text) {
		session_remark_add(session, "no memory file for the perf map of pid %" PRIu32, pid);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (symbols[i].pid == pid)
			fprintf(text, "%" PRIx64 " %" PRIx64 " %s\n", symbols[i].address,
				symbols[i].size, symbols[i].name);
	}
	fclose(text);
	snprintf(path, sizeof(path), "/tmp/perf-%" PRIu32 ".map", pid);
	session_jit_add_map(session, pid, fd, path)->is_named = true;
	session->has_named = true;
}

static void use_map_symbols(struct session *session)
{
	size_t count;
	const struct stored_map_symbol *symbols =
		jprof_section_map_symbols(session->section, &count);

	/* Stored process by process. */
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || symbols[i].pid != symbols[i - 1].pid)
			use_map(session, symbols, count, symbols[i].pid);
	}
}

static void use_remarks(struct session *session)
{
	size_t count;
	const char *const *remarks = jprof_section_remarks(session->section, &count);

	for (size_t i = 0; i < count; i++)
		session_remark_add(session, "%s", remarks[i]);
}

void session_use_section(struct session *session, const struct jprof_section *section)
{
	const struct sample_quality *qualities;
	size_t count;

	session->section = section;
	/* A killed recorder leaves the files themselves to be asked. */
	session->is_self_contained = jprof_section_is_self_contained(section);
	qualities = jprof_section_qualities(section, &count);
	quality_order_init(&session->qualities, qualities, count);
	use_versions(session);
	use_kernel_symbols(session);
	use_map_symbols(session);
	use_remarks(session);
	session_excerpts_use(session);
	session_chains_use(session);
}
