/* SPDX-License-Identifier: MIT */
#include "ui/reading.h"

#include "ui/stop_signal.h"

#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
	RECORDS_AT_ONCE = 256, /* between looks at the clock and the keyboard */
	/* Summing up again costs with all that was read so far: the steps grow with it. */
	FIRST_STEP_MS = 200,
};

static uint64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static bool user_waits(void)
{
	struct pollfd keyboard = { .fd = STDIN_FILENO, .events = POLLIN };

	return stop_signal.signal_number || poll(&keyboard, 1, 0) > 0;
}

/* False: there are no more. */
static bool read_some(struct reading *reading)
{
	struct recording *recording = reading->recording;

	for (int i = 0; i < RECORDS_AT_ONCE; i++) {
		const struct perf_event_header *record = data_reader_next(recording->reader);

		if (!record)
			return false;
		session_feed(recording->session, record);
	}
	return true;
}

/* Names of JIT code are complete only now. */
static void finish(struct reading *reading, struct shown *shown)
{
	reading->is_over = true;
	session_finish(reading->recording->session);
	naming_renew(reading->recording->naming);
	stats_collect(&shown->stats, reading->recording, shown->profile);
}

static bool step(void *context, struct shown *shown, int milliseconds)
{
	struct reading *reading = context;
	uint64_t start = now_ms(), until;

	/* At first there is nothing to be seen, and then more and more. */
	until = start + (shown->generation > 1 ? (uint64_t)milliseconds : FIRST_STEP_MS);
	while (now_ms() < until) {
		if (!read_some(reading)) {
			finish(reading, shown);
			return true;
		}
		if (user_waits())
			return false;
	}
	return true;
}

static const char *status(void *context, char *buffer, size_t size)
{
	const struct reading *reading = context;
	uint64_t all = data_reader_file_bytes(reading->recording->reader);
	uint64_t done = data_reader_read_bytes(reading->recording->reader);

	if (reading->is_over)
		return NULL;
	snprintf(buffer, size, "reading: %.0f %% of %.1f MB",
		 all && done < all ? 100.0 * (double)done / (double)all : 99.0, (double)all / 1e6);
	return buffer;
}

static bool is_over(void *context)
{
	return ((const struct reading *)context)->is_over;
}

void reading_init(struct reading *reading, struct recording *recording)
{
	*reading = (struct reading){
		.recording = recording,
		.source = {
			.context = reading,
			.step = step,
			.status = status,
			.is_over = is_over,
		},
	};
}
