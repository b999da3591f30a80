/* SPDX-License-Identifier: MIT */
/*
 * One function as rows: its source lines with what was sampled there, and under each line the
 * instructions made from it.
 *
 * You give the function's code, or that of several versions of it, and its sampled places; you get
 * rows to show, jump arrows beside them, and the way from the hottest to the next. Lines are in the
 * order of the source, instructions under a line in that of their addresses, with a gap where they
 * do not follow each other. Versions that are alike are one. Without lines the instructions are in
 * the order of their addresses alone. It knows neither terminal nor stdio.
 */
#ifndef UI_ANNOTATION_H
#define UI_ANNOTATION_H

#include "profiler/function_code.h"
#include "ui/jump_arrows.h"
#include "ui/sampled_code.h"
#include "ui/source_file.h"

enum annotation_row_kind {
	ANNOTATION_LINE,
	ANNOTATION_INSTRUCTION, /* without text: a sampled place whose bytes are not known */
	ANNOTATION_GAP,		/* code that is elsewhere or unknown; where `text`, of which body */
	ANNOTATION_ROW_KIND_COUNT,
};

#define ANNOTATION_NO_ROW SIZE_MAX

struct annotation_row {
	enum annotation_row_kind kind;
	struct call_weight self; /* of lines: of all instructions under them */
	bool is_marked;		 /* a marked place is there, or under it */
	double percent;		 /* of the function's self weight */
	const char *text;	 /* printable. LINE: "" where the source is not on this machine */
	const char *file;	 /* as recorded, not printable; NULL: not known */
	uint32_t line;
	uint64_t address; /* INSTRUCTION: as jumps name it; of JIT code from the version's start */
	size_t jump_row;  /* INSTRUCTION: where it jumps to, or ANNOTATION_NO_ROW */

	/* INSTRUCTION: which it is, and of which body; borrowed, as the parts are. */
	const struct code_instruction *instruction;
	const struct sampled_code *sampled;
};

/* One body of code, and where in it the samples are; both borrowed. */
struct annotation_part {
	const struct function_code *code;
	const struct sampled_code *sampled;
};

struct annotation {
	struct annotation_row *rows;
	size_t count, capacity;
	struct call_weight self; /* of the function */
	struct jump_arrows arrows;
	struct {
		size_t *rows; /* with samples, the hottest first */
		size_t count;
	} hottest[ANNOTATION_ROW_KIND_COUNT];
	struct source_files sources; /* for $EDITOR: source_files_path() */
	struct string_pool *texts;
};

/* The parts are borrowed for the annotation's life. */
void annotation_build(struct annotation *annotation, const struct annotation_part *parts,
		      size_t part_count, bool has_lines);
void annotation_deinit(struct annotation *annotation);

/* From any row to the hottest of this kind, and from one of those to the next cooler one (`step` 1)
 * or hotter one (-1), round and round. ANNOTATION_NO_ROW: there is none. */
size_t annotation_hottest(const struct annotation *annotation, enum annotation_row_kind kind,
			  size_t row, int step);

/* Where to begin: at the hottest marked row, else at the hottest; of lines, where there are any. 0:
 * nothing has samples. */
size_t annotation_first(const struct annotation *annotation);

/* Where a row of another annotation of the same function is in this one: of several the nearest to
 * `number`. The text of `row` is not looked at. ANNOTATION_NO_ROW: nowhere. */
size_t annotation_row_like(const struct annotation *annotation, const struct annotation_row *row,
			   size_t number);

#endif
