/* SPDX-License-Identifier: MIT */
#include "ui/stats.h"

#include "jitdump/xalloc.h"
#include "ui/table_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of a stack, from its leaf to its root. */
struct frame_counts {
	uint32_t user, guessed;
};

static bool is_kernel(const struct recording *recording, const struct profile *profile,
		      uint32_t stack)
{
	struct location location = profile->locations[profile->stacks[stack].location];

	return symbolizer_image(recording->symbolizer, location.image_id)->kind == IMAGE_KERNEL;
}

/* Of every stack; a parent was interned before its children. */
static struct frame_counts *count_frames(const struct recording *recording,
					 const struct profile *profile)
{
	struct frame_counts *counts = xcalloc(profile->stack_count + 1, sizeof(*counts));

	for (uint32_t stack = 0; stack < profile->stack_count; stack++) {
		const struct stack_node *node = &profile->stacks[stack];

		if (node->parent != STACK_NONE)
			counts[stack] = counts[node->parent];
		if (is_kernel(recording, profile, stack))
			continue;
		counts[stack].user++;
		counts[stack].guessed += node->is_guessed;
	}
	return counts;
}

static void add_frames(struct stats *stats, const struct frame_counts *counts,
		       const struct profile_sample *sample)
{
	struct frame_counts frames = { 0 };

	if (sample->stack != STACK_NONE)
		frames = counts[sample->stack];
	stats->user_frames += frames.user;
	stats->guessed_frames += frames.guessed;
	if (frames.guessed && sample->end == STACK_END_COMPLETE)
		stats->guessed_stacks++;
}

static void count_leaf(struct stats *stats, const struct recording *recording,
		       const struct profile *profile, const struct profile_sample *sample)
{
	if (sample->leaf_is_unknown_jit) {
		stats->unknown_jit_samples++;
		return;
	}
	if (sample->stack == STACK_NONE)
		return;
	struct location leaf = profile->locations[profile->stacks[sample->stack].location];
	enum image_kind kind = symbolizer_image(recording->symbolizer, leaf.image_id)->kind;

	stats->jit_samples += kind == IMAGE_JIT || kind == IMAGE_PERF_MAP;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

static size_t count_distinct(uint64_t *numbers, size_t count)
{
	size_t distinct = 0;

	if (count)
		qsort(numbers, count, sizeof(*numbers), compare_numbers);
	for (size_t i = 0; i < count; i++)
		distinct += i == 0 || numbers[i] != numbers[i - 1];
	return distinct;
}

/* Stacks and threads are numbered: those that samples have are ticked off. */
static void count_distinct_things(struct stats *stats, const struct profile *profile)
{
	bool *has_stack = xcalloc(profile->stack_count + 1, sizeof(*has_stack));
	bool *has_thread = xcalloc(profile->thread_count + 1, sizeof(*has_thread));
	uint64_t *numbers = xcalloc(profile->thread_count + 1, sizeof(*numbers));
	size_t count = 0;

	for (size_t i = 0; i < profile->sample_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];
		bool *seen = &has_stack[sample->stack == STACK_NONE ? profile->stack_count
								    : sample->stack];

		stats->distinct_stacks += !*seen;
		*seen = true;
		has_thread[sample->thread] = true;
	}
	for (size_t i = 0; i < profile->thread_count; i++)
		if (has_thread[i])
			numbers[count++] = profile->threads[i].tid;
	stats->threads = count_distinct(numbers, count);
	count = 0;
	for (size_t i = 0; i < profile->thread_count; i++)
		if (has_thread[i])
			numbers[count++] = profile->threads[i].pid;
	stats->processes = count_distinct(numbers, count);
	free(has_stack);
	free(has_thread);
	free(numbers);
}

enum { DIGIT_BITS = 16, DIGITS = 1 << DIGIT_BITS };

/* The one with so many before it if they were sorted, which would take longer: digit by digit, from
 * the highest, those are counted that begin with the digits found so far. */
static uint64_t select_number(const uint64_t *numbers, size_t count, size_t before)
{
	size_t *counts = xmalloc(DIGITS * sizeof(*counts));
	uint64_t found = 0;

	for (int shift = 64 - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
		uint64_t digit = 0;

		memset(counts, 0, DIGITS * sizeof(*counts));
		for (size_t i = 0; i < count; i++) {
			uint64_t digits = numbers[i] >> shift;

			if (digits >> DIGIT_BITS == found)
				counts[digits % DIGITS]++;
		}
		while (before >= counts[digit])
			before -= counts[digit++];
		found = found << DIGIT_BITS | digit;
	}
	free(counts);
	return found;
}

/* The first event that is sampled so many times a second; without one, the first that samples. */
static uint32_t timed_event(const struct recording *recording)
{
	size_t count, first = 0;
	const struct data_event *events = data_reader_events(recording->reader, &count);

	while (first < count && events[first].is_side_band)
		first++;
	for (size_t i = first; i < count; i++) {
		if (events[i].rate_asked_hz && !events[i].is_side_band)
			return (uint32_t)i;
	}
	return (uint32_t)first;
}

/* The last sample of a CPU: CPUs that share a place only lose some distances. */
enum { CPU_PLACES = 4096 };
struct cpu_last {
	uint32_t thread;
	uint64_t time_ns; /* 0: none */
};

/* While a thread runs, its samples are one sampling period apart: the median distance of a
 * thread's samples on one CPU is blind to the time it sleeps. */
static double achieved_hz(const struct profile *profile, uint32_t event)
{
	struct cpu_last *last = xcalloc(CPU_PLACES, sizeof(*last));
	uint64_t *distances = xcalloc(profile->sample_count, sizeof(*distances));
	size_t count = 0;
	double rate = 0;

	for (size_t i = 0; i < profile->sample_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];
		struct cpu_last *before = &last[sample->cpu % CPU_PLACES];

		if (sample->event != event)
			continue;
		if (before->time_ns && before->thread == sample->thread &&
		    sample->time_ns > before->time_ns)
			distances[count++] = sample->time_ns - before->time_ns;
		*before = (struct cpu_last){ sample->thread, sample->time_ns };
	}
	if (count)
		rate = 1e9 / (double)select_number(distances, count, count / 2);
	free(last);
	free(distances);
	return rate;
}

static uint64_t duration_ns(const struct recording *recording)
{
	const struct session_counts counts = session_counts(recording->session);
	const struct jprof_section *section = data_reader_section(recording->reader);
	const struct stored_health *health = section ? jprof_section_health(section) : NULL;

	if (health && health->end_ns > health->start_ns)
		return health->end_ns - health->start_ns;
	return counts.last_ns > counts.first_ns ? counts.last_ns - counts.first_ns : 0;
}

/* Of a recording of ours, what its recorder counted; else what unwinding it here did. */
static void collect_health(struct stats *stats, const struct recording *recording,
			   const struct session_counts *counts)
{
	const struct jprof_section *section = data_reader_section(recording->reader);
	const struct stored_health *health = section ? jprof_section_health(section) : NULL;

	stats->unwound_frames = health ? health->unwound_frames : counts->unwound_frames;
	stats->fallback_frames = health ? health->fallback_frames : counts->fallback_frames;
	if (!health)
		return;
	stats->is_health_told = true;
	stats->unwind_skipped = health->unwind_skipped;
	stats->parked_expired = health->parked_expired;
}

void stats_collect(struct stats *stats, const struct recording *recording,
		   const struct profile *profile)
{
	const struct session_counts counts = session_counts(recording->session);
	const struct jprof_section *section = data_reader_section(recording->reader);

	*stats = (struct stats){
		.samples = profile->sample_count,
		.lost = counts.lost,
		.throttled = counts.throttled,
		.jit_late = counts.jit_late,
		.tells_joined = !section || jprof_section_tells_joined(section),
		.rate_achieved_hz = achieved_hz(profile, timed_event(recording)),
		.file_bytes = data_reader_file_bytes(recording->reader),
	};
	struct frame_counts *frames = count_frames(recording, profile);

	stats->duration_ns = duration_ns(recording);
	for (size_t i = 0; i < profile->sample_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];

		stats->ends[sample->end]++;
		stats->joined_stacks +=
			sample->is_joined && sample->end == STACK_END_TRUNCATED_COPY;
		count_leaf(stats, recording, profile, sample);
		if (sample->end == STACK_END_NONE || sample->end == STACK_END_UNTOLD)
			continue;
		stats->user_stacks++;
		add_frames(stats, frames, sample);
	}
	free(frames);
	count_distinct_things(stats, profile);
	collect_health(stats, recording, &counts);
}

static void print_count(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, "%s: %" PRIu64 "\n", name, value);
}

static void print_told_count(FILE *out, const char *name, bool is_told, uint64_t value)
{
	if (is_told)
		print_count(out, name, value);
	else
		fprintf(out, "%s: -\n", name);
}

static void print_share(FILE *out, const char *prefix, const char *name, uint64_t part,
			uint64_t whole)
{
	if (whole)
		fprintf(out, "%s%s_percent: %.2f\n", prefix, name, percent_of(part, whole));
	else
		fprintf(out, "%s%s_percent: -\n", prefix, name);
}

void stats_print(FILE *out, const struct stats *stats)
{
	print_count(out, "samples", stats->samples);
	print_count(out, "lost", stats->lost);
	print_share(out, "", "complete_stacks", stats->ends[STACK_END_COMPLETE],
		    stats->user_stacks);
	for (int end = STACK_END_COMPLETE + 1; end < STACK_END_NONE; end++)
		print_share(out, "end_", stack_end_name((enum stack_end)end), stats->ends[end],
			    stats->user_stacks);
	print_share(out, "", "joined", stats->joined_stacks,
		    stats->tells_joined ? stats->user_stacks : 0);
	print_share(out, "", "guessed_stacks", stats->guessed_stacks, stats->user_stacks);
	print_share(out, "", "guessed_frames", stats->guessed_frames, stats->user_frames);
	print_count(out, "jit_samples", stats->jit_samples);
	print_share(out, "", "jit_unknown", stats->unknown_jit_samples,
		    stats->jit_samples + stats->unknown_jit_samples);
	print_count(out, "jit_late", stats->jit_late);
	print_told_count(out, "parked_expired", stats->is_health_told, stats->parked_expired);
	print_told_count(out, "unwind_skipped", stats->is_health_told, stats->unwind_skipped);
	print_share(out, "", "fallback_frames", stats->fallback_frames, stats->unwound_frames);
	print_count(out, "throttled", stats->throttled);
	if (stats->rate_achieved_hz > 0)
		fprintf(out, "rate_achieved_hz: %.0f\n", stats->rate_achieved_hz);
	else
		fputs("rate_achieved_hz: -\n", out);
	print_count(out, "threads", stats->threads);
	print_count(out, "processes", stats->processes);
	print_count(out, "distinct_stacks", stats->distinct_stacks);
	print_count(out, "file_bytes", stats->file_bytes);
}
