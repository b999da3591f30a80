/* SPDX-License-Identifier: MIT */
#include "ui/timeline.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

/* Whether samples of a stack count, as far as it was asked. */
enum stack_answer { STACK_UNASKED, STACK_COUNTS, STACK_IS_OUT };

struct counter {
	struct timeline *timeline;
	const struct shown *shown;
	struct stack_path path;
	uint8_t *answers; /* enum stack_answer, by stack */
	bool *has_thread; /* by the profile's number of a thread */
	uint64_t *all;	  /* samples of each row of threads */
	double *cells;	  /* as the timeline's */
};

size_t timeline_step(const struct timeline *timeline, uint64_t time_ns)
{
	uint64_t span_ns = timeline->until_ns - timeline->from_ns;

	if (time_ns <= timeline->from_ns || !timeline->steps)
		return 0;
	if (time_ns >= timeline->until_ns)
		return timeline->steps - 1;
	size_t step = (size_t)((double)(time_ns - timeline->from_ns) *
			       ((double)timeline->steps / (double)span_ns));

	return step < timeline->steps ? step : timeline->steps - 1;
}

uint64_t timeline_step_ns(const struct timeline *timeline, size_t step)
{
	uint64_t span_ns = timeline->until_ns - timeline->from_ns;

	if (!timeline->steps)
		return timeline->from_ns;
	return timeline->from_ns +
	       (uint64_t)((double)span_ns / (double)timeline->steps * (double)step + 0.5);
}

static bool has_stack(struct counter *counter, uint32_t stack)
{
	const struct shown *shown = counter->shown;
	uint8_t *answer = stack == STACK_NONE ? counter->answers : &counter->answers[1 + stack];

	if (*answer == STACK_UNASKED)
		*answer = selection_has_stack(&shown->selection, shown->profile, shown->naming,
					      &counter->path, stack)
				  ? STACK_COUNTS
				  : STACK_IS_OUT;
	return *answer == STACK_COUNTS;
}

/* How much of a sum's time is up to a step's end; of a single sample all. */
static double share_until(const struct timeline *timeline, size_t step, uint64_t start_ns,
			  uint64_t end_ns)
{
	uint64_t until_ns = timeline_step_ns(timeline, step + 1);

	if (until_ns >= end_ns || start_ns == end_ns)
		return 1;
	return until_ns > start_ns ? (double)(until_ns - start_ns) / (double)(end_ns - start_ns)
				   : 0;
}

/* When in that time the samples of a sum were is not known: evenly, in parts of samples. */
static void count_between(struct counter *counter, uint32_t row, uint32_t count, uint64_t start_ns,
			  uint64_t end_ns)
{
	const struct timeline *timeline = counter->timeline;
	size_t first = timeline_step(timeline, start_ns), last = timeline_step(timeline, end_ns);
	double before = 0, share;

	if (start_ns < timeline->from_ns)
		before = (double)(timeline->from_ns - start_ns) / (double)(end_ns - start_ns);
	for (size_t step = first; step <= last; step++, before = share) {
		share = share_until(timeline, step, start_ns, end_ns);
		if (share > before)
			counter->cells[row * timeline->steps + step] += count * (share - before);
		else
			share = before;
	}
}

static void count_sample(struct counter *counter, const struct profile_sample *sample)
{
	struct timeline *timeline = counter->timeline;
	const struct shown *shown = counter->shown;
	uint64_t end_ns;

	if (shown->event != SELECTION_ALL_EVENTS && sample->event != shown->event)
		return;
	if (!counter->has_thread[sample->thread] || !has_stack(counter, sample->stack))
		return;
	uint32_t row = timeline->threads.of_thread[sample->thread];

	counter->all[row] += sample->count;
	end_ns = profile_sample_end_ns(shown->profile, sample);
	if (sample->time_ns <= timeline->until_ns && end_ns >= timeline->from_ns)
		count_between(counter, row, sample->count, sample->time_ns, end_ns);
}

static void take_cells(struct timeline *timeline, const double *cells)
{
	double sum = 0;

	for (size_t i = 0; i < timeline->threads.count * timeline->steps; i++) {
		timeline->cells[i] = (uint32_t)(cells[i] + 0.5);
		/* Where there was something there is something to be seen. */
		if (cells[i] > 0 && !timeline->cells[i])
			timeline->cells[i] = 1;
		if (timeline->cells[i] > timeline->most)
			timeline->most = timeline->cells[i];
		sum += cells[i];
	}
	timeline->sample_count = (uint64_t)(sum + 0.5);
}

static void count_samples(struct timeline *timeline, const struct shown *shown, uint64_t *all)
{
	const struct profile *profile = shown->profile;
	struct counter counter = {
		.timeline = timeline,
		.shown = shown,
		.answers = xcalloc(1 + profile->stack_count, 1),
		.has_thread = xcalloc(profile->thread_count, sizeof(bool)),
		.all = all,
		.cells = xcalloc(timeline->threads.count * timeline->steps, sizeof(double)),
	};

	for (size_t i = 0; i < profile->thread_count; i++)
		counter.has_thread[i] =
			selection_has_thread(&shown->selection, &profile->threads[i]);
	for (size_t i = 0; i < profile->sample_count; i++)
		count_sample(&counter, &profile->samples[i]);
	take_cells(timeline, counter.cells);
	free(counter.cells);
	stack_path_deinit(&counter.path);
	free(counter.answers);
	free(counter.has_thread);
}

static int compare_rows(const void *a, const void *b)
{
	const struct timeline_row *first = a, *second = b;

	if (first->count != second->count)
		return first->count > second->count ? -1 : 1;
	return first->thread < second->thread ? -1 : first->thread > second->thread;
}

static void make_rows(struct timeline *timeline, const uint64_t *all)
{
	timeline->rows = xcalloc(timeline->threads.count, sizeof(*timeline->rows));
	for (size_t i = 0; i < timeline->threads.count; i++) {
		if (!all[i])
			continue;
		timeline->rows[timeline->count++] =
			(struct timeline_row){ (uint32_t)i, all[i],
					       &timeline->cells[i * timeline->steps] };
	}
	if (timeline->count)
		qsort(timeline->rows, timeline->count, sizeof(*timeline->rows), compare_rows);
}

void timeline_build(struct timeline *timeline, const struct shown *shown, uint64_t from_ns,
		    uint64_t until_ns, size_t steps)
{
	timeline_deinit(timeline);
	shown_span(shown, &timeline->start_ns, &timeline->end_ns);
	thread_rows_make(&timeline->threads, shown->profile, shown->session);
	timeline->from_ns = from_ns || until_ns ? from_ns : timeline->start_ns;
	timeline->until_ns = from_ns || until_ns ? until_ns : timeline->end_ns;
	timeline->steps = steps;
	if (!steps)
		return;
	uint64_t *all = xcalloc(timeline->threads.count, sizeof(*all));

	timeline->cells = xcalloc(timeline->threads.count * steps, sizeof(*timeline->cells));
	count_samples(timeline, shown, all);
	make_rows(timeline, all);
	free(all);
}

void timeline_deinit(struct timeline *timeline)
{
	thread_rows_deinit(&timeline->threads);
	free(timeline->rows);
	free(timeline->cells);
	*timeline = (struct timeline){ 0 };
}
