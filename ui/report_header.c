/* SPDX-License-Identifier: MIT */
#include "ui/report_header.h"

#include "ui/printable.h"
#include "ui/table_text.h"

#include <inttypes.h>

enum { LACKING_NAMES_MAX = 4 };

static void print_text(FILE *out, const char *name, const char *text)
{
	if (!*text)
		return;
	fprintf(out, "# %-9s ", name);
	print_printable(out, text);
	fputc('\n', out);
}

static void print_events(FILE *out, const struct recording *recording, const struct stats *stats)
{
	size_t count;
	const struct data_event *events = data_reader_events(recording->reader, &count);
	uint64_t rate_asked_hz = 0;

	fputs("# event:    ", out);
	for (size_t i = 0, printed = 0; i < count; i++) {
		if (events[i].is_side_band)
			continue;
		fputs(printed++ ? ", " : "", out);
		print_printable(out, events[i].name);
		if (!rate_asked_hz)
			rate_asked_hz = events[i].rate_asked_hz;
	}
	if (rate_asked_hz)
		fprintf(out, ", %" PRIu64 " Hz asked", rate_asked_hz);
	if (stats->rate_achieved_hz > 0)
		fprintf(out, ", %.0f Hz achieved", stats->rate_achieved_hz);
	if (stats->throttled)
		fprintf(out, ", throttled %" PRIu64 " time%s", stats->throttled,
			stats->throttled == 1 ? "" : "s");
	fputc('\n', out);
}

/* "truncated_copy" as a person writes it. */
static void print_words(FILE *out, const char *name)
{
	for (; *name; name++)
		fputc(*name == '_' ? ' ' : *name, out);
}

static void print_stack_ends(FILE *out, const struct stats *stats)
{
	if (!stats->user_stacks) {
		fputs("# stacks:   the recording does not tell how complete they are\n", out);
		return;
	}
	fprintf(out, "# stacks:   %.2f %% complete",
		percent_of(stats->ends[STACK_END_COMPLETE], stats->user_stacks));
	if (stats->guessed_stacks)
		fprintf(out, " (%.2f %% with guessed frames)",
			percent_of(stats->guessed_stacks, stats->user_stacks));
	for (int end = STACK_END_COMPLETE + 1; end < STACK_END_NONE; end++) {
		if (!stats->ends[end])
			continue;
		fprintf(out, ", %.2f %% ", percent_of(stats->ends[end], stats->user_stacks));
		print_words(out, stack_end_name((enum stack_end)end));
		if (end == STACK_END_TRUNCATED_COPY && stats->joined_stacks)
			fprintf(out, " (%.2f %% joined)",
				percent_of(stats->joined_stacks, stats->user_stacks));
	}
	fputc('\n', out);
}

static void print_jit(FILE *out, const struct stats *stats)
{
	uint64_t all = stats->jit_samples + stats->unknown_jit_samples;

	if (!all)
		return;
	fprintf(out, "# JIT:      %" PRIu64 " samples, %.2f %% of them unknown code", all,
		percent_of(stats->unknown_jit_samples, all));
	if (stats->jit_late)
		fprintf(out, ", %" PRIu64 " frames announced late", stats->jit_late);
	fputc('\n', out);
}

/* Files of which no debug file was found, a few of them by name. */
static void print_lacking(FILE *out, const struct recording *recording, enum image_lack lack,
			  const char *name, const char *meaning)
{
	uint32_t count = symbolizer_image_count(recording->symbolizer), lacking_count = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct image *image = symbolizer_image(recording->symbolizer, i);

		if (image->lack != lack || ++lacking_count > LACKING_NAMES_MAX)
			continue;
		if (lacking_count == 1)
			fprintf(out, "# %-9s ", name);
		else
			fputs(", ", out);
		print_printable(out, image->name);
	}
	if (lacking_count > LACKING_NAMES_MAX)
		fprintf(out, " and %u more", lacking_count - LACKING_NAMES_MAX);
	if (lacking_count)
		fprintf(out, " (%s)\n", meaning);
}

void report_header_print(FILE *out, const struct recording *recording, const struct stats *stats)
{
	const struct data_features *features = data_reader_features(recording->reader);

	print_text(out, "command:", features->command_line);
	print_events(out, recording, stats);
	fprintf(out, "# samples:  %" PRIu64 " in %.3f s, %" PRIu64 " lost", stats->samples,
		(double)stats->duration_ns / 1e9, stats->lost);
	if (stats->unwind_skipped)
		fprintf(out, ", %" PRIu64 " came too fast to be unwound", stats->unwind_skipped);
	fputc('\n', out);
	print_stack_ends(out, stats);
	print_jit(out, stats);
	print_lacking(out, recording, IMAGE_LACKS_NAMES,
		      "stripped:", "only exported functions have names");
	print_lacking(out, recording, IMAGE_LACKS_LINES,
		      "no lines:", "there is no debug information");
	recording_print_remarks(recording, out, "# remark:   ");
	fputc('\n', out);
}
