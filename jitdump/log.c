/* SPDX-License-Identifier: MIT */
#include "jitdump/log_state.h"

#include "jitdump/debug_lines.h"
#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where the rest of the records reaches its own limit, reading ends. */
enum { OTHER_BYTES_MAX = 1 << 30 };

struct jitdump_log *jitdump_log_create(int fd)
{
	struct jitdump_log *log = xcalloc(1, sizeof(*log));

	jitdump_stream_init(&log->stream, fd);
	pairing_init(&log->pairing, &log->problems);
	return log;
}

static void strip(struct jitdump_log *log, struct kept_entry *kept)
{
	log->code_bytes -= kept->code_bytes;
	kept->code_bytes = 0;
	arena_deinit(&kept->codes);
	kept->entry.code = NULL;
}

static void forget(struct jitdump_log *log, size_t number)
{
	struct kept_entry *kept = sparse_array_at(&log->entries, number);

	strip(log, kept);
	log->other_bytes -= kept->other_bytes;
	arena_deinit(&kept->texts);
	free(kept);
	sparse_array_take_out(&log->entries, number);
}

void jitdump_log_destroy(struct jitdump_log *log)
{
	if (!log)
		return;
	close(log->stream.window.fd);
	jitdump_stream_deinit(&log->stream);
	pairing_deinit(&log->pairing);
	jitdump_problems_deinit(&log->problems);
	for (size_t i = 0; (i = sparse_array_next(&log->entries, i)) < log->entries.count; i++)
		forget(log, i);
	sparse_array_deinit(&log->entries);
	free(log);
}

size_t jitdump_log_count(const struct jitdump_log *log)
{
	return log->entries.count;
}

const struct jitdump_entry *jitdump_log_entry(const struct jitdump_log *log, size_t number)
{
	return sparse_array_at(&log->entries, number);
}

void jitdump_log_mark(struct jitdump_log *log, const struct jitdump_entry *entry, bool with_code)
{
	struct kept_entry *kept = (struct kept_entry *)(uintptr_t)entry;

	(void)log;
	kept->is_marked = true;
	kept->is_code_marked |= with_code;
}

void jitdump_log_forget_unmarked(struct jitdump_log *log, size_t count)
{
	for (size_t i = 0; (i = sparse_array_next(&log->entries, i)) < count; i++) {
		struct kept_entry *kept = sparse_array_at(&log->entries, i);

		if (!kept->is_marked) {
			forget(log, i);
			continue;
		}
		if (!kept->is_code_marked)
			strip(log, kept);
		kept->is_marked = kept->is_code_marked = false;
	}
}

struct kept_entry *jitdump_log_add_entry(struct jitdump_log *log)
{
	struct kept_entry *kept = xcalloc(1, sizeof(*kept));

	sparse_array_add(&log->entries, kept);
	return kept;
}

static void add_move(struct jitdump_log *log, const struct jitdump_record *record)
{
	const struct jitdump_move_fields *move = &record->move;

	jitdump_log_add_entry(log)->entry = (struct jitdump_entry){
		.kind = JITDUMP_ENTRY_MOVE,
		.time_ns = record->prefix.timestamp,
		.pid = move->pid,
		.tid = move->tid,
		.code_index = move->code_index,
		.address = move->new_code_addr,
		.size = move->code_size,
		.old_address = move->old_code_addr,
		.name = "",
	};
}

static void count_bytes(struct jitdump_log *log, const struct jitdump_record *record)
{
	uint64_t code_bytes = record->code ? record->load.code_size : 0;

	log->code_bytes += code_bytes;
	log->other_bytes += record->prefix.total_size - code_bytes;
	log->unowned_bytes += record->prefix.total_size - code_bytes;
}

static void take_record(struct jitdump_log *log, const struct jitdump_piece *piece)
{
	count_bytes(log, &piece->record);
	switch (piece->record.prefix.id) {
	case JITDUMP_CODE_LOAD:
		jitdump_log_add_load(log, piece);
		break;
	case JITDUMP_CODE_MOVE:
		add_move(log, &piece->record);
		break;
	case JITDUMP_DEBUG_INFO:
	case JITDUMP_UNWINDING_INFO:
		pairing_add(&log->pairing, &piece->record, piece->offset);
		break;
	case JITDUMP_CODE_CLOSE: /* another process of the family may go on */
		break;
	default:
		jitdump_problems_add(&log->problems, JITDUMP_PROBLEM_UNKNOWN_ID, piece->offset,
				     piece->record.prefix.id);
	}
}

static void read_records(struct jitdump_log *log, bool ended)
{
	struct jitdump_piece piece;
	enum jitdump_found found;

	while (log->other_bytes <= OTHER_BYTES_MAX) {
		found = jitdump_stream_next(&log->stream, ended, &piece);
		if (found == JITDUMP_FOUND_END)
			return;
		if (found == JITDUMP_FOUND_RECORD) {
			take_record(log, &piece);
			continue;
		}
		jitdump_problems_add(&log->problems, JITDUMP_PROBLEM_DAMAGE, piece.offset,
				     piece.size);
		log->damage.skipped_bytes += piece.size;
	}
}

static void update_damage(struct jitdump_log *log)
{
	const uint64_t *counts = log->problems.counts;

	log->damage.resync_count = counts[JITDUMP_PROBLEM_DAMAGE];
	log->damage.bad_debug_count = counts[JITDUMP_PROBLEM_LINES_DAMAGED];
	log->damage.unmatched_debug_count = counts[JITDUMP_PROBLEM_LINES_UNUSED];
	log->damage.unmatched_unwind_count = counts[JITDUMP_PROBLEM_TABLE_UNUSED];
	log->damage.unknown_id_count = counts[JITDUMP_PROBLEM_UNKNOWN_ID];
	log->damage.repeated_count = counts[JITDUMP_PROBLEM_LOAD_REPEATED];
	log->damage.reopened_count = counts[JITDUMP_PROBLEM_FILE_RESTARTED];
	log->damage.tail_bytes = jitdump_stream_tail_bytes(&log->stream);
}

static enum jitdump_refresh refresh(struct jitdump_log *log)
{
	enum jitdump_refresh refreshed = jitdump_stream_refresh(&log->stream);

	if (refreshed == JITDUMP_REFRESH_RESTARTED) {
		pairing_forget(&log->pairing);
		jitdump_problems_add(&log->problems, JITDUMP_PROBLEM_FILE_RESTARTED, 0, 0);
	}
	return refreshed;
}

size_t jitdump_log_poll(struct jitdump_log *log, bool ended)
{
	size_t before = log->entries.count;

	if (refresh(log) == JITDUMP_REFRESH_SAME && ended == log->is_ended)
		return 0;
	log->is_ended = ended;
	if (log->stream.has_header && log->stream.header.version <= JITDUMP_VERSION)
		read_records(log, ended);
	if (ended && jitdump_stream_tail_bytes(&log->stream) == 0)
		pairing_give_up(&log->pairing);
	update_damage(log);
	return log->entries.count - before;
}

/* The file may have been written anew since. */
static bool is_load_of(const struct jitdump_record *record, const struct jitdump_entry *entry)
{
	return record->prefix.id == JITDUMP_CODE_LOAD &&
	       record->prefix.timestamp == entry->time_ns && record->code &&
	       jitdump_log_is_same_load(entry, record);
}

size_t jitdump_log_poll_ahead(struct jitdump_log *log, uint64_t file_size, const uint8_t *bytes,
			      size_t size)
{
	size_t before = log->entries.count;

	refresh(log);
	if (!log->stream.has_header || log->stream.header.version > JITDUMP_VERSION)
		return 0;
	/* What the file has gained is not told a second time. */
	if (log->stream.known_size == file_size)
		jitdump_stream_look_ahead(&log->stream, bytes, size);
	read_records(log, false);
	jitdump_stream_look_ahead(&log->stream, NULL, 0);
	update_damage(log);
	return log->entries.count - before;
}

uint8_t *jitdump_log_read_code(const struct jitdump_log *log, const struct jitdump_entry *entry)
{
	const struct jitdump_stream *stream = &log->stream;
	struct file_window window = { .fd = stream->window.fd,
				      .file_size = stream->window.file_size };
	size_t wanted = JITDUMP_PREFIX_BYTES + sizeof(struct jitdump_load_fields) +
			strlen(entry->name) + 1 + entry->size;
	struct jitdump_record record;
	uint8_t *code = NULL;
	const uint8_t *bytes;
	size_t available;

	bytes = file_window_at(&window, ((const struct kept_entry *)entry)->offset, wanted,
			       &available);
	if (bytes &&
	    jitdump_record_cut(bytes, available, stream->is_swapped, &record) ==
		    JITDUMP_CUT_WHOLE &&
	    is_load_of(&record, entry)) {
		code = xmalloc(entry->size);
		memcpy(code, record.code, entry->size);
	}
	file_window_deinit(&window);
	return code;
}

uint32_t jitdump_log_pid(const struct jitdump_log *log)
{
	return log->stream.has_header ? log->stream.header.pid : 0;
}

/* With any other bit set the flags are garbage (LLVM ORC). */
bool jitdump_log_is_tsc(const struct jitdump_log *log)
{
	return log->stream.has_header && log->stream.header.flags == JITDUMP_FLAG_ARCH_TIMESTAMP;
}

bool jitdump_log_is_usable(const struct jitdump_log *log, const char **reason)
{
	const struct jitdump_stream *stream = &log->stream;

	*reason = NULL;
	if (stream->is_foreign)
		*reason = "it is no jitdump file";
	else if (stream->has_header && stream->is_swapped)
		*reason = "it was written on a machine of the other byte order";
	else if (stream->has_header && stream->header.version > JITDUMP_VERSION)
		*reason = "its version of the jitdump format is newer than 1";
	return !*reason;
}

const struct jitdump_damage *jitdump_log_damage(const struct jitdump_log *log)
{
	return &log->damage;
}

const struct jitdump_problems *jitdump_log_problems(const struct jitdump_log *log)
{
	return &log->problems;
}

uint64_t jitdump_log_line_shift(const struct jitdump_log *log)
{
	bool is_shifted = log->least_line_offset == JITDUMP_LINE_SHIFT && log->least_line_count > 1;

	return is_shifted ? JITDUMP_LINE_SHIFT : 0;
}

bool jitdump_log_line(const struct jitdump_log *log, const struct jitdump_entry *entry,
		      uint64_t code_offset, struct jitdump_source_line *line)
{
	uint64_t address = entry->address + code_offset + jitdump_log_line_shift(log);

	return code_offset < entry->size &&
	       debug_lines_find(entry->lines, entry->line_count, address, line);
}
