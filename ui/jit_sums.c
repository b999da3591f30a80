/* SPDX-License-Identifier: MIT */
#include "ui/jit_sums.h"

#include "ui/density.h"

#include <inttypes.h>
#include <stdio.h>

const char *jit_seconds_text(const struct jit_table *jit, uint64_t time_ns, char *buffer,
			     size_t size)
{
	if (time_ns == UINT64_MAX)
		return "";
	snprintf(buffer, size, "%.3f", (double)(int64_t)(time_ns - jit->start_ns) / 1e9);
	return buffer;
}

static const char *bytes_text(uint64_t bytes, char *buffer, size_t size)
{
	if (bytes < 1000)
		snprintf(buffer, size, "%" PRIu64 " bytes", bytes);
	else if (bytes < 1000000)
		snprintf(buffer, size, "%.1f kB", (double)bytes / 1e3);
	else
		snprintf(buffer, size, "%.1f MB", (double)bytes / 1e6);
	return buffer;
}

static void draw_sums(const struct jit_table *jit, struct canvas *canvas, struct area area)
{
	char loaded[32], never[32];

	bytes_text(jit->load_bytes, loaded, sizeof(loaded));
	bytes_text(jit->never_bytes, never, sizeof(never));
	if (!jit->dump_count)
		canvas_put(canvas, area.row, area.column, area.columns, STYLE_TITLE,
			   jit->mapped.count ? "no jitdump: perf maps tell no versions"
					     : "no jitdump, so no versions are known");
	else if (!jit->has_totals)
		canvas_printf(canvas, area.row, area.column, area.columns, STYLE_TITLE,
			      "%" PRIu64
			      " loads (%s) are kept, those that were sampled; others are "
			      "not known",
			      jit->load_count, loaded);
	else
		canvas_printf(canvas, area.row, area.column, area.columns, STYLE_TITLE,
			      "%" PRIu64 " loads (%s), never sampled: %" PRIu64 " (%s)",
			      jit->load_count, loaded, jit->never_count, never);
}

/* Loads over time. */
static void draw_steps(const struct jit_table *jit, struct canvas *canvas, struct area area)
{
	uint64_t most = 0;
	double step_s = (double)(jit->until_ns - jit->from_ns) / 1e9 / JIT_TABLE_STEPS;
	char from[32], until[32];
	int used;

	if (!jit->has_totals || !jit->load_count || step_s <= 0)
		return;
	for (size_t i = 0; i < JIT_TABLE_STEPS; i++)
		most = jit->steps[i] > most ? jit->steps[i] : most;
	jit_seconds_text(jit, jit->from_ns, from, sizeof(from));
	jit_seconds_text(jit, jit->until_ns, until, sizeof(until));
	used = canvas_printf(canvas, area.row, area.column, area.columns, STYLE_TITLE, "%s s [",
			     from);
	for (int i = 0; i < JIT_TABLE_STEPS && used < area.columns; i++, used++)
		canvas_fill(canvas, area.row, area.column + used, 1, STYLE_TITLE,
			    density_character(jit->steps[i], most));
	canvas_printf(canvas, area.row, area.column + used, area.columns - used, STYLE_TITLE,
		      "] %s s, up to %.0f loads/s", until, (double)most / step_s);
}

/* Of marks that stand somewhere below. */
static void draw_marks(const struct jit_table *jit, struct canvas *canvas, struct area area)
{
	bool has_unknown = false, has_tiers = false;

	for (size_t i = 0; i < jit->count; i++) {
		has_unknown |= !jit->rows[i].is_version && !jit->rows[i].is_loaded_known;
		has_tiers |= jit->rows[i].has_other_tiers;
	}
	canvas_printf(canvas, area.row, area.column, area.columns, STYLE_TITLE, "%s%s%s",
		      has_unknown ? "1+: at least so many: what never ran is not kept" : "",
		      has_unknown && has_tiers ? "; " : "",
		      has_tiers ? "tier+: the last one, after others" : "");
}

void jit_sums_draw(const struct jit_table *jit, struct canvas *canvas, struct area area)
{
	draw_sums(jit, canvas, area);
	area.row++;
	draw_steps(jit, canvas, area);
	area.row++;
	draw_marks(jit, canvas, area);
}
