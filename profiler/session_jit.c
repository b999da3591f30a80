/* SPDX-License-Identifier: MIT */
/* Dumps and perf maps: finding them, reading on while they grow, attaching them to spaces. */
#include "profiler/session_state.h"

#include "jitdump/xalloc.h"
#include "symbolize/mapped_path.h"
#include "symbolize/perf_map.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often the memory of a process is asked for what its dump does not have yet. */
#define UNFLUSHED_INTERVAL_NS 100000000u

/* How often a process without a perf map is asked for one. */
#define MAP_INTERVAL_NS 1000000000u

void session_jit_deinit(struct session *session)
{
	for (size_t i = 0; i < session->dump_count; i++)
		jit_code_destroy(session->dumps[i].code);
	free(session->dumps);
	free(session->maps);
}

struct jit_version *session_jit_version(const struct session *session, struct location location,
					struct jit_code **owner)
{
	for (size_t i = 0; i < session->dump_count; i++) {
		struct jit_code *code = session->dumps[i].code;

		if (jit_code_image(code)->id != location.image_id)
			continue;
		*owner = code;
		return jit_code_version(code, jit_version_number(location.image_address));
	}
	return NULL;
}

static struct session_dump *add_dump(struct session *session, struct jitdump_log *log,
				     const char *path)
{
	struct image *image = symbolizer_add_image(session->symbolizer, IMAGE_JIT, path, NULL);

	session->dumps = xgrow(session->dumps, session->dump_count, &session->dump_capacity,
			       sizeof(*session->dumps));
	struct session_dump *dump = &session->dumps[session->dump_count++];

	*dump = (struct session_dump){ .code = jit_code_create(log, image),
				       .path = string_pool_add(session->strings, path) };
	return dump;
}

/* A dump that cannot be read at all, or not in time, says why. */
static void remark_flaws(struct session *session, const struct session_dump *dump)
{
	const struct jitdump_log *log = jit_code_log(dump->code);
	const char *reason;

	if (!log)
		return;
	if (!jitdump_log_is_usable(log, &reason))
		session_remark_add(session, "%s cannot be used: %s", dump->path, reason);
	else if (jitdump_log_is_tsc(log) && !session->options.is_live)
		session_remark_add(
			session,
			"%s counts time in CPU ticks, which only `jprof record` can place: "
			"reused addresses have the name of their last code",
			dump->path);
}

static struct session_dump *dump_of_file(struct session *session,
					 const struct jit_file_identity *identity)
{
	for (size_t i = 0; i < session->dump_count; i++) {
		struct session_dump *dump = &session->dumps[i];

		if (dump->identity.inode == identity->inode &&
		    dump->identity.device == identity->device && identity->inode)
			return dump;
	}
	return NULL;
}

/* The dump of a recording that this marker belongs to: the process's own, else (attached to a
 * family that shares one) the first of that name. */
static struct session_dump *stored_dump(struct session *session, const struct event *event)
{
	struct session_dump *of_family = NULL;

	for (size_t i = 0; i < session->dump_count; i++) {
		struct session_dump *dump = &session->dumps[i];

		if (!dump->is_stored || !mapped_path_is_named_like(event->mmap.path, dump->path))
			continue;
		if (dump->pid == event->pid)
			return dump;
		if (!of_family)
			of_family = dump;
	}
	return of_family;
}

/* session_jit_attach_named() attaches it. */
static bool has_dump_by_pid(const struct session *session, uint32_t pid)
{
	for (size_t i = 0; i < session->dump_count; i++) {
		if (session->dumps[i].is_named && session->dumps[i].named_pid == pid)
			return true;
	}
	return false;
}

static bool attach_by_marker_name(struct session *session, struct address_space *space,
				  const struct event *event)
{
	bool is_attached = false;

	for (size_t i = 0; i < session->dump_count; i++) {
		const struct session_dump *dump = &session->dumps[i];

		if (!dump->is_named || dump->named_pid ||
		    !mapped_path_is_named_like(event->mmap.path, dump->path))
			continue;
		address_space_add_jit(space, dump->code);
		is_attached = true;
	}
	return is_attached;
}

/* The code that a forked child brought along, for moves in a dump of its own: that of the dump it
 * inherited last, which knows the one before it. */
static void set_parent(struct jit_code *code, const struct address_space *space, bool is_live)
{
	for (size_t i = 0; i < space->jit_count; i++) {
		const struct jit_use *use = &space->jits[i];

		if (use->forked_ns == UINT64_MAX)
			continue;
		/* What the parent announced just before the fork may be moved first of all. */
		jit_code_poll(use->code, !is_live, is_live);
		jit_code_set_parent(code, use->code, use->forked_ns);
	}
}

static struct session_dump *open_marked(struct session *session, const struct address_space *space,
					const struct event *event)
{
	struct jit_file_identity identity;
	struct error err;
	int fd = jit_file_open_dump(event->pid, &event->mmap, session->options.is_live, &identity,
				    &err);

	if (fd < 0) {
		session_remark_add(session, "JIT code of pid %" PRIu32 " has no names: %s",
				   event->pid, err.text);
		return NULL;
	}
	struct session_dump *dump = dump_of_file(session, &identity);

	if (dump) {
		/* A second marker of the same inode, or another member of the family. */
		jitdump_log_destroy(jitdump_log_create(fd));
		return dump;
	}
	dump = add_dump(session, jitdump_log_create(fd), event->mmap.path);
	dump->identity = identity;
	dump->pid = event->pid;
	dump->from_ns = event->time_ns;
	dump->unflushed = (struct unflushed_file){ .pid = event->pid, .identity = identity };
	set_parent(dump->code, space, session->options.is_live);
	jit_code_poll(dump->code, !session->options.is_live, session->options.is_live);
	remark_flaws(session, dump);
	return dump;
}

void session_jit_marker(struct session *session, struct process *process, const struct event *event)
{
	struct session_dump *dump = stored_dump(session, event);

	session->news_count++;
	if (has_dump_by_pid(session, event->pid) ||
	    attach_by_marker_name(session, process->space, event))
		return;
	if (!dump && !session->is_self_contained)
		dump = open_marked(session, process->space, event);
	if (dump)
		address_space_add_jit(process->space, dump->code);
}

static bool is_attached(const struct address_space *space, const struct jit_code *code)
{
	for (size_t i = 0; i < space->jit_count; i++) {
		if (space->jits[i].code == code)
			return true;
	}
	return false;
}

void session_jit_attach_named(struct session *session, struct process *process)
{
	if (!session->has_named)
		return;
	for (size_t i = 0; i < session->dump_count; i++) {
		const struct session_dump *dump = &session->dumps[i];

		if (dump->is_named && dump->named_pid == process->pid &&
		    !is_attached(process->space, dump->code))
			address_space_add_jit(process->space, dump->code);
	}
	for (size_t i = 0; i < session->map_count; i++) {
		if (session->maps[i].is_named && session->maps[i].pid == process->pid)
			process->space->perf_map = session->maps[i].image;
	}
}

bool session_jit_is_tailed(const struct address_space *space)
{
	for (size_t i = 0; i < space->jit_count; i++) {
		const struct jitdump_log *log = jit_code_log(space->jits[i].code);
		const char *reason;

		if (log && jitdump_log_is_usable(log, &reason))
			return true;
	}
	return false;
}

struct session_map *session_jit_add_map(struct session *session, uint32_t pid, int fd,
					const char *path)
{
	struct perf_map *map = perf_map_create(fd, session->strings);
	struct image *image = symbolizer_add_image(session->symbolizer, IMAGE_PERF_MAP, path, map);

	perf_map_poll(map, !session->options.is_live);
	session->news_count++;
	session->maps = xgrow(session->maps, session->map_count, &session->map_capacity,
			      sizeof(*session->maps));
	session->maps[session->map_count] = (struct session_map){ .image = image, .pid = pid };
	return &session->maps[session->map_count++];
}

void session_jit_open_map(struct session *session, struct address_space *space)
{
	char path[64];

	if (space->perf_map || space->map_was_tried || session->is_self_contained)
		return;
	space->map_was_tried = true;
	int fd = jit_file_open_map(space->pid, session->options.is_live);

	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "/tmp/perf-%" PRIu32 ".map", space->pid);
	space->perf_map = session_jit_add_map(session, space->pid, fd, path)->image;
}

/* Maps appear late: the JDK writes its own only at exit. */
static void try_maps_again(struct session *session)
{
	/* Not all that is unresolved may be noted: the next sample asks. */
	for (size_t i = 0; session->options.is_forgetful && i < session->processes.process_count;
	     i++)
		session->processes.processes[i]->space->map_was_tried = false;
	for (size_t i = 0; i < session->unresolved_count; i++)
		session->unresolved[i].space->map_was_tried = false;
	for (size_t i = 0; i < session->unresolved_count; i++)
		session_jit_open_map(session, session->unresolved[i].space);
}

/* Whose buffer comes first is not known where several write. */
static bool has_one_process(const struct session *session, const struct session_dump *dump)
{
	size_t count = 0;

	for (size_t i = 0; i < session->processes.process_count; i++)
		count += is_attached(session->processes.processes[i]->space, dump->code);
	return count == 1;
}

/* Samples wait for what is announced in a buffer: it is asked for, not waited for. */
static size_t poll_unflushed(const struct session *session, struct session_dump *dump)
{
	uint64_t file_size;
	uint8_t *bytes;
	size_t size, count;

	if (!dump->unflushed.pid || !has_one_process(session, dump) ||
	    !unflushed_file_read(&dump->unflushed, &file_size, &bytes, &size))
		return 0;
	count = jit_code_poll_ahead(dump->code, file_size, bytes, size);
	free(bytes);
	return count;
}

/* At the end too: the process may go on without us. */
static bool is_memory_asked(const struct session *session, bool ended, uint64_t now_ns)
{
	if (!session->options.is_live)
		return false;
	return ended ||
	       (session->parking.count && now_ns >= session->unflushed_ns + UNFLUSHED_INTERVAL_NS);
}

void session_jit_poll(struct session *session, bool ended, uint64_t now_ns)
{
	bool asks_memory = is_memory_asked(session, ended, now_ns);

	if (asks_memory)
		session->unflushed_ns = now_ns;
	if (ended || now_ns > session->maps_tried_ns + MAP_INTERVAL_NS) {
		session->maps_tried_ns = now_ns;
		try_maps_again(session);
	}
	for (size_t i = 0; i < session->dump_count; i++) {
		struct session_dump *dump = &session->dumps[i];

		if (asks_memory)
			session->news_count += poll_unflushed(session, dump) > 0;
		session->news_count +=
			jit_code_poll(dump->code, ended, session->options.is_live) > 0;
		remark_flaws(session, dump);
	}
	for (size_t i = 0; i < session->map_count; i++)
		session->news_count += perf_map_poll(session->maps[i].image->perf_map, ended) > 0;
}

bool session_add_jitdump(struct session *session, uint32_t pid, const char *path, struct error *err)
{
	int fd = jit_file_open_named(path, err);

	if (fd < 0)
		return false;
	struct session_dump *dump = add_dump(session, jitdump_log_create(fd), path);
	const char *reason;

	dump->is_named = true;
	dump->named_pid = pid;
	session->has_named = true;
	jit_code_poll(dump->code, true, false);
	if (!jitdump_log_is_usable(jit_code_log(dump->code), &reason))
		return error_set(err, 0, "cannot use %s: %s", path, reason);
	return true;
}

bool session_add_perf_map(struct session *session, uint32_t pid, const char *path,
			  struct error *err)
{
	int fd = jit_file_open_named(path, err);

	if (fd < 0)
		return false;
	struct session_map *map = session_jit_add_map(session, pid, fd, path);

	map->is_named = true;
	session->has_named = true;
	if (!perf_map_has_lines(map->image->perf_map))
		return error_set(err, 0,
				 "cannot use %s: it has no line `START SIZE name`, as perf "
				 "maps have",
				 path);
	return true;
}
