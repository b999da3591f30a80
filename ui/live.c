/* SPDX-License-Identifier: MIT */
#include "ui/live.h"

#include <malloc.h>
#include <time.h>

#define NS_PER_MS UINT64_C(1000000)

/* For how long names are looked up before the rings are looked after again. A place in a file that
 * is met first takes longer: what needs its lines is read. */
#define NAMING_NS (5 * NS_PER_MS)

/* More texts than any program has functions: they are made up anew, each with the code. */
#define NAME_BYTES_MAX ((size_t)16 << 20)

/* How often what nothing refers to is forgotten. */
#define TIDY_NS (1000 * NS_PER_MS)

uint64_t live_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 * NS_PER_MS + (uint64_t)now.tv_nsec;
}

static void take_sample(void *context, const struct session_sample *sample)
{
	struct live *live = context;
	const struct event *event = sample->event;

	/* A CPU that idles is not what anyone looks for. */
	if (!event->pid)
		return;
	if (event->event_number == 0)
		rate_meter_take(&live->rate, event->cpu, event->tid, event->time_ns);
	rolling_profile_take(live->rolling, sample);
}

/* Made before the old one is gone: that another is there can be seen. */
static void renew_naming(struct live *live)
{
	struct naming *old = live->naming;

	live->naming = naming_create(recorder_session(live->recorder));
	naming_put_off(live->naming, true);
	naming_destroy(old);
}

bool live_open(struct live *live, const struct recorder_options *recorder,
	       const struct rolling_options *rolling, struct error *err)
{
	struct recorder_options options = *recorder;

	*live = (struct live){ .rolling_options = *rolling };
	options.output = NULL;
	options.sink = take_sample;
	options.sink_context = live;
	live->rolling = rolling_profile_create(rolling);
	live->recorder = recorder_open(&options, err);
	if (!live->recorder) {
		live_close(live);
		return false;
	}
	renew_naming(live);
	live->tidied_ns = live->zeroed_ns = live_now_ns();
	return true;
}

void live_close(struct live *live)
{
	naming_destroy(live->naming);
	recorder_close(live->recorder);
	rolling_profile_destroy(live->rolling);
	*live = (struct live){ 0 };
}

bool live_step(struct live *live, int wait_ms)
{
	bool is_named = naming_work(live->naming, live_now_ns() + NAMING_NS);
	struct recorder_step step = recorder_step(live->recorder, is_named ? wait_ms : 0);

	live->is_over |= step.is_over;
	return step.has_input;
}

void live_stop(struct live *live)
{
	recorder_stop(live->recorder, &live->result);
	live->is_over = true;
}

static void forget_unused(struct live *live, uint64_t now_ns)
{
	const struct profile *kept[ROLLING_PROFILES_MAX];

	live->tidied_ns = now_ns;
	session_forget(recorder_session(live->recorder), kept,
		       rolling_profile_kept(live->rolling, kept));
	/* What was forgotten lay between what was not. */
	malloc_trim(0);
}

/* Once whoever shows it has the profile that the tables were compacted to, nothing else is held. */
static void forget_old_names(struct live *live)
{
	const struct profile *kept[ROLLING_PROFILES_MAX];
	size_t count = rolling_profile_kept(live->rolling, kept);

	if (!live->has_old_names || live->shown != kept[0])
		return;
	live->has_old_names = false;
	if (naming_text_bytes(live->naming) > NAME_BYTES_MAX)
		renew_naming(live);
	else
		naming_forget(live->naming, kept, count);
}

const struct profile *live_refresh(struct live *live)
{
	uint64_t now_ns = live_now_ns();
	uint64_t before = rolling_profile_renumbered(live->rolling);

	forget_old_names(live);
	rolling_profile_resolve(live->rolling, recorder_session(live->recorder));
	live->shown = rolling_profile_refresh(live->rolling, now_ns);
	live->has_old_names |= rolling_profile_renumbered(live->rolling) != before;
	if (!live->is_over && now_ns > live->tidied_ns + TIDY_NS)
		forget_unused(live, now_ns);
	return live->shown;
}

bool live_name(struct live *live, int at_most_ms)
{
	uint64_t end_ns = live_now_ns() + (uint64_t)at_most_ms * NS_PER_MS;
	bool is_named;

	while (!(is_named = naming_work(live->naming, live_now_ns() + NAMING_NS)) &&
	       live_now_ns() < end_ns) {
		if (!live->is_over)
			live->is_over = recorder_step(live->recorder, 0).is_over;
	}
	return is_named;
}

void live_freeze(struct live *live, bool is_frozen)
{
	rolling_profile_freeze(live->rolling, is_frozen);
}

void live_zero(struct live *live)
{
	live->zeroed_ns = live_now_ns();
	rolling_profile_zero(live->rolling);
}
