/* SPDX-License-Identifier: MIT */
#include "ui/health_table.h"

#include "jitdump/xalloc.h"
#include "ui/advice.h"
#include "ui/module_counts.h"
#include "ui/profile_stats.h"

#include <stdlib.h>
#include <string.h>

/* Modules of a row above them that are told by name. */
enum { MODULES_MAX = 8 };

static struct health_row *add(struct health_table *table, const char *what, const char *text)
{
	table->rows = xgrow(table->rows, table->count, &table->capacity, sizeof(*table->rows));
	table->rows[table->count] = (struct health_row){
		.what = string_pool_add(table->texts, what),
		.text = string_pool_add(table->texts, text),
	};
	return &table->rows[table->count++];
}

/* A number that is bad if it is not 0. */
static struct health_row *add_problem(struct health_table *table, const char *what, uint64_t count,
				      uint64_t whole, const char *text)
{
	struct health_row *row = add(table, what, text);

	row->has_count = row->is_told = true;
	row->count = count;
	row->whole = whole;
	row->is_bad = count > 0;
	return row;
}

static struct health_row *add_fact(struct health_table *table, const char *what, uint64_t count,
				   uint64_t whole, const char *text)
{
	struct health_row *row = add_problem(table, what, count, whole, text);

	row->is_bad = false;
	return row;
}

static void add_sampling(struct health_table *table, const struct stats *stats)
{
	add_fact(table, "samples", stats->samples, 0, "all that were taken");
	add_fact(table, "samples a second", (uint64_t)(stats->rate_achieved_hz + 0.5), 0,
		 "so often a thread was sampled while it ran")
		->is_told = stats->rate_achieved_hz > 0;
	add_problem(table, "lost records", stats->lost, stats->samples + stats->lost,
		    "the kernel had no room for them: try larger rings (-m) or a lower rate (-F)");
	add_problem(table, "throttled", stats->throttled, 0,
		    "times that the kernel slowed sampling down: try a lower rate (-F)");
}

/* "truncated_copy" as a person writes it. */
static void put_words(char *buffer, size_t size, const char *name)
{
	size_t length = strnlen(name, size - 1);

	memcpy(buffer, name, length);
	buffer[length] = '\0';
	for (char *at = buffer; (at = strchr(at, '_'));)
		*at = ' ';
}

static void add_end_modules(struct health_table *table, const struct module_counts *counts,
			    unsigned int end, uint64_t whole)
{
	size_t added = 0;

	for (size_t i = 0; i < counts->count && added < MODULES_MAX; i++) {
		const struct module_count *count = &counts->items[i];
		struct health_row *row;
		char what[128];

		if (count->end != end)
			continue;
		snprintf(what, sizeof(what), "  in %s", count->module);
		row = add_problem(
			table, what, count->count, whole,
			"stacks that end so in this module; Enter: only those through it");
		row->module = count->module;
		added++;
	}
}

static void add_stacks(struct health_table *table, const struct stats *stats,
		       const struct module_counts *counts)
{
	uint64_t whole = stats->user_stacks;
	struct health_row *row = add_fact(table, "complete stacks", stats->ends[STACK_END_COMPLETE],
					  whole, "up to where the thread began");

	row->is_told = whole > 0;
	for (int end = STACK_END_COMPLETE + 1; end < STACK_END_NONE; end++) {
		char what[64];

		if (!stats->ends[end])
			continue;
		put_words(what, sizeof(what), stack_end_name((enum stack_end)end));
		add_problem(table, what, stats->ends[end], whole,
			    stack_end_advice((enum stack_end)end));
		add_end_modules(table, counts, (unsigned int)end, whole);
	}
	if (stats->ends[STACK_END_TRUNCATED_COPY])
		add_fact(table, "joined", stats->joined_stacks, whole,
			 "of the truncated ones: their callers are taken from other samples")
			->is_told = stats->tells_joined;
	add_fact(table, "guessed frames", stats->guessed_frames, stats->user_frames,
		 "found by a frame pointer where no unwind table was: mostly right, but without "
		 "a frame pointer the caller is skipped")
		->is_told = stats->user_frames > 0;
	add_problem(table, "unwinding skipped", stats->unwind_skipped, stats->samples,
		    "samples that came too fast to be unwound: try a lower rate (-F)")
		->is_told = stats->is_health_told;
	add_fact(table, "slow unwinding", stats->fallback_frames, stats->unwound_frames,
		 "frames whose unwind tables needed libunwind")
		->is_told = stats->unwound_frames > 0;
}

static void add_jit(struct health_table *table, const struct stats *stats)
{
	uint64_t whole = stats->jit_samples + stats->unknown_jit_samples;

	add_fact(table, "samples in JIT code", stats->jit_samples, stats->samples,
		 "whose innermost function a jitdump or a perf map names");
	add_problem(table, "JIT code unknown", stats->unknown_jit_samples, whole,
		    "executable memory that nobody named: switch the runtime's jitdump or perf map "
		    "on; what a killed runtime had not written yet is lost");
	add_fact(table, "JIT code announced late", stats->jit_late, 0,
		 "frames that ran up to 50 ms before their code was announced");
	add_problem(table, "waited for JIT code in vain", stats->parked_expired, stats->samples,
		    "samples whose code was not announced within two seconds: it was unwound by "
		    "frame pointers; the runtime writes its jitdump late")
		->is_told = stats->is_health_told;
}

static uint64_t samples_in(const struct module_counts *counts, const char *module,
			   const char **interned)
{
	for (size_t i = 0; i < counts->count; i++) {
		const struct module_count *count = &counts->items[i];

		if (count->end != MODULE_OF_LEAF || strcmp(count->module, module) != 0)
			continue;
		*interned = count->module;
		return count->count;
	}
	*interned = NULL;
	return 0;
}

static void add_image(struct health_table *table, const struct image *image,
		      const struct module_counts *counts, uint64_t whole)
{
	const char *text, *module, *lack = image_lack_text(image, &text);
	uint64_t count = samples_in(counts, image->name, &module);
	struct health_row *row;
	char what[128];

	if (!lack)
		return;
	snprintf(what, sizeof(what), "%s: %s", image->name, lack);
	row = add_problem(table, what, count, whole, text);
	row->module = module;
}

static void add_images(struct health_table *table, const struct shown *shown,
		       const struct module_counts *counts, uint64_t whole)
{
	const struct symbolizer *symbolizer =
		shown->recording ? shown->recording->symbolizer : NULL;
	uint32_t count = symbolizer ? symbolizer_image_count(symbolizer) : 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct image *image = symbolizer_image(symbolizer, i);

		if (image->kind == IMAGE_ELF || image->kind == IMAGE_VDSO)
			add_image(table, image, counts, whole);
	}
}

static void add_remark(struct health_table *table, const char *text)
{
	if (*text)
		add(table, "remark", text)->is_bad = true;
}

static void add_remarks(struct health_table *table, const struct shown *shown)
{
	for (size_t i = 0; shown->session && i < session_remark_count(shown->session); i++)
		add_remark(table, session_remark(shown->session, i));
	if (!shown->recording)
		return;
	add_remark(table, symbolizer_download_problem(shown->recording->symbolizer));
	add_remark(table, data_reader_damage(shown->recording->reader));
}

static uint64_t jit_samples(const struct module_counts *counts)
{
	const char *interned;

	return samples_in(counts, "[jit]", &interned);
}

void health_table_build(struct health_table *table, const struct shown *shown)
{
	struct module_counts counts = { 0 };
	struct stats stats =
		shown->recording ? shown->stats : profile_stats(shown->profile, shown->session);

	health_table_deinit(table);
	table->texts = string_pool_create();
	module_counts_make(&counts, shown);
	if (!shown->recording) {
		uint64_t jit = jit_samples(&counts);

		stats.jit_samples =
			jit > stats.unknown_jit_samples ? jit - stats.unknown_jit_samples : 0;
	}
	add_sampling(table, &stats);
	add_stacks(table, &stats, &counts);
	add_jit(table, &stats);
	add_images(table, shown, &counts, stats.samples);
	add_remarks(table, shown);
	module_counts_deinit(&counts);
}

void health_table_deinit(struct health_table *table)
{
	free(table->rows);
	string_pool_destroy(table->texts);
	*table = (struct health_table){ 0 };
}
