/* SPDX-License-Identifier: MIT */
#include "symbolize/dwarf_lines.h"

#include "jitdump/xalloc.h"

#include <dwarf.h>
#include <stdlib.h>

enum { ROWS_PER_MARK = 32, MARK_NUMBER_MAX = UINT16_MAX };

/* The state after a row was made. */
struct mark {
	uint32_t address; /* from the start of its sequence */
	uint32_t program; /* where it goes on, in .debug_line */
	uint32_t line;
	uint16_t file, column; /* greater ones are not kept: MARK_NUMBER_MAX, and 0 */
};

struct dwarf_lines {
	const struct dwarf_file *dwarf;
	struct dwarf_files files;
	/* From the header: */
	uint32_t program_end; /* in .debug_line */
	uint8_t address_size;
	uint8_t instruction_length; /* shortest, bytes */
	int8_t line_base;
	uint8_t line_range, opcode_base;
	uint8_t operand_counts[256]; /* of standard opcodes */

	struct range_table sequences;
	uint32_t *first_marks; /* by sequence, and one behind the last */
	size_t first_mark_count, first_mark_capacity;
	struct mark *marks;
	size_t mark_count, mark_capacity;
};

enum step {
	STEP_END,	   /* of the program, or it is damaged */
	STEP_ROW,	   /* `row` is one */
	STEP_END_SEQUENCE, /* `row.address` is where the sequence ends */
};

static void reset_row(struct dwarf_row *row)
{
	*row = (struct dwarf_row){ .file = 1, .line = 1 };
}

/*
 * The line number program (DWARF 5, 6.2) and its registers, which are the row. What runs it is
 * inlined, and a row's address is not given away, for it to stay in the CPU's registers.
 */
#define INLINED static inline __attribute__((always_inline))

/* False: it ends the sequence. */
INLINED bool run_extended(struct dwarf_cursor *program, struct dwarf_row *row)
{
	uint64_t length = dwarf_cursor_uleb(program);
	struct dwarf_cursor operands = *program;

	dwarf_cursor_skip(program, length);
	if (program->has_failed || !length)
		return true;
	switch (dwarf_cursor_u8(&operands)) {
	case DW_LNE_end_sequence:
		return false;
	case DW_LNE_set_address:
		/* Its size is the operand's, whatever the unit's addresses have. */
		row->address = dwarf_cursor_unsigned(&operands, (unsigned int)length - 1);
		return true;
	default:
		return true;
	}
}

/* True: it makes a row. */
INLINED bool run_standard(const struct dwarf_lines *lines, uint8_t opcode,
			  struct dwarf_cursor *program, struct dwarf_row *row)
{
	switch (opcode) {
	case DW_LNS_copy:
		return true;
	case DW_LNS_advance_pc:
		row->address += dwarf_cursor_uleb(program) * lines->instruction_length;
		return false;
	case DW_LNS_advance_line:
		row->line += (uint32_t)dwarf_cursor_sleb(program);
		return false;
	case DW_LNS_set_file:
		row->file = (uint32_t)dwarf_cursor_uleb(program);
		return false;
	case DW_LNS_set_column:
		row->column = (uint32_t)dwarf_cursor_uleb(program);
		return false;
	case DW_LNS_const_add_pc:
		row->address += (uint64_t)((255 - lines->opcode_base) / lines->line_range) *
				lines->instruction_length;
		return false;
	case DW_LNS_fixed_advance_pc:
		row->address += dwarf_cursor_u16(program);
		return false;
	default:
		for (uint8_t i = 0; i < lines->operand_counts[opcode]; i++)
			dwarf_cursor_uleb(program);
		return false;
	}
}

INLINED void run_special(const struct dwarf_lines *lines, uint8_t opcode, struct dwarf_row *row)
{
	uint8_t adjusted = opcode - lines->opcode_base;

	row->address += (uint64_t)(adjusted / lines->line_range) * lines->instruction_length;
	row->line += (uint32_t)(lines->line_base + adjusted % lines->line_range);
}

/* Runs to the next row. */
INLINED enum step run_on(const struct dwarf_lines *lines, struct dwarf_cursor *program,
			 struct dwarf_row *row)
{
	while (dwarf_cursor_left(program)) {
		uint8_t opcode = *program->next++;

		if (opcode >= lines->opcode_base) {
			run_special(lines, opcode, row);
			return STEP_ROW;
		}
		if (!opcode) {
			if (!run_extended(program, row))
				return STEP_END_SEQUENCE;
		} else if (run_standard(lines, opcode, program, row)) {
			return STEP_ROW;
		}
	}
	return STEP_END;
}

static void add_mark(struct dwarf_lines *lines, struct dwarf_row row, const uint8_t *program,
		     uint64_t start)
{
	lines->marks = xgrow(lines->marks, lines->mark_count, &lines->mark_capacity,
			     sizeof(*lines->marks));
	lines->marks[lines->mark_count++] = (struct mark){
		.address = (uint32_t)(row.address - start),
		.program = (uint32_t)(program - lines->dwarf->sections[DWARF_LINE].next),
		.line = row.line,
		.file = row.file < MARK_NUMBER_MAX ? (uint16_t)row.file : MARK_NUMBER_MAX,
		.column = row.column <= MARK_NUMBER_MAX ? (uint16_t)row.column : 0,
	};
}

/* The rows of a sequence that was begun with `first_mark`; without code they are forgotten. */
static void end_sequence(struct dwarf_lines *lines, const struct range_table *code,
			 size_t first_mark, uint64_t start, uint64_t end)
{
	if (start >= end || end - start > UINT32_MAX || !range_table_find(code, start)) {
		lines->mark_count = first_mark;
		return;
	}
	range_table_add(&lines->sequences, start, end, (uint32_t)lines->first_mark_count);
	lines->first_marks = xgrow(lines->first_marks, lines->first_mark_count,
				   &lines->first_mark_capacity, sizeof(*lines->first_marks));
	lines->first_marks[lines->first_mark_count++] = (uint32_t)first_mark;
}

/* Addresses only grow within a sequence (DWARF 5, 6.2.5); where they do not, another one begins. */
static void mark_rows(struct dwarf_lines *lines, struct dwarf_cursor program,
		      const struct range_table *code)
{
	struct dwarf_row row;
	size_t first_mark = lines->mark_count, row_count = 0;
	uint64_t start = 0, last = 0;

	reset_row(&row);
	for (;;) {
		enum step step = run_on(lines, &program, &row);
		bool goes_on = step == STEP_ROW && row.address >= last &&
			       row.address - start <= UINT32_MAX;

		if (row_count && !goes_on) {
			end_sequence(lines, code, first_mark, start,
				     step == STEP_END_SEQUENCE ? row.address : last);
			first_mark = lines->mark_count;
			row_count = 0;
		}
		if (step == STEP_END)
			return;
		if (step == STEP_END_SEQUENCE) {
			reset_row(&row);
			continue;
		}
		if (!row_count)
			start = row.address;
		last = row.address;
		if (row_count++ % ROWS_PER_MARK == 0)
			add_mark(lines, row, program.next, start);
	}
}

/* False: no table of a version that is known. `header` stands behind it afterwards. */
static bool read_header(struct dwarf_lines *lines, struct dwarf_cursor *header,
			struct dwarf_sizes *sizes, const char *comp_dir)
{
	struct dwarf_cursor rest;

	sizes->offset_size = dwarf_cursor_unit_length(header);
	sizes->version = (uint8_t)dwarf_cursor_u16(header);
	if (header->has_failed || sizes->version < 2 || sizes->version > 5)
		return false;
	if (sizes->version >= 5) {
		sizes->address_size = dwarf_cursor_u8(header);
		dwarf_cursor_u8(header); /* size of segment selectors */
	}
	rest = *header;
	dwarf_cursor_skip(header, dwarf_cursor_unsigned(&rest, sizes->offset_size));
	dwarf_cursor_skip(header, sizes->offset_size);
	lines->instruction_length = dwarf_cursor_u8(&rest);
	if (sizes->version >= 4)
		dwarf_cursor_u8(&rest); /* operations in an instruction */
	dwarf_cursor_u8(&rest);		/* whether rows are statements */
	lines->line_base = (int8_t)dwarf_cursor_u8(&rest);
	lines->line_range = dwarf_cursor_u8(&rest);
	lines->opcode_base = dwarf_cursor_u8(&rest);
	for (int opcode = 1; opcode < lines->opcode_base; opcode++)
		lines->operand_counts[opcode] = dwarf_cursor_u8(&rest);
	dwarf_files_init(&lines->files, lines->dwarf, *sizes, comp_dir, &rest);
	return !header->has_failed && lines->line_range && lines->opcode_base;
}

struct dwarf_lines *dwarf_lines_create(const struct dwarf_file *dwarf, uint64_t offset,
				       uint8_t address_size, const char *comp_dir,
				       const struct range_table *code)
{
	struct dwarf_cursor header = dwarf_file_at(dwarf, DWARF_LINE, offset);
	struct dwarf_sizes sizes = { .address_size = address_size };
	struct dwarf_lines *lines = xcalloc(1, sizeof(*lines));

	lines->dwarf = dwarf;
	if (dwarf_cursor_left(&dwarf->sections[DWARF_LINE]) > UINT32_MAX ||
	    !read_header(lines, &header, &sizes, comp_dir)) {
		dwarf_lines_destroy(lines);
		return NULL;
	}
	lines->program_end = (uint32_t)(header.end - dwarf->sections[DWARF_LINE].next);
	mark_rows(lines, header, code);
	range_table_sort(&lines->sequences);
	lines->marks = xrealloc(lines->marks, (lines->mark_count + 1) * sizeof(*lines->marks));
	return lines;
}

void dwarf_lines_destroy(struct dwarf_lines *lines)
{
	if (!lines)
		return;
	dwarf_files_deinit(&lines->files);
	range_table_deinit(&lines->sequences);
	free(lines->first_marks);
	free(lines->marks);
	free(lines);
}

/* The last mark of the sequence at or below the address: its first one always is. */
static const struct mark *find_mark(const struct dwarf_lines *lines,
				    const struct nested_range *sequence, uint64_t address)
{
	size_t low = lines->first_marks[sequence->number];
	size_t high = sequence->number + 1 < lines->first_mark_count
			      ? lines->first_marks[sequence->number + 1]
			      : lines->mark_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (lines->marks[middle].address <= address - sequence->start)
			low = middle;
		else
			high = middle;
	}
	return &lines->marks[low];
}

bool dwarf_lines_find(const struct dwarf_lines *lines, uint64_t address, struct dwarf_row *row)
{
	const struct nested_range *sequence = range_table_find(&lines->sequences, address);
	struct dwarf_row last, next;
	struct dwarf_cursor program;
	const struct mark *mark;

	if (!sequence)
		return false;
	mark = find_mark(lines, sequence, address);
	program = dwarf_file_at(lines->dwarf, DWARF_LINE, mark->program);
	program.end = lines->dwarf->sections[DWARF_LINE].next + lines->program_end;
	last = (struct dwarf_row){ sequence->start + mark->address, mark->file, mark->line,
				   mark->column };
	next = last;
	while (run_on(lines, &program, &next) == STEP_ROW && next.address >= last.address &&
	       next.address <= address)
		last = next;
	*row = last;
	return true;
}

struct dwarf_files *dwarf_lines_files(struct dwarf_lines *lines)
{
	return &lines->files;
}
