/* SPDX-License-Identifier: MIT */
#include "ui/annotation_text.h"

#include "ui/printable.h"

#include <inttypes.h>
#include <string.h>

/* What "self %" takes, and the columns behind it. */
enum { PERCENT_WIDTH = 7, LINE_WIDTH = 6, ADDRESS_WIDTH = 16 };

struct printing {
	FILE *out;
	struct annotation *annotation;
	const struct annotation_text_options *options;
	const char *file;    /* of the line above; NULL: none */
	bool has_lines;	     /* some were printed */
	bool is_line_shown;  /* the last one */
	bool is_below_line;  /* an instruction was printed under it */
	bool is_gap;	     /* something was left out since */
	const char *version; /* whose instructions are next; NULL: as before */
	size_t left_out;     /* lines and instructions below min_percent */
};

static void print_percent(const struct printing *printing, const struct annotation_row *row)
{
	if (row->self.count)
		fprintf(printing->out, "%*.2f", PERCENT_WIDTH, row->percent);
	else
		fprintf(printing->out, "%*s", PERCENT_WIDTH, "");
}

/* Over its lines stands a file as it was recorded, and where it was found if that is elsewhere. */
static void print_file(struct printing *printing, const struct annotation_row *row)
{
	const char *path = NULL;

	if (printing->has_lines && printing->file == row->file)
		return;
	printing->has_lines = true;
	printing->file = row->file;
	fprintf(printing->out, "%*s  ", PERCENT_WIDTH, "");
	if (row->file)
		path = source_files_path(&printing->annotation->sources, row->file);
	print_printable(printing->out, row->file ? row->file : "[no source line]");
	if (path && strcmp(path, row->file) != 0) {
		fputs(" (shown: ", printing->out);
		print_printable(printing->out, path);
		fputc(')', printing->out);
	}
	fputc('\n', printing->out);
}

static void print_line(struct printing *printing, const struct annotation_row *row)
{
	print_file(printing, row);
	if (!row->file && !row->self.count)
		return;
	print_percent(printing, row);
	if (row->file)
		fprintf(printing->out, "  %*" PRIu32, LINE_WIDTH, row->line);
	if (*row->text)
		fprintf(printing->out, "  %s", row->text);
	fputc('\n', printing->out);
}

static void print_gap(const struct printing *printing, const char *text)
{
	fprintf(printing->out, "%*s  %*s\n", PERCENT_WIDTH, "", ADDRESS_WIDTH,
		*text ? text : "...");
}

static void print_instruction(struct printing *printing, size_t number)
{
	const struct annotation_row *row = &printing->annotation->rows[number];
	char arrows[ARROW_TEXT_MAX];

	if (printing->version)
		print_gap(printing, printing->version);
	else if (printing->is_gap && printing->is_below_line)
		print_gap(printing, "");
	printing->version = NULL;
	printing->is_gap = false;
	printing->is_below_line = true;
	print_percent(printing, row);
	jump_arrows_text(&printing->annotation->arrows, number, printing->options->is_utf8, arrows);
	fprintf(printing->out, "  %*" PRIx64 "  %s%s%s\n", ADDRESS_WIDTH, row->address, arrows,
		*arrows ? " " : "", *row->text ? row->text : "[no bytes]");
}

static void print_row(struct printing *printing, size_t number)
{
	const struct annotation_row *row = &printing->annotation->rows[number];
	bool is_shown = row->percent >= printing->options->min_percent;

	switch (row->kind) {
	case ANNOTATION_LINE:
		printing->is_line_shown = is_shown;
		printing->is_gap = printing->is_below_line = false;
		printing->version = NULL;
		printing->left_out += !is_shown;
		if (is_shown)
			print_line(printing, row);
		break;
	case ANNOTATION_GAP:
		if (*row->text)
			printing->version = row->text;
		printing->is_gap |= !*row->text;
		break;
	case ANNOTATION_INSTRUCTION:
		if (is_shown && printing->is_line_shown) {
			print_instruction(printing, number);
			break;
		}
		printing->is_gap = true;
		printing->left_out++;
		break;
	case ANNOTATION_ROW_KIND_COUNT:
		break;
	}
}

void annotation_text_print(FILE *out, struct annotation *annotation,
			   const struct annotation_text_options *options)
{
	struct printing printing = {
		.out = out,
		.annotation = annotation,
		.options = options,
		.is_line_shown = true,
	};

	fputs(" self %\n", out);
	for (size_t i = 0; i < annotation->count; i++)
		print_row(&printing, i);
	if (printing.left_out)
		fprintf(out, "# %zu more row%s\n", printing.left_out,
			printing.left_out == 1 ? "" : "s");
}
