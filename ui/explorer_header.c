/* SPDX-License-Identifier: MIT */
/* The two lines above the tabs: what of how much is shown, and how good it is. */
#include "ui/explorer_state.h"
#include "ui/table_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_cut(const struct shown *shown)
{
	return shown->recording && *data_reader_damage(shown->recording->reader);
}

/* What the recording does not tell is neither 0 nor 100 %. */
static const char *quality_text(const struct shown *shown, char *buffer, size_t size)
{
	const struct stats *stats = &shown->stats;
	uint64_t stacks = stats->user_stacks;
	char complete[96] = "it is not told how complete stacks are";

	if (stacks)
		snprintf(complete, sizeof(complete),
			 "%.1f%% complete, %.1f%% truncated, %.1f%% frames guessed",
			 percent_of(stats->ends[STACK_END_COMPLETE], stacks),
			 percent_of(stats->ends[STACK_END_TRUNCATED_COPY], stacks),
			 percent_of(stats->guessed_frames, stats->user_frames));
	snprintf(buffer, size, "%s, %.1f%% unknown JIT, %llu lost%s", complete,
		 percent_of(stats->unknown_jit_samples, stats->samples),
		 (unsigned long long)stats->lost,
		 is_cut(shown) ? "; the file is cut: see Health" : "");
	return buffer;
}

/* How good what is shown is: always there. */
static void draw_quality(struct explorer *explorer, struct canvas *canvas, int row)
{
	const struct stats *stats = &explorer->shown->stats;
	uint64_t stacks = stats->user_stacks;
	const char *status = NULL;
	char text[256];
	bool is_bad;

	if (explorer->live)
		status = explorer->live->status(explorer->live->context, text, sizeof(text));
	if (status) {
		canvas_put(canvas, row, 0, canvas->columns, STYLE_TEXT, status);
		return;
	}
	is_bad = stats->lost || is_cut(explorer->shown) ||
		 (stacks && percent_of(stats->ends[STACK_END_COMPLETE], stacks) < 90);
	canvas_put(canvas, row, 0, canvas->columns, is_bad ? STYLE_WARNING : STYLE_TEXT,
		   quality_text(explorer->shown, text, sizeof(text)));
}

/* A long name is cut, so that others are seen as well. */
static int put_list(struct canvas *canvas, int at, const char *what, const struct text_list *list)
{
	int most = canvas->columns / 5;

	for (size_t i = 0; i < list->count; i++) {
		int room = canvas->columns - at;

		at += canvas_printf(canvas, 0, at, room, STYLE_WARM, " %s", what);
		room = canvas->columns - at;
		at += canvas_put(canvas, 0, at, room < most ? room : most, STYLE_WARM,
				 list->texts[i]);
	}
	return at;
}

/* With the key that shows them again. */
static int draw_hidden(struct explorer *explorer, struct canvas *canvas, int at)
{
	const struct selection *selection = &explorer->shown->selection;
	const struct {
		bool is_hidden;
		const char *text;
	} kinds[] = {
		{ selection->hides_kernel, " -kernel(K)" },
		{ selection->hides_native, " -native(C)" },
		{ selection->hides_jit, " -JIT(J)" },
		{ selection->hides_inlined, " -inlined(I)" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].is_hidden)
			at += canvas_put(canvas, 0, at, canvas->columns - at, STYLE_WARM,
					 kinds[i].text);
	}
	return at;
}

/* In seconds from the beginning on. */
static int draw_range(const struct shown *shown, struct canvas *canvas, int at)
{
	const struct selection *selection = &shown->selection;
	uint64_t start_ns, end_ns, from_ns = selection->from_ns, until_ns = selection->until_ns;

	if (!from_ns && until_ns == UINT64_MAX)
		return at;
	shown_span(shown, &start_ns, &end_ns);
	from_ns = from_ns > start_ns ? from_ns - start_ns : 0;
	until_ns = until_ns < end_ns ? until_ns - start_ns : end_ns - start_ns;
	return at + canvas_printf(canvas, 0, at, canvas->columns - at, STYLE_WARM, " %.1f-%.1fs",
				  (double)from_ns / 1e9, (double)until_ns / 1e9);
}

/* What is short first. */
static int draw_filters(struct explorer *explorer, struct canvas *canvas, int at)
{
	const struct selection *selection = &explorer->shown->selection;

	if (explorer->shown->min_percent > 0)
		at += canvas_printf(canvas, 0, at, canvas->columns - at, STYLE_WARM, " min=%g%%",
				    explorer->shown->min_percent);
	at = draw_range(explorer->shown, canvas, at);
	at = put_list(canvas, at, "pid=", &selection->pids);
	at = put_list(canvas, at, "tid=", &selection->tids);
	at = put_list(canvas, at, "symbol=", &selection->symbols);
	at = put_list(canvas, at, "symbol!=", &selection->not_symbols);
	at = put_list(canvas, at, "module=", &selection->modules);
	at = put_list(canvas, at, "module!=", &selection->not_modules);
	at = put_list(canvas, at, "comm=", &selection->comms);
	at = put_list(canvas, at, "comm!=", &selection->not_comms);
	at = put_list(canvas, at, "through=", &selection->through);
	return put_list(canvas, at, "through!=", &selection->not_through);
}

/* What is left out, to be seen at any moment. */
static int draw_left_out(struct explorer *explorer, struct canvas *canvas, int at)
{
	int begin = draw_hidden(explorer, canvas, at);

	at = draw_filters(explorer, canvas, begin);
	if (at > begin)
		at += canvas_printf(canvas, 0, at, canvas->columns - at, STYLE_DIM,
				    " (x: unfilter; %% of %s)",
				    explorer->shown->is_relative ? "these" : "all");
	return at;
}

/* Where there is room for it: filters must be seen. */
static void draw_pace(struct explorer *explorer, struct canvas *canvas, int at)
{
	const struct live_source *live = explorer->live;
	char text[128];

	if (!live || !live->pace)
		return;
	live->pace(live->context, text, sizeof(text));
	if (at + 1 + (int)strlen(text) <= canvas->columns)
		canvas_put(canvas, 0, at + 1, canvas->columns - at - 1, STYLE_TEXT, text);
}

static void draw_title(struct explorer *explorer, struct canvas *canvas)
{
	const struct shown *shown = explorer->shown;
	uint64_t all = shown->all_sums.all.count, selected = shown_selected(shown).count;
	int at = canvas_put(canvas, 0, 0, canvas->columns, STYLE_TITLE, explorer->title);

	if (selected != all)
		at += canvas_printf(canvas, 0, at, canvas->columns - at, STYLE_TEXT,
				    "  %" PRIu64 " of", selected);
	at += canvas_printf(canvas, 0, at, canvas->columns - at, STYLE_TEXT,
			    "%s %" PRIu64 " samples", selected != all ? "" : " ", all);
	if (explorer->is_frozen)
		at += canvas_put(canvas, 0, at, canvas->columns - at, STYLE_WARM, ", frozen");
	at = draw_left_out(explorer, canvas, at);
	draw_pace(explorer, canvas, at);
}

void explorer_draw_header(struct explorer *explorer)
{
	draw_title(explorer, &explorer->canvas);
	draw_quality(explorer, &explorer->canvas, 1);
}
