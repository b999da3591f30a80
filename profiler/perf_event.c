/* SPDX-License-Identifier: MIT */
#include "profiler/perf_event.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int perf_event_open(const struct perf_event_attr *attr, int tid, int cpu)
{
	long fd = syscall(SYS_perf_event_open, attr, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

int64_t perf_event_limit(const char *name, int64_t otherwise)
{
	char path[128];
	int64_t limit;

	snprintf(path, sizeof(path), "/proc/sys/kernel/perf_event_%s", name);
	FILE *file = fopen(path, "re");

	if (!file)
		return otherwise;
	if (fscanf(file, "%" SCNd64, &limit) != 1)
		limit = otherwise;
	fclose(file);
	return limit;
}

/* The highest kernel.perf_event_paranoid that lets anyone do this
 * (Documentation/admin-guide/perf-security.rst, 6.1). */
static int paranoid_needed(const struct perf_event_attr *attr, int tid)
{
	if (tid < 0)
		return 0;
	return attr->exclude_kernel ? 2 : 1;
}

static bool refuse_permission(const struct perf_event_attr *attr, int tid, struct error *err)
{
	int64_t paranoid = perf_event_limit("paranoid", 2);
	int needed = paranoid_needed(attr, tid);
	char what[64] = "anything";

	if (tid < 0)
		snprintf(what, sizeof(what), "the whole system");
	else if (!attr->exclude_kernel)
		snprintf(what, sizeof(what), "the kernel");
	else if (tid > 0)
		snprintf(what, sizeof(what), "pid %d", tid);
	if (paranoid > needed)
		return error_set(
			err, EACCES,
			"cannot sample %s: permission denied; kernel.perf_event_paranoid is "
			"%" PRId64 ": `sudo sysctl kernel.perf_event_paranoid=%d`, or run "
			"as root",
			what, paranoid, needed);
	if (tid > 0)
		return error_set(err, EACCES,
				 "cannot sample %s: permission denied; it is another user's or may "
				 "not be traced: run as root",
				 what);
	return error_set(err, EACCES,
			 "cannot sample %s: permission denied; run as root (in a container also "
			 "with CAP_PERFMON, past its seccomp filter)",
			 what);
}

static bool is_hardware(const struct perf_event_attr *attr)
{
	return attr->type == PERF_TYPE_HARDWARE || attr->type == PERF_TYPE_HW_CACHE ||
	       attr->type == PERF_TYPE_RAW;
}

bool perf_event_refuse(const char *name, const struct perf_event_attr *attr, int tid, int cpu,
		       int code, struct error *err)
{
	switch (code) {
	case EACCES:
	case EPERM:
		return refuse_permission(attr, tid, err);
	case ENOENT:
	case EOPNOTSUPP:
		return error_set(err, code, "this machine cannot sample '%s'%s; use -e cpu-clock",
				 name,
				 is_hardware(attr) ? ": its CPU shows no such counter (few virtual "
						     "machines have any)"
						   : "");
	case ENODEV:
		return error_set(err, code, "cannot sample '%s' on CPU %d: is it online?", name,
				 cpu);
	case ESRCH:
		return error_set(err, code, "there is no process or thread %d", tid);
	case EMFILE:
	case ENFILE:
		return error_set(err, code,
				 "too many open files for an event per thread and CPU: record the "
				 "whole system with -a, or raise `ulimit -n`");
	case EBUSY:
		return error_set(err, code,
				 "the counter of '%s' is in use; end other profilers, or use -e "
				 "cpu-clock",
				 name);
	case ENOSYS:
		return error_set(err, code, "this kernel has no perf events (CONFIG_PERF_EVENTS)");
	default:
		return error_set(err, code, "the kernel refuses the event '%s': %s; try another -e",
				 name, strerror(code));
	}
}
