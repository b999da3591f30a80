/* SPDX-License-Identifier: MIT */
#include "ui/top_screen.h"

#include "ui/explorer.h"
#include "ui/live_header.h"
#include "ui/stop_signal.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)

/* For how long names are looked up at the end. */
enum { NAMING_MS = 2000 };

/* And records are waited for, while there is no screen. */
enum { COLLECTING_MS = 50 };

struct top_screen {
	struct live *live;
	struct top_options *options;
	struct live_figures figures;
	uint64_t next_ns; /* of the refresh that comes */
	bool is_stopped, is_frozen;
};

static void refresh(struct top_screen *screen, struct shown *shown)
{
	/* Views only read it; it is the rolling profile's. */
	struct profile *profile = (struct profile *)live_refresh(screen->live);

	screen->next_ns = live_now_ns() + screen->options->delay_ns;
	if (screen->is_frozen)
		return;
	shown_renew(shown, profile, screen->live->naming);
	shown->renumbered = rolling_profile_renumbered(screen->live->rolling);
	shown->session = recorder_session(screen->live->recorder);
	live_figures_update(&screen->figures, screen->live, shown->profile);
}

/* Nothing comes any more: names that were put off are looked up now. */
static void finish(struct top_screen *screen, struct shown *shown)
{
	size_t count;

	live_stop(screen->live);
	screen->is_stopped = true;
	refresh(screen, shown);
	for (size_t i = 0; i < shown->profile->location_count; i++)
		naming_frames(shown->naming, shown->profile->locations[i], &count);
	live_name(screen->live, NAMING_MS);
}

/* Rounds until something is to be drawn, a key waits, or it is to end. */
static bool step(void *context, struct shown *shown, int milliseconds)
{
	struct top_screen *screen = context;

	(void)milliseconds; /* the user said how often */
	while (!screen->live->is_over && !stop_signal.signal_number) {
		uint64_t now_ns = live_now_ns();

		if (now_ns >= screen->next_ns)
			break;
		if (live_step(screen->live, (int)((screen->next_ns - now_ns) / NS_PER_MS) + 1))
			return false;
	}
	if (stop_signal.signal_number)
		return false;
	if (screen->live->is_over)
		finish(screen, shown);
	else
		refresh(screen, shown);
	return true;
}

/* The input is somebody else's meanwhile. */
static void collect(void *context)
{
	const struct timespec pause = { .tv_nsec = 10 * NS_PER_MS };
	struct live *live = ((struct top_screen *)context)->live;

	if (live->is_over || live_step(live, COLLECTING_MS))
		nanosleep(&pause, NULL);
}

static void zero(void *context, struct shown *shown)
{
	struct top_screen *screen = context;

	live_zero(screen->live);
	refresh(screen, shown);
}

static void freeze(void *context, struct shown *shown, bool is_frozen)
{
	struct top_screen *screen = context;

	screen->is_frozen = is_frozen;
	live_freeze(screen->live, is_frozen);
	/* What was frozen is gone. */
	if (!is_frozen)
		refresh(screen, shown);
}

static const char *pace(void *context, char *buffer, size_t size)
{
	const struct top_screen *screen = context;
	const struct live_figures *figures = &screen->figures;

	if (screen->live->is_over)
		snprintf(buffer, size, "in %.0f s, over", figures->seconds);
	else
		snprintf(buffer, size,
			 "in %.0f s at %.0f Hz of %" PRIu64 "; jprof: %.1f%% CPU, %.0f MB",
			 figures->seconds, figures->rate_achieved_hz, figures->rate_asked_hz,
			 figures->own_cpu_percent, (double)figures->own_bytes / 1e6);
	return buffer;
}

static const char *status(void *context, char *buffer, size_t size)
{
	const struct live_figures *figures = &((struct top_screen *)context)->figures;

	snprintf(buffer, size,
		 "%.1f%% complete, %.1f%% truncated, %" PRIu64 " waiting for JIT, %" PRIu64 " lost",
		 percent_of(figures->ends[STACK_END_COMPLETE], figures->user_stacks),
		 percent_of(figures->ends[STACK_END_TRUNCATED_COPY], figures->user_stacks),
		 figures->waiting, figures->lost);
	return buffer;
}

static bool is_over(void *context)
{
	return ((const struct top_screen *)context)->live->is_over;
}

static void explore(struct top_screen *screen, struct terminal *terminal)
{
	const struct live_source source = {
		.context = screen,
		.step = step,
		.collect = collect,
		.zero = zero,
		.freeze = freeze,
		.pace = pace,
		.status = status,
		.is_over = is_over,
	};
	struct explorer *explorer;
	struct shown shown;

	shown_init(&shown, NULL, NULL, NULL);
	refresh(screen, &shown);
	shown.selection = screen->options->selection; /* the options' own */
	/* The first screen soon: what is seen in the first second is seen at once. */
	screen->next_ns = live_now_ns() + 250 * NS_PER_MS;
	explorer = explorer_create(&shown, terminal, "jprof top", &source);
	explorer_run(explorer);
	explorer_destroy(explorer);
	screen->options->selection = shown.selection;
	selection_init(&shown.selection);
	shown_deinit(&shown);
}

bool top_screen_run(struct live *live, struct top_options *options, struct error *err)
{
	struct top_screen screen = { .live = live, .options = options };
	struct terminal *terminal = terminal_open(err);

	if (!terminal)
		return false;
	recorder_watch_input(live->recorder, STDIN_FILENO);
	explore(&screen, terminal);
	terminal_close(terminal);
	if (!screen.is_stopped)
		live_stop(live);
	return true;
}
