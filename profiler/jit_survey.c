/* SPDX-License-Identifier: MIT */
#include "profiler/jit_survey.h"

#include "jitdump/log.h"
#include "jitdump/xalloc.h"
#include "profiler/jit_file.h"
#include "profiler/session.h"
#include "symbolize/mapped_path.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The processes of a recording, as far as one question needs them. */
struct survey {
	const char *base_name; /* of the file asked about */
	uint32_t wanted_pid;   /* of its header or name; 0: none */
	bool has_marker, has_wanted_pid;
	uint32_t *pids; /* with samples in executable memory that nothing explains */
	size_t pid_count, pid_capacity;
};

static void look_at(struct survey *survey, const struct event *event)
{
	if (event->type != EVENT_MMAP)
		return;
	if (event->pid == survey->wanted_pid)
		survey->has_wanted_pid = true;
	if (jit_file_is_marker(&event->mmap) &&
	    mapped_path_is_named_like(event->mmap.path, survey->base_name))
		survey->has_marker = true;
}

static void survey_processes(struct survey *survey, struct data_reader *reader)
{
	const struct perf_event_header *record;
	struct event event;

	while ((record = data_reader_next(reader))) {
		if (event_decode(data_reader_layout(reader), record, &event))
			look_at(survey, &event);
	}
	data_reader_rewind(reader);
}

static void note_unexplained(void *context, const struct session_sample *sample)
{
	struct survey *survey = context;
	uint32_t pid = sample->event->pid;
	bool is_unexplained = false;

	for (size_t i = 0; i < sample->chain->count; i++)
		is_unexplained |= sample->codes[i].kind == CODE_JIT_UNKNOWN;
	if (!is_unexplained)
		return;
	for (size_t i = 0; i < survey->pid_count; i++) {
		if (survey->pids[i] == pid)
			return;
	}
	survey->pids = xgrow(survey->pids, survey->pid_count, &survey->pid_capacity,
			     sizeof(*survey->pids));
	survey->pids[survey->pid_count++] = pid;
}

/* A reading without the file shows who needs it. */
static void survey_samples(struct survey *survey, struct data_reader *reader,
			   struct symbolizer *symbolizer)
{
	const struct session_options options = {
		.symbolizer = symbolizer,
		.method = UNWIND_AUTO,
		.sink = note_unexplained,
		.sink_context = survey,
	};
	struct session *session = session_create(&options, data_reader_layout(reader));
	const struct perf_event_header *record;

	while ((record = data_reader_next(reader)))
		session_feed(session, record);
	session_finish(session);
	session_destroy(session);
	data_reader_rewind(reader);
}

static bool choose(struct survey *survey, struct data_reader *reader, struct symbolizer *symbolizer,
		   const char *path, uint32_t *pid, struct error *err)
{
	bool is_found = true;

	survey->base_name = basename(path);
	survey_processes(survey, reader);
	*pid = 0;
	if (survey->has_marker)
		return true;
	if (survey->has_wanted_pid) {
		*pid = survey->wanted_pid;
		return true;
	}
	survey_samples(survey, reader, symbolizer);
	if (survey->pid_count == 1)
		*pid = survey->pids[0];
	else if (survey->pid_count > 1)
		is_found = error_set(err, 0,
				     "%s may belong to any of %zu processes with unknown JIT code, "
				     "pid %" PRIu32 " among them: name one, as PID:FILE",
				     path, survey->pid_count, survey->pids[0]);
	else
		is_found = error_set(err, 0,
				     "no process of the recording ran code that %s could name: "
				     "name one, as PID:FILE, if it should be used",
				     path);
	free(survey->pids);
	return is_found;
}

bool jit_survey_dump(struct data_reader *reader, struct symbolizer *symbolizer, const char *path,
		     uint32_t *pid, struct error *err)
{
	struct survey survey = { 0 };
	int fd = jit_file_open_named(path, err);

	if (fd < 0)
		return false;
	struct jitdump_log *log = jitdump_log_create(fd);
	const char *reason;

	jitdump_log_poll(log, true);
	survey.wanted_pid = jitdump_log_pid(log);
	bool is_usable = jitdump_log_is_usable(log, &reason);

	jitdump_log_destroy(log);
	if (!is_usable)
		return error_set(err, 0, "cannot use %s: %s", path, reason);
	return choose(&survey, reader, symbolizer, path, pid, err);
}

bool jit_survey_perf_map(struct data_reader *reader, struct symbolizer *symbolizer,
			 const char *path, uint32_t *pid, struct error *err)
{
	struct survey survey = { 0 };

	sscanf(basename(path), "perf-%" SCNu32 ".map", &survey.wanted_pid);
	return choose(&survey, reader, symbolizer, path, pid, err);
}
