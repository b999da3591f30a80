/* SPDX-License-Identifier: MIT */
/* What is shown as a file, in the form that its name's end asks for. */
#include "ui/explorer_state.h"
#include "ui/flame.h"
#include "ui/table_text.h"
#include "ui/tree_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length > end_length && !strcmp(text + length - end_length, end);
}

static void print_table(FILE *out, const struct shown *shown)
{
	const struct sort_order order = { .keys = { SORT_SELF }, .count = 1 };
	const struct table_text_options options = { .min_percent = shown->min_percent };
	struct function_table table;

	function_table_build(&table, &order, &shown->selection, shown->profile, shown->naming,
			     &shown->sums);
	table_text_print(out, &table,
			 (struct call_weight){ shown_whole(shown), shown_selected(shown).count },
			 &options);
	function_table_deinit(&table);
}

static void print_as(FILE *out, const char *path, const struct shown *shown)
{
	const struct tree_text_options tree = {
		.is_bottom_up = ends_with(path, ".callers"),
		.min_percent = shown->min_percent > 0 ? shown->min_percent : 0.5,
	};

	if (ends_with(path, ".folded"))
		flame_print(out, &shown->selection, shown->profile, shown->naming, &shown->sums,
			    false);
	else if (ends_with(path, ".tree") || ends_with(path, ".callers"))
		tree_text_print(out, &tree, &shown->selection, shown->profile, shown->naming,
				&shown->sums);
	else
		print_table(out, shown);
}

/* A sentence's end: why nothing is written there; NULL: it may be. */
static const char *why_not_there(const struct explorer *explorer, const char *path)
{
	struct stat there, recording;

	if (stat(path, &there) != 0)
		return NULL;
	if (!S_ISREG(there.st_mode))
		return "is not a regular file";
	if (explorer->shown->recording && stat(explorer->title, &recording) == 0 &&
	    there.st_dev == recording.st_dev && there.st_ino == recording.st_ino)
		return "is the recording that is shown";
	return NULL;
}

void explorer_write(struct explorer *explorer, const char *path, bool overwrites)
{
	const char *why_not = why_not_there(explorer, path);
	bool is_whole;
	FILE *out;

	if (why_not) {
		explorer_say(explorer, "%s %s", path, why_not);
		return;
	}
	out = fopen(path, overwrites ? "we" : "wxe");
	if (!out && errno == EEXIST && !overwrites) {
		explorer->prompt.use = PROMPT_OVERWRITE;
		return;
	}
	if (!out) {
		explorer_say(explorer, "cannot write %s: %s", path, strerror(errno));
		return;
	}
	print_as(out, path, explorer->shown);
	is_whole = !ferror(out);
	if (fclose(out) || !is_whole)
		explorer_say(explorer, "cannot write all of %s: %s", path, strerror(errno));
	else
		explorer_say(explorer, "%s is written", path);
}
