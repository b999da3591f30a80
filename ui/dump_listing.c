/* SPDX-License-Identifier: MIT */
#include "ui/dump_listing.h"

#include "jitdump/text.h"
#include "jitdump/unwind_table.h"
#include "ui/printable.h"

#include <inttypes.h>
#include <string.h>

enum { KINDS = JITDUMP_UNWINDING_INFO + 1 };

static const char *const kind_names[KINDS] = {
	[JITDUMP_CODE_LOAD] = "LOAD",	     [JITDUMP_CODE_MOVE] = "MOVE",
	[JITDUMP_DEBUG_INFO] = "DEBUG",	     [JITDUMP_CODE_CLOSE] = "CLOSE",
	[JITDUMP_UNWINDING_INFO] = "UNWIND",
};

static void print_header(const struct jitdump_stream *stream, FILE *out)
{
	const struct jitdump_file_header *header = &stream->header;

	fprintf(out,
		"version %" PRIu32 ", pid %" PRIu32 ", machine %" PRIu32 ", time %" PRIu64
		", flags %#" PRIx64 ", header of %" PRIu32 " bytes%s\n\n",
		header->version, header->pid, header->elf_mach, header->timestamp, header->flags,
		header->total_size, stream->is_swapped ? ", foreign byte order" : "");
	fprintf(out, "%10s %20s  %-6s %16s %8s %6s  %s\n", "offset", "time", "record", "address",
		"size", "index", "what");
}

/* What every line begins with, up to the kind. */
static void print_start(const struct jitdump_piece *piece, FILE *out)
{
	const struct jitdump_record_prefix *prefix = &piece->record.prefix;

	fprintf(out, "%10" PRIu64 " %10" PRIu64 ".%09" PRIu64 "  ", piece->offset,
		prefix->timestamp / 1000000000, prefix->timestamp % 1000000000);
	if (prefix->id < KINDS)
		fprintf(out, "%-6s ", kind_names[prefix->id]);
	else
		fprintf(out, "%-6" PRIu32 " ", prefix->id);
}

static void print_load(const struct jitdump_record *record, FILE *out)
{
	fprintf(out, "%16" PRIx64 " %8" PRIu64 " %6" PRIu64 "  ", record->load.code_addr,
		record->load.code_size, record->load.code_index);
	print_printable(out, record->name);
	if (!record->code && record->load.code_size > 0)
		fputs(" (without its code)", out);
}

static void print_move(const struct jitdump_record *record, FILE *out)
{
	fprintf(out, "%16" PRIx64 " %8" PRIu64 " %6" PRIu64 "  from %" PRIx64,
		record->move.new_code_addr, record->move.code_size, record->move.code_index,
		record->move.old_code_addr);
}

/* The first entry's file stands for all. V8 loses some names: what is there then is no text. */
static void print_debug(const struct jitdump_record *record, FILE *out)
{
	enum { NAME_OFFSET = sizeof(struct jitdump_debug_entry_fields) };
	const char *name = (const char *)record->payload + NAME_OFFSET;
	size_t room = record->payload_size > NAME_OFFSET ? record->payload_size - NAME_OFFSET : 0;
	size_t length = strnlen(name, room);

	fprintf(out, "%16" PRIx64 " %8s %6s  %" PRIu64 " line%s", record->debug.code_addr, "", "",
		record->debug.nr_entry, record->debug.nr_entry == 1 ? "" : "s");
	if (length == room || !text_is_printable(name, length))
		fputs(" of a file whose name is lost", out);
	else if (length > 0)
		fprintf(out, " of %s", name);
}

static void print_unwinding(const struct jitdump_record *record, FILE *out)
{
	const struct jitdump_unwinding_fields *unwinding = &record->unwinding;

	fprintf(out, "%16s %8" PRIu64 " %6s  ", "", unwinding->unwinding_size, "");
	if (unwind_table_is_empty(record))
		fputs("no table: follow the frame pointer", out);
	else
		fprintf(out, "a header of %" PRIu64 " bytes, %" PRIu64 " mapped",
			unwinding->eh_frame_hdr_size, unwinding->mapped_size);
}

static void print_record(const struct jitdump_piece *piece, FILE *out)
{
	print_start(piece, out);
	switch (piece->record.prefix.id) {
	case JITDUMP_CODE_LOAD:
		print_load(&piece->record, out);
		break;
	case JITDUMP_CODE_MOVE:
		print_move(&piece->record, out);
		break;
	case JITDUMP_DEBUG_INFO:
		print_debug(&piece->record, out);
		break;
	case JITDUMP_UNWINDING_INFO:
		print_unwinding(&piece->record, out);
		break;
	case JITDUMP_CODE_CLOSE:
		break;
	default:
		fprintf(out, "%16s %8" PRIu32 " %6s  unknown", "", piece->record.prefix.total_size,
			"");
	}
	fputc('\n', out);
}

static void print_damage(const struct jitdump_piece *piece, FILE *out)
{
	if (piece->size > 0)
		fprintf(out, "%10" PRIu64 " %" PRIu64 " bytes that are no record\n", piece->offset,
			piece->size);
	else
		fprintf(out, "%10" PRIu64 " the record before is cut short\n", piece->offset);
}

static void print_totals(const uint64_t counts[KINDS + 1], uint64_t tail_bytes, FILE *out)
{
	fputc('\n', out);
	for (size_t kind = 0; kind < KINDS; kind++)
		fprintf(out, "%s%" PRIu64 " %s", kind ? ", " : "", counts[kind], kind_names[kind]);
	if (counts[KINDS] > 0)
		fprintf(out, ", %" PRIu64 " unknown", counts[KINDS]);
	if (tail_bytes > 0)
		fprintf(out, "; the last %" PRIu64 " bytes are an unfinished record", tail_bytes);
	fputc('\n', out);
}

void dump_listing_print(struct jitdump_stream *stream, FILE *out)
{
	uint64_t counts[KINDS + 1] = { 0 };
	struct jitdump_piece piece;
	enum jitdump_found found;

	print_header(stream, out);
	while ((found = jitdump_stream_next(stream, true, &piece)) != JITDUMP_FOUND_END) {
		if (found == JITDUMP_FOUND_DAMAGE) {
			print_damage(&piece, out);
			continue;
		}
		counts[piece.record.prefix.id < KINDS ? piece.record.prefix.id : KINDS]++;
		print_record(&piece, out);
	}
	print_totals(counts, jitdump_stream_tail_bytes(stream), out);
}
