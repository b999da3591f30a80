/* SPDX-License-Identifier: MIT */
/* What a session keeps in a recording, so that it explains itself without dumps, maps, kallsyms. */
#include "profiler/session_state.h"

#include "jitdump/xalloc.h"
#include "profiler/jit_dumps.h"
#include "profiler/kernel_boot.h"
#include "symbolize/kernel_symbols.h"

#include <stdlib.h>

void session_store_deinit(struct session *session)
{
	free(session->noted);
}

/*
 * Most frames are where frames were just before: those of the last samples are passed over by one
 * look into a table of this size.
 */
enum { NOTED_COUNT = 1 << 12 };

static void note_location(struct session *session, const struct code *code)
{
	struct location location = { code->image->id, code->image_address };

	if (!session->noted)
		session->noted = xcalloc(NOTED_COUNT, sizeof(*session->noted));
	struct location *noted =
		&session->noted[hash_pair(location.image_id, location.image_address) % NOTED_COUNT];

	if (noted->image_id == location.image_id && noted->image_address == location.image_address)
		return;
	*noted = location;
	profile_location(session->sampled, location);
}

void session_store_note(struct session *session, const struct event *event,
			struct address_space *space)
{
	for (size_t i = 0; i < session->chain.count; i++) {
		const struct code *code = &session->codes[i];

		if (code->kind == CODE_JIT_UNKNOWN)
			session_unresolved_note(
				session, space,
				chain_frame_lookup_address(&session->chain.frames[i]),
				event->time_ns);
		else
			note_location(session, code);
	}
}

static void note_code(struct session *session, const struct code *code)
{
	if (code->kind == CODE_JIT)
		profile_location(session->sampled,
				 (struct location){ code->image->id, code->image_address });
}

/* What was unknown when it was sampled may be known now; the code there may have changed in
 * between, so both ends of the time are asked, and all versions are kept. */
static void resolve_again(struct session *session)
{
	for (size_t i = 0; i < session->unresolved_count; i++) {
		const struct unresolved *asked = &session->unresolved[i];
		struct code code;

		for (size_t use = 0; use < asked->space->jit_count; use++)
			jit_code_mark_at(asked->space->jits[use].code, asked->address);
		code_find(asked->space, asked->address, asked->first_ns, &code);
		note_code(session, &code);
		code_find(asked->space, asked->address, asked->last_ns, &code);
		note_code(session, &code);
	}
}

static int compare_kernel_symbols(const void *a, const void *b)
{
	const struct stored_symbol *first = a, *second = b;

	return first->address < second->address ? -1 : first->address > second->address;
}

static void store_kernel_symbols(struct session *session, struct section_bytes *out)
{
	struct stored_symbol *stored = NULL;
	size_t count = 0, capacity = 0, kept = 0;

	for (size_t i = 0; i < session->sampled->location_count; i++) {
		const struct location *location = &session->sampled->locations[i];
		struct symbol symbol;

		if (location->image_id != session->kernel->id ||
		    !image_symbol(session->kernel, location->image_address, &symbol))
			continue;
		stored = xgrow(stored, count, &capacity, sizeof(*stored));
		stored[count++] = (struct stored_symbol){ symbol.start, symbol.size, symbol.name,
							  symbol.module };
	}
	if (count)
		qsort(stored, count, sizeof(*stored), compare_kernel_symbols);
	for (size_t i = 0; i < count; i++) {
		if (!kept || stored[kept - 1].address != stored[i].address)
			stored[kept++] = stored[i];
	}
	jprof_section_put_kernel_symbols(out, stored, kept);
	free(stored);
}

static int compare_map_symbols(const void *a, const void *b)
{
	const struct stored_map_symbol *first = a, *second = b;

	if (first->pid != second->pid)
		return first->pid < second->pid ? -1 : 1;
	return first->address < second->address ? -1 : first->address > second->address;
}

static void store_map_symbols(struct session *session, struct section_bytes *out)
{
	struct stored_map_symbol *stored = NULL;
	size_t count = 0, capacity = 0, kept = 0;

	for (size_t i = 0; i < session->sampled->location_count; i++) {
		const struct location *location = &session->sampled->locations[i];
		struct symbol symbol;

		for (size_t map = 0; map < session->map_count; map++) {
			if (session->maps[map].image->id != location->image_id ||
			    !image_symbol(session->maps[map].image, location->image_address,
					  &symbol))
				continue;
			stored = xgrow(stored, count, &capacity, sizeof(*stored));
			stored[count++] =
				(struct stored_map_symbol){ session->maps[map].pid, symbol.start,
							    symbol.size, symbol.name };
		}
	}
	if (count)
		qsort(stored, count, sizeof(*stored), compare_map_symbols);
	for (size_t i = 0; i < count; i++) {
		if (!kept || compare_map_symbols(&stored[kept - 1], &stored[i]) != 0)
			stored[kept++] = stored[i];
	}
	jprof_section_put_map_symbols(out, stored, kept);
	free(stored);
}

/* What is moved must be there; moves are kept, as they tell when the old place was left. */
static void mark_moved_versions(const struct jit_code *code)
{
	for (size_t i = 0; i < jit_code_count(code); i++) {
		uint32_t origin = jit_code_version(code, (uint32_t)i)->origin;

		if (origin != i)
			jit_code_version(code, origin)->was_sampled = true;
	}
}

/* The rows with the file's own rules applied (the 0x40 of V8, names from symbols), so that a
 * reader needs to know none. */
static void copy_lines(const struct jit_code *code, const struct jit_version *version,
		       struct jitdump_entry *entry)
{
	struct jitdump_source_line *rows = xcalloc(entry->line_count, sizeof(*rows));
	size_t count = 0;

	for (size_t i = 0; i < entry->line_count; i++) {
		uint64_t offset = jit_code_line_offset(code, version, i);

		if (offset >= version->size || !jit_code_line(code, version, offset, &rows[count]))
			rows[count] = (struct jitdump_source_line){ .file = "" };
		rows[count++].address = version->address + offset;
	}
	entry->lines = rows;
	entry->line_count = count;
}

static struct jitdump_entry stored_entry(const struct jit_code *code,
					 const struct jit_version *version, bool keep_stacks)
{
	struct jitdump_entry entry = *version->load;

	/* Differs from the load's where a forked child moved its parent's code. */
	entry.address = version->address;
	entry.time_ns = version->time_ns;

	if (!version->was_sampled) {
		entry.code = NULL;
		entry.lines = NULL;
		entry.line_count = 0;
	} else if (entry.line_count) {
		copy_lines(code, version, &entry);
	}
	if (!keep_stacks)
		entry.unwind = (struct jitdump_unwind_table){ 0 };
	return entry;
}

/* A move is two versions, the dead old place before the new one; see jit_code_add(). */
static struct jitdump_entry stored_move(const struct jit_version *old,
					const struct jit_version *new)
{
	return (struct jitdump_entry){ .kind = JITDUMP_ENTRY_MOVE,
				       .time_ns = new->time_ns,
				       .address = new->address,
				       .old_address = old->address,
				       .size = new->size,
				       .name = "" };
}

/* Of the versions at a sampled address the one that ran there is found without the others. Kept
 * stacks may be unwound in another way. */
static bool is_needed(const struct session *session, const struct jit_version *version,
		      bool keep_stacks)
{
	if (version->is_provisional)
		return false;
	return version->was_sampled || !version->load || keep_stacks ||
	       session->unresolved_count == UNRESOLVED_MAX;
}

static void store_dump(const struct session *session, uint32_t number, bool keep_stacks,
		       struct section_bytes *out)
{
	const struct jit_code *code = session->dumps[number].code;
	size_t count = jit_code_count(code), used = 0;
	struct stored_version *stored = xcalloc(count, sizeof(*stored));

	mark_moved_versions(code);
	for (size_t i = 0; i < count; i++) {
		const struct jit_version *version = jit_code_version(code, (uint32_t)i);

		if (!is_needed(session, version, keep_stacks))
			continue;
		stored[used].dump = number;
		if (version->load)
			stored[used].entry = stored_entry(code, version, keep_stacks);
		else if (i + 1 < count)
			stored[used].entry =
				stored_move(version, jit_code_version(code, (uint32_t)++i));
		used++;
	}
	jprof_section_put_versions(out, stored, used);
	for (size_t i = 0; i < used; i++) {
		/* Rows of the log's own are borrowed; copy_lines() made those of sampled versions. */
		if (stored[i].entry.line_count)
			free((void *)stored[i].entry.lines);
	}
	free(stored);
}

/* Before versions are marked that are kept for their moves' sake. */
static void store_totals(const struct session *session, struct section_bytes *out)
{
	struct stored_totals *totals = xcalloc(session->dump_count, sizeof(*totals));

	for (size_t i = 0; i < session->dump_count; i++) {
		totals[i].dump = (uint32_t)i;
		jit_totals_count(&totals[i].totals, session->dumps[i].code);
	}
	jprof_section_put_totals(out, totals, session->dump_count);
	free(totals);
}

static void store_dumps(struct session *session, bool keep_stacks, struct section_bytes *out)
{
	struct stored_dump_use *uses = xcalloc(session->dump_count, sizeof(*uses));

	jit_dumps_mark_sampled(session, session->sampled);
	store_totals(session, out);
	for (size_t i = 0; i < session->dump_count; i++) {
		const struct session_dump *dump = &session->dumps[i];

		uses[i] = (struct stored_dump_use){ .dump = (uint32_t)i,
						    .pid = dump->pid,
						    .from_ns = dump->from_ns,
						    .until_ns = UINT64_MAX,
						    .path = dump->path };
		store_dump(session, (uint32_t)i, keep_stacks, out);
	}
	jprof_section_put_dump_uses(out, uses, session->dump_count);
	free(uses);
}

static int compare_addresses(const void *a, const void *b)
{
	const uint64_t *first = a, *second = b;

	return *first < *second ? -1 : *first > *second;
}

/* Of kallsyms only what was sampled is taken, and it is only read, and missed, if anything was. */
static void load_kernel_symbols(struct session *session)
{
	struct kernel_symbols *symbols = symbolizer_kernel_symbols(session->symbolizer);
	uint64_t *addresses = xcalloc(session->sampled->location_count, sizeof(*addresses));
	struct kernel_addresses wanted = { .addresses = addresses };
	const char *reason;

	for (size_t i = 0; i < session->sampled->location_count; i++) {
		const struct location *location = &session->sampled->locations[i];

		if (location->image_id == session->kernel->id)
			addresses[wanted.count++] = location->image_address;
	}
	if (wanted.count) {
		qsort(addresses, wanted.count, sizeof(*addresses), compare_addresses);
		if (!kernel_symbols_load(symbols, KALLSYMS_PATH, &wanted, &reason))
			session_remark_add(session, "kernel functions have no names: %s", reason);
	}
	free(addresses);
}

static void store_code(struct session *session, bool keep_stacks, struct section_bytes *out)
{
	resolve_again(session);
	if (session->options.is_live)
		load_kernel_symbols(session);
	store_kernel_symbols(session, out);
	store_map_symbols(session, out);
	store_dumps(session, keep_stacks, out);
	if (!session->options.is_live)
		jprof_section_put_packed_mark(out, session->remarks, session->remark_count);
}

void session_store(struct session *session, const struct session_store_options *options,
		   struct section_bytes *out)
{
	if (!session->is_self_contained)
		store_code(session, options->keep_stacks, out);
	session_excerpts_store(session, !options->embed, out);
	session_chains_store(session, out);
}
