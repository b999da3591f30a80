/* SPDX-License-Identifier: MIT */
#include "profiler/event_spec.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where tracefs is mounted: its own place since Linux 4.1, and the one inside debugfs. */
static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

static bool refuse(const struct event_spec *spec, int reason, struct error *err)
{
	if (reason == EACCES || reason == EPERM)
		return error_set(
			err, reason,
			"cannot look up the tracepoint '%s': %s is root's; run as root, or "
			"`sudo mount -o remount,mode=755 %s`",
			spec->name, places[0], places[0]);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/events", places[i]);
		if (access(path, F_OK) == 0)
			return error_set(err, ENOENT,
					 "there is no event '%s'; `perf list` shows the names, and "
					 "%s/available_events the tracepoints",
					 spec->name, places[i]);
	}
	return error_set(err, ENOENT,
			 "there is no event '%s', unless it is a tracepoint: tracefs is not "
			 "mounted; `sudo mount -t tracefs none %s`",
			 spec->name, places[0]);
}

bool event_spec_tracepoint(struct event_spec *spec, const char *system, const char *event,
			   struct error *err)
{
	int reason = ENOENT;
	uint64_t number;

	if (strpbrk(system, "/.") || strpbrk(event, "/."))
		return refuse(spec, ENOENT, err);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/events/%s/%s/id", places[i], system, event);
		FILE *file = fopen(path, "re");

		if (!file) {
			reason = errno == ENOENT ? reason : errno;
			continue;
		}
		bool is_read = fscanf(file, "%" SCNu64, &number) == 1;

		fclose(file);
		if (!is_read)
			continue;
		spec->attr.type = PERF_TYPE_TRACEPOINT;
		spec->attr.config = number;
		return true;
	}
	return refuse(spec, reason, err);
}
