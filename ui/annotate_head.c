/* SPDX-License-Identifier: MIT */
#include "ui/annotate_head.h"

#include "ui/printable.h"
#include "ui/table_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void annotate_head_print_field(const char *name, const char *text)
{
	printf("# %-9s ", name);
	print_printable(stdout, text);
	putchar('\n');
}

uint32_t findings_count_versions(const struct sampled_codes *codes, const struct sampled_code *of)
{
	uint32_t count = 0;

	for (size_t i = 0; i < codes->count; i++)
		count += sampled_code_is_version_of(&codes->items[i], of);
	return count;
}

static void list_versions(const struct sampled_codes *codes, const struct sampled_code *of)
{
	enum { LISTED_MAX = 8 };
	uint32_t listed = 0;

	for (size_t i = 0; i < codes->count && listed < LISTED_MAX; i++) {
		const struct sampled_code *code = &codes->items[i];

		if (!sampled_code_is_version_of(code, of))
			continue;
		printf("%s %" PRIu32, listed++ ? "," : "", code->version);
		if (*code->tier)
			printf(" (%s)", code->tier);
		printf(" has %" PRIu64 " samples", code->self.count);
	}
	puts(findings_count_versions(codes, of) > listed ? " ..." : "");
}

static void print_versions(const struct sampled_codes *codes, const struct sampled_code *shown,
			   size_t chosen)
{
	uint32_t count = findings_count_versions(codes, shown);

	if (count < 2)
		return;
	printf("# version:  ");
	if (chosen == count)
		printf("all of %" PRIu32 ":", count);
	else if (chosen > 1)
		printf("%zu of %" PRIu32 ":", chosen, count);
	else
		printf("%" PRIu32 " of %" PRIu32 "%s%s (--version N, --all-versions):",
		       shown->version, count, *shown->tier ? ", " : "", shown->tier);
	list_versions(codes, shown);
}

static void print_others(const struct sampled_codes *codes, const struct findings *findings)
{
	enum { LISTED_MAX = 4 };
	const struct sampled_code *shown = &codes->items[findings->numbers[0]];
	size_t others = 0;

	for (size_t i = 1; i < findings->count; i++) {
		const struct sampled_code *code = &codes->items[findings->numbers[i]];

		if (sampled_code_is_version_of(code, shown))
			continue;
		if (others++ >= LISTED_MAX)
			continue;
		fputs(others == 1 ? "# others:   " : ", ", stdout);
		print_printable(stdout, code->name);
		fputs(" in ", stdout);
		print_printable(stdout, code->frame->module);
	}
	if (others)
		puts(others > LISTED_MAX ? " ..." : "");
}

static void print_samples(const struct annotated_function *function, struct call_weight all)
{
	const struct call_weight *self = &function->annotation.self;

	printf("# samples:  %" PRIu64 ", %.2f %% of all", self->count,
	       percent_of(self->weight, all.weight));
	puts(self->count ? "" : ": it was sampled only while it called others");
}

/* Into which of how many; and where the hottest of it is, as a screen's cursor would tell. */
static void print_inlined(const struct findings *findings, const struct annotation *annotation)
{
	const size_t first = annotation_first(annotation);
	const struct annotation_row *row = annotation->count ? &annotation->rows[first] : NULL;

	fputs("# inlined:  ", stdout);
	print_printable(stdout, findings->symbol);
	fputs(" is inlined into it", stdout);
	if (findings->count > 1)
		printf(", the hottest of %zu functions", findings->count);
	if (row && row->is_marked && row->file) {
		fputs("; the hottest of its lines is ", stdout);
		print_printable(stdout, row->file);
		printf(":%" PRIu32, row->line);
	}
	putchar('\n');
}

static void print_name(const struct sampled_code *shown, const struct findings *findings)
{
	if (findings->match != CODE_MATCH_NAMELESS) {
		annotate_head_print_field("function:",
					  findings->chosen_count > 1 ? shown->plain : shown->name);
		return;
	}
	annotate_head_print_field("function:", shown->frame->function);
	printf("# nameless: %zu of %zu functions, the hottest first\n", findings->chosen_count,
	       findings->count);
}

void annotate_head_print(const struct sampled_codes *codes, const struct findings *findings,
			 const struct annotated_function *function, struct call_weight all)
{
	const struct sampled_code *shown = &codes->items[findings->chosen[0]];

	print_name(shown, findings);
	if (findings->symbol && findings->match != CODE_MATCH_NAMELESS)
		print_others(codes, findings);
	annotate_head_print_field("module:", shown->frame->module);
	print_samples(function, all);
	print_versions(codes, shown, findings->chosen_count);
	if (findings->match == CODE_MATCH_INLINED)
		print_inlined(findings, &function->annotation);
	if (*function->remark)
		annotate_head_print_field("remark:", function->remark);
	putchar('\n');
}
