/* SPDX-License-Identifier: MIT */
#include "profiler/session.h"

#include "jitdump/xalloc.h"
#include "profiler/kernel_boot.h"
#include "profiler/session_state.h"
#include "symbolize/build_id.h"
#include "symbolize/kernel_symbols.h"

#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Samples of a process can come a little after its exit event. */
#define EXIT_GRACE_NS 5000000000u

/* All parked samples may be looked at: not at every round of a busy recorder. */
#define RETRY_INTERVAL_NS 50000000u

struct session *session_create(const struct session_options *options, struct event_layout *layout)
{
	struct session *session = xcalloc(1, sizeof(*session));
	struct symbolizer *symbolizer = options->symbolizer;

	session->options = *options;
	session->layout = layout;
	session->symbolizer = symbolizer;
	session->strings = symbolizer_strings(symbolizer);
	session->kernel = symbolizer_kernel_image(symbolizer);
	session->unknown = symbolizer_unknown_image(symbolizer);
	session->unknown_jit = symbolizer_add_image(symbolizer, IMAGE_UNKNOWN, "[jit?]", NULL);
	session->unwinder = unwinder_create(options->method, options->engine);
	session->sampled = profile_create();
	session->counts.first_ns = UINT64_MAX;
	process_table_init(&session->processes, session->strings, session->unknown,
			   session->unknown_jit, options->is_live);
	/* What is stored has its names loaded at the end, those alone. */
	if (options->is_forgetful)
		kernel_symbols_load_later(symbolizer_kernel_symbols(symbolizer), KALLSYMS_PATH);
	return session;
}

void session_destroy(struct session *session)
{
	if (!session)
		return;
	parking_deinit(&session->parking);
	recent_chains_deinit(&session->recent);
	session_store_deinit(session);
	session_unresolved_deinit(session);
	session_excerpts_deinit(session);
	session_chains_deinit(session);
	quality_order_deinit(&session->qualities);
	process_table_deinit(&session->processes);
	unwinder_destroy(session->unwinder);
	cfi_index_destroy(session->nameless);
	session_jit_deinit(session);
	profile_destroy(session->sampled);
	hash_index_deinit(&session->build_id_index);
	free(session->build_ids);
	free(session->remarks);
	free(session);
}

const char *session_comm(const struct session *session, uint32_t pid)
{
	return process_table_main_comm(&session->processes, pid);
}

void session_skip_unwinding(struct session *session, bool is_skipped)
{
	session->skips_unwinding = is_skipped;
}

/* Of events that count what they lose, perf writes the sums into LOST_SAMPLES when it closes a file
 * (builtin-record.c 6.1, record__read_lost_samples()): what LOST records told as it happened is in them. */
static bool are_lost_samples_sums(const struct session *session)
{
	for (uint32_t i = 0; i < event_layout_count(session->layout); i++) {
		if (event_layout_attr(session->layout, i)->read_format & PERF_FORMAT_LOST)
			return true;
	}
	return false;
}

struct session_counts session_counts(const struct session *session)
{
	struct unwind_counts unwound = unwinder_counts(session->unwinder);
	struct session_counts counts = session->counts;

	if (!are_lost_samples_sums(session))
		counts.lost += session->lost_samples;
	else if (counts.lost < session->lost_samples)
		counts.lost = session->lost_samples;
	counts.waiting = session->parking.count;
	counts.unwound_frames = unwound.frames;
	counts.fallback_frames = unwound.fallback_frames;
	return counts;
}

struct string_pool *session_strings(struct session *session)
{
	return session->strings;
}

size_t session_remark_count(const struct session *session)
{
	return session->remark_count;
}

const char *session_remark(const struct session *session, size_t number)
{
	return session->remarks[number];
}

void session_remark_add(struct session *session, const char *format, ...)
{
	va_list arguments;
	char text[1024];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	const char *remark = string_pool_add(session->strings, text);

	for (size_t i = 0; i < session->remark_count; i++) {
		if (session->remarks[i] == remark)
			return;
	}
	session->remarks = xgrow(session->remarks, session->remark_count, &session->remark_capacity,
				 sizeof(*session->remarks));
	session->remarks[session->remark_count++] = remark;
}

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Memory without a file of its own, where JITs put their code: the names the kernel gives it. */
static bool is_anonymous(const char *path)
{
	static const char *const prefixes[] = {
		"//anon",  "[anon",	"[heap]", "[stack",
		"/memfd:", "/dev/zero", "/SYSV",  "/anon_hugepage",
	};

	if (!*path)
		return true;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (begins_with(path, prefixes[i]))
			return true;
	}
	return false;
}

static struct known_build_id *find_build_id(const struct session *session, const char *interned)
{
	uint64_t hash = hash_u64((uintptr_t)interned);

	for (struct hash_cursor c = hash_index_begin(&session->build_id_index, hash);
	     hash_index_next(&session->build_id_index, &c);) {
		if (session->build_ids[c.number].path == interned)
			return &session->build_ids[c.number];
	}
	return NULL;
}

void session_add_build_id(struct session *session, const char *path,
			  const struct build_id *build_id)
{
	const char *interned = string_pool_add(session->strings, path);
	struct known_build_id *known = find_build_id(session, interned);

	if (known) {
		/* Replaced while it was recorded: the path does not tell which. */
		if (!build_id_is_equal(&known->build_id, build_id))
			known->build_id = (struct build_id){ 0 };
		return;
	}
	session->build_ids = xgrow(session->build_ids, session->build_id_count,
				   &session->build_id_capacity, sizeof(*session->build_ids));
	hash_index_add(&session->build_id_index, hash_u64((uintptr_t)interned),
		       (uint32_t)session->build_id_count);
	session->build_ids[session->build_id_count++] =
		(struct known_build_id){ interned, *build_id };
}

static struct build_id build_id_of(const struct session *session, const struct mmap_event *mmap)
{
	const struct known_build_id *known;

	if (mmap->build_id.size)
		return mmap->build_id;
	known = find_build_id(session, string_pool_add(session->strings, mmap->path));
	return known ? known->build_id : (struct build_id){ 0 };
}

static struct image *file_image(struct session *session, uint32_t pid,
				const struct mmap_event *mmap)
{
	struct image *image;
	char root[64];
	struct image_identity identity = {
		.path = mmap->path,
		.build_id = build_id_of(session, mmap),
		.major = mmap->major,
		.minor = mmap->minor,
		.inode = mmap->inode,
	};

	/* In another mount namespace it is found below the process's root; a process of this pid that
	 * came later has another file there, if any. */
	if (session->options.is_live || identity.build_id.size) {
		snprintf(root, sizeof(root), "/proc/%" PRIu32 "/root", pid);
		identity.root = root;
	}
	if (begins_with(mmap->path, "[vdso]"))
		image = symbolizer_vdso_image(session->symbolizer, &identity.build_id);
	else
		image = symbolizer_elf_image(session->symbolizer, &identity);
	session_excerpts_attach(session, image);
	return image;
}

/*
 * The image of a mapped file; NULL for memory without one. A memory file is one if it is an ELF file,
 * as that of a program that was run without ever having been on a disk: while that runs the file
 * tells, and of a recording what it keeps of the file.
 */
static struct image *mapped_image(struct session *session, uint32_t pid,
				  const struct mmap_event *mmap)
{
	uint64_t image_address;

	if (!is_anonymous(mmap->path))
		return file_image(session, pid, mmap);
	if (!begins_with(mmap->path, "/memfd:") || !mmap->is_executable ||
	    (!session->options.is_live && !session->excerpt_index.count))
		return NULL;
	struct image *image = file_image(session, pid, mmap);

	if (!session->options.is_live && !image->excerpt)
		return NULL;
	return image_address_of(image, mmap->file_offset, &image_address) ? image : NULL;
}

/*
 * perf's mapping of the kernel, "[kernel.kallsyms]_text", says where that symbol lay (its file
 * offset): this machine's kallsyms may name the addresses only if it lies there still.
 */
static void map_kernel(struct session *session, const struct mmap_event *mmap)
{
	static const char kernel[] = "[kernel.kallsyms]";

	if (session->options.is_live || !begins_with(mmap->path, kernel))
		return;
	session->kernel_symbol = string_pool_add(session->strings, mmap->path + sizeof(kernel) - 1);
	session->kernel_symbol_address = mmap->file_offset;
	if (session->is_self_contained)
		return;
	if (session->options.is_this_kernel &&
	    kernel_boot_is(mmap->path + sizeof(kernel) - 1, mmap->file_offset))
		kernel_symbols_load_later(symbolizer_kernel_symbols(session->symbolizer),
					  KALLSYMS_PATH);
	else
		session_remark_add(session, "kernel functions have no names: "
					    "the recording may be of another kernel");
}

static void take_mmap(struct session *session, const struct event *event)
{
	const struct mmap_event *mmap = &event->mmap;

	if (event->pid == UINT32_MAX || begins_with(mmap->path, "[kernel") ||
	    begins_with(mmap->path, "[guest.kernel")) {
		map_kernel(session, mmap);
		return;
	}
	struct process *process = process_table_get(&session->processes, event->pid);
	struct mapping mapping = {
		.start = mmap->start,
		.end = mmap->end,
		.file_offset = mmap->file_offset,
		.from_ns = event->time_ns,
		.kind = MAPPING_ANONYMOUS,
		.is_executable = mmap->is_executable,
		.is_shared = mmap->is_shared,
	};

	if (jit_file_is_marker(mmap)) {
		mapping.kind = MAPPING_MARKER;
		session_jit_marker(session, process, event);
	} else if ((mapping.image = mapped_image(session, event->pid, mmap))) {
		session->news_count++;
		mapping.kind = MAPPING_FILE;
	}
	address_space_map(process->space, &mapping);
	session_jit_attach_named(session, process);
}

static void take_comm(struct session *session, const struct event *event)
{
	process_table_set_comm(&session->processes, event->pid, event->tid, event->comm.comm,
			       event->comm.is_exec);
	if (event->comm.is_exec)
		recent_chains_forget(&session->recent, event->tid);
}

static void take_ksymbol(struct session *session, const struct event *event)
{
	if (!event->ksymbol.is_unregister)
		kernel_symbols_add(symbolizer_kernel_symbols(session->symbolizer),
				   event->ksymbol.address, event->ksymbol.size, event->ksymbol.name,
				   "bpf");
}

static void take_event(struct session *session, const struct event *event)
{
	switch (event->type) {
	case EVENT_SAMPLE:
		session_take_sample(session, event);
		break;
	case EVENT_MMAP:
		take_mmap(session, event);
		break;
	case EVENT_COMM:
		take_comm(session, event);
		break;
	case EVENT_FORK:
		process_table_fork(&session->processes, event->pid, event->tid,
				   event->fork.parent_pid, event->fork.parent_tid, event->time_ns,
				   event->fork.is_synthetic);
		break;
	case EVENT_EXIT:
		recent_chains_forget(&session->recent, event->tid);
		process_table_exit(&session->processes, event->pid, event->tid, event->time_ns);
		break;
	case EVENT_LOST:
		if (event->lost.is_samples)
			session->lost_samples += event->lost.count;
		else
			session->counts.lost += event->lost.count;
		break;
	case EVENT_THROTTLE:
		session->counts.throttled++;
		break;
	case EVENT_KSYMBOL:
		take_ksymbol(session, event);
		break;
	case EVENT_UNTHROTTLE:
	case EVENT_SWITCH:
	case EVENT_OTHER:
		break;
	}
}

void session_feed(struct session *session, const struct perf_event_header *record)
{
	struct event event;

	if (!event_decode(session->layout, record, &event)) {
		session->counts.undecodable++;
		return;
	}
	if (event.time_ns && event.time_ns < session->newest_ns)
		session->counts.behind_horizon++;
	else if (event.time_ns)
		session->newest_ns = event.time_ns;
	take_event(session, &event);
}

void session_poll(struct session *session, uint64_t now_ns)
{
	session_jit_poll(session, false, now_ns);
	session_take_expired(session, now_ns);
	if (now_ns < session->retried_ns + RETRY_INTERVAL_NS)
		return;
	session->retried_ns = now_ns;
	session_take_announced(session);
	if (now_ns > EXIT_GRACE_NS)
		process_table_sweep(&session->processes, now_ns - EXIT_GRACE_NS);
}

void session_finish(struct session *session)
{
	session_jit_poll(session, true, session->newest_ns);
	session_take_last_parked(session);
}
