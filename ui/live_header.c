/* SPDX-License-Identifier: MIT */
#include "ui/live_header.h"

#include "ui/printable.h"
#include "ui/quantity.h"
#include "ui/table_text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t nanoseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

static uint64_t own_cpu_ns(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

/* Resident pages are the second number there. */
static uint64_t own_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	uint64_t pages = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%*u %" SCNu64, &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void update_own_use(struct live_figures *figures)
{
	uint64_t cpu_ns = own_cpu_ns(), now_ns = live_now_ns();

	if (figures->updated_ns && now_ns > figures->updated_ns)
		figures->own_cpu_percent = 100.0 * (double)(cpu_ns - figures->cpu_ns) /
					   (double)(now_ns - figures->updated_ns);
	figures->cpu_ns = cpu_ns;
	figures->updated_ns = now_ns;
	figures->own_bytes = own_bytes();
}

static void count_samples(struct live_figures *figures, const struct profile *profile)
{
	figures->samples = figures->folded = figures->user_stacks = 0;
	memset(figures->ends, 0, sizeof(figures->ends));
	for (size_t i = 0; i < profile->sample_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];

		figures->samples += sample->count;
		if (sample->is_folded)
			figures->folded += sample->count;
		figures->ends[sample->end] += sample->count;
		if (sample->end != STACK_END_NONE && sample->end != STACK_END_UNTOLD)
			figures->user_stacks += sample->count;
	}
}

static double seconds_shown(const struct live *live)
{
	const struct recorder_figures recorder = recorder_figures(live->recorder);
	uint64_t start_ns =
		recorder.started_ns > live->zeroed_ns ? recorder.started_ns : live->zeroed_ns;
	uint64_t end_ns = recorder.ended_ns ? recorder.ended_ns : live_now_ns();
	double seconds = end_ns > start_ns ? (double)(end_ns - start_ns) / 1e9 : 0;
	double span = (double)live->rolling_options.span_ns / 1e9;

	return live->rolling_options.mode == ROLLING_WINDOW && span < seconds ? span : seconds;
}

void live_figures_update(struct live_figures *figures, const struct live *live,
			 const struct profile *profile)
{
	const struct session_counts counts = session_counts(recorder_session(live->recorder));

	count_samples(figures, profile);
	figures->seconds = seconds_shown(live);
	figures->lost = counts.lost;
	figures->throttled = counts.throttled;
	figures->unwind_skipped = counts.unwind_skipped;
	figures->waiting = counts.waiting;
	figures->rate_asked_hz = recorder_figures(live->recorder).rate_asked_hz;
	figures->rate_achieved_hz = rate_meter_hz(&live->rate);
	update_own_use(figures);
}

static void print_events(FILE *out, const struct live *live, const struct live_figures *figures)
{
	const char *name;

	fputs("# event:    ", out);
	for (size_t i = 0; (name = recorder_event_name(live->recorder, i)); i++) {
		fputs(i ? ", " : "", out);
		print_printable(out, name);
	}
	if (figures->rate_asked_hz)
		fprintf(out, ", %" PRIu64 " Hz asked", figures->rate_asked_hz);
	if (figures->rate_achieved_hz > 0)
		fprintf(out, ", %.0f Hz achieved", figures->rate_achieved_hz);
	if (figures->throttled)
		fprintf(out, ", throttled %" PRIu64 " time%s", figures->throttled,
			figures->throttled == 1 ? "" : "s");
	fputc('\n', out);
}

static void print_samples(FILE *out, const struct live *live, const struct live_figures *figures)
{
	fprintf(out, "# samples:  %" PRIu64 " in %.1f s", figures->samples, figures->seconds);
	if (live->rolling_options.mode == ROLLING_DECAY)
		fprintf(out, " (weighing half after %.1f s)",
			(double)live->rolling_options.span_ns / 1e9);
	fprintf(out, ", %" PRIu64 " lost", figures->lost);
	if (figures->unwind_skipped)
		fprintf(out, ", %" PRIu64 " came too fast to be unwound", figures->unwind_skipped);
	if (figures->waiting)
		fprintf(out, ", %" PRIu64 " waiting for JIT code", figures->waiting);
	if (figures->folded)
		fprintf(out, ", %" PRIu64 " of rare stacks shortened", figures->folded);
	fputc('\n', out);
}

static void print_stacks(FILE *out, const struct live_figures *figures)
{
	if (!figures->user_stacks)
		return;
	fprintf(out, "# stacks:   %.2f %% complete, %.2f %% truncated\n",
		percent_of(figures->ends[STACK_END_COMPLETE], figures->user_stacks),
		percent_of(figures->ends[STACK_END_TRUNCATED_COPY], figures->user_stacks));
}

void live_header_print(FILE *out, const struct live *live, const struct live_figures *figures)
{
	print_events(out, live, figures);
	print_samples(out, live, figures);
	print_stacks(out, figures);
	fprintf(out, "# jprof:    %.1f %% of a CPU, ", figures->own_cpu_percent);
	print_bytes(out, figures->own_bytes);
	fputs("\n\n", out);
}
