/* SPDX-License-Identifier: MIT */
/* What becomes of a LOAD: one entry, with what was said of it before. */
#include "jitdump/log_state.h"

#include "jitdump/debug_lines.h"
#include "jitdump/text.h"
#include "jitdump/xalloc.h"

#include <string.h>

/* How far back a load said twice is looked for: more than fit an inherited stdio buffer. */
enum { REPEATED_MAX = 512 };

/* A sparse file can hold more than memory does. Code is kept up to a limit in all. */
enum { CODE_BYTES_MAX = 512 << 20 };

/* The 0x40 rule looks at the least offset that rows have anywhere in the file. */
static void note_line_offset(struct jitdump_log *log, const struct jitdump_source_line *first,
			     uint64_t code_address)
{
	int64_t offset = (int64_t)(first->address - code_address);

	if (log->least_line_count == 0 || offset < log->least_line_offset) {
		log->least_line_offset = offset;
		log->least_line_count = 0;
	}
	if (offset == log->least_line_offset)
		log->least_line_count++;
}

/* Where V8's rows have lost their file, the symbol has it; where there are no rows at all, it has
 * the place of the function. */
static void complete_lines(const struct jitdump_entry *entry, struct debug_lines *lines,
			   struct arena *texts)
{
	struct jitdump_source_line of_symbol = { .address = entry->address };
	bool is_incomplete = lines->count == 0;

	for (size_t i = 0; i < lines->count && !is_incomplete; i++)
		is_incomplete = !*lines->rows[i].file;
	if (!is_incomplete || !debug_lines_from_symbol(entry->name, texts, &of_symbol))
		return;
	for (size_t i = 0; i < lines->count; i++) {
		if (!*lines->rows[i].file)
			lines->rows[i].file = of_symbol.file;
	}
	if (lines->count == 0) {
		lines->rows = arena_copy(texts, &of_symbol, sizeof(of_symbol));
		lines->count = 1;
	}
}

static void attach_lines(struct jitdump_log *log, struct jitdump_entry *entry, struct arena *texts)
{
	struct debug_lines lines = { 0 };
	struct waiting_record waiting;

	if (pairing_take_lines(&log->pairing, entry->address, entry->size, &waiting)) {
		lines = debug_lines_read(&waiting.record, entry->address, entry->size, texts);
		if (lines.is_damaged)
			jitdump_problems_add(&log->problems, JITDUMP_PROBLEM_LINES_DAMAGED,
					     waiting.offset, 0);
		if (lines.count > 0)
			note_line_offset(log, &lines.rows[0], entry->address);
		waiting_record_deinit(&waiting);
	}
	complete_lines(entry, &lines, texts);
	entry->lines = lines.rows;
	entry->line_count = lines.count;
}

static void attach_table(struct jitdump_log *log, struct jitdump_entry *entry, struct arena *texts)
{
	if (pairing_take_table(&log->pairing, entry->address, entry->size, texts, &entry->unwind))
		entry->uses_frame_pointer = !entry->unwind.eh_frame;
	else
		entry->unwind = (struct jitdump_unwind_table){ 0 };
}

/* There are many entries, of a few hundred bytes each. */
static void keep_texts(struct kept_entry *kept, const struct arena *texts)
{
	struct jitdump_entry *entry = &kept->entry;
	struct jitdump_source_line *rows;

	kept->texts = arena_packed(texts);
	rows = (struct jitdump_source_line *)arena_piece_in(&kept->texts, texts, entry->lines);
	for (size_t i = 0; i < entry->line_count; i++)
		rows[i].file = arena_piece_in(&kept->texts, texts, rows[i].file);
	entry->lines = rows;
	entry->name = arena_piece_in(&kept->texts, texts, entry->name);
	entry->unwind.eh_frame = arena_piece_in(&kept->texts, texts, entry->unwind.eh_frame);
}

bool jitdump_log_is_same_load(const struct jitdump_entry *entry,
			      const struct jitdump_record *record)
{
	return entry->kind == JITDUMP_ENTRY_LOAD && entry->address == record->load.code_addr &&
	       entry->size == record->load.code_size &&
	       entry->code_index == record->load.code_index &&
	       strlen(entry->name) == strlen(record->name);
}

/* A forked CPython writes the buffer that it inherited, and its parent writes it again. Records
 * without a time may come again for good. */
static bool is_repeated(const struct jitdump_log *log, const struct jitdump_record *record)
{
	size_t number = log->entries.count;
	size_t end = number > REPEATED_MAX ? number - REPEATED_MAX : 0;
	uint64_t time = record->prefix.timestamp;

	while (time != 0 && number-- > end) {
		const struct jitdump_entry *entry = jitdump_log_entry(log, number);

		if (!entry || entry->time_ns < time)
			return false;
		if (entry->time_ns == time && jitdump_log_is_same_load(entry, record))
			return true;
	}
	return false;
}

/* What a repeated load would take is repeated too. */
static void drop_repeated(struct jitdump_log *log, const struct jitdump_piece *piece)
{
	const struct jitdump_load_fields *load = &piece->record.load;
	struct jitdump_unwind_table table;
	struct waiting_record lines;
	struct arena dropped = { 0 };

	jitdump_problems_add(&log->problems, JITDUMP_PROBLEM_LOAD_REPEATED, piece->offset, 0);
	if (pairing_take_lines(&log->pairing, load->code_addr, load->code_size, &lines))
		waiting_record_deinit(&lines);
	pairing_take_table(&log->pairing, load->code_addr, load->code_size, &dropped, &table);
	arena_deinit(&dropped);
}

static void take_fields(struct jitdump_entry *entry, const struct jitdump_record *record,
			struct arena *texts)
{
	const struct jitdump_load_fields *load = &record->load;
	size_t name_length = strlen(record->name);
	char *name = arena_copy(texts, record->name, name_length + 1);

	text_replace_controls(name, name_length);
	*entry = (struct jitdump_entry){
		.kind = JITDUMP_ENTRY_LOAD,
		.time_ns = record->prefix.timestamp,
		.pid = load->pid,
		.tid = load->tid,
		.code_index = load->code_index,
		.address = load->code_addr,
		.size = load->code_size,
		.name = name,
	};
}

static void take_code(struct jitdump_log *log, struct kept_entry *kept,
		      const struct jitdump_piece *piece)
{
	const struct jitdump_record *record = &piece->record;
	uint64_t size = record->load.code_size;

	kept->code_bytes = record->code ? size : 0;
	kept->offset = piece->offset;
	kept->other_bytes = log->unowned_bytes;
	log->unowned_bytes = 0;
	if (record->code && log->code_bytes <= CODE_BYTES_MAX)
		kept->entry.code = arena_copy(&kept->codes, record->code, size);
	if (!record->code && size > 0)
		jitdump_problems_add(&log->problems, JITDUMP_PROBLEM_CODE_MISSING, piece->offset,
				     0);
}

void jitdump_log_add_load(struct jitdump_log *log, const struct jitdump_piece *piece)
{
	struct arena texts = { 0 };
	struct kept_entry *kept;

	if (is_repeated(log, &piece->record)) {
		drop_repeated(log, piece);
		return;
	}
	kept = jitdump_log_add_entry(log);
	take_fields(&kept->entry, &piece->record, &texts);
	take_code(log, kept, piece);
	attach_lines(log, &kept->entry, &texts);
	attach_table(log, &kept->entry, &texts);
	keep_texts(kept, &texts);
	arena_deinit(&texts);
	pairing_end_load(&log->pairing);
}
