/* SPDX-License-Identifier: MIT */
/* The recorder's own: what its files share. */
#ifndef PROFILER_RECORDER_STATE_H
#define PROFILER_RECORDER_STATE_H

#include "profiler/data_writer.h"
#include "profiler/late_threads.h"
#include "profiler/launch.h"
#include "profiler/recorder.h"
#include "profiler/ring_merge.h"
#include "profiler/sampling.h"
#include "profiler/session.h"

struct recorder {
	struct recorder_options options;
	struct event_spec_list specs;
	struct sampling_options how;
	bool is_stack_shrunk; /* the copies are smaller than was asked for, as rings are small */
	size_t ring_bytes;    /* wanted of each CPU's sample ring */

	struct launch command;
	struct cpu_list cpus;
	struct ring_set rings;
	struct sampling sampling;
	struct thread_list threads; /* those with events of their own */
	struct late_threads late;
	size_t life_count; /* of them, those that have not ended; in epoll_fd */
	int epoll_fd;

	struct symbolizer *symbolizer;
	struct event_layout *layout;
	struct session *session;
	struct ring_merge merge;
	struct data_writer *writer;	/* NULL: there is a sink */
	bool is_new_file, has_old_file; /* a file that was made; one that became FILE.old */

	uint64_t started_ns, ended_ns; /* CLOCK_MONOTONIC */
	uint64_t terminated_ns;	       /* when the command was asked to end; 0: it was not */
	bool is_signal_passed_on, has_input;
	bool has_failed; /* the file cannot grow: `failure` */
	struct error failure;
	struct recorder_result result;
	uint64_t truncated; /* samples whose stack was longer than its copy */

	struct recorder_note *notes;
	size_t note_count, note_capacity;
};

/* What a wait tells in place of a thread's descriptor. */
enum { EPOLL_RECORDS = -1, EPOLL_INPUT = -2 };

uint64_t recorder_now_ns(void);

void recorder_add_note(struct recorder *recorder, bool is_detail, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* recorder_plan.c: what is to be opened, from the options and the limits of this machine. */
bool recorder_plan(struct recorder *recorder, struct error *err);
/* Once the rings are there: the stack copies must fit. */
void recorder_plan_stack(struct recorder *recorder);

/* recorder_attach.c: events on everything that is to be sampled. */
bool recorder_attach(struct recorder *recorder, struct error *err);
/* Records about what runs already, in their place among those that come meanwhile. */
void recorder_tell_running(struct recorder *recorder);
/* At the end: a record about what was lost since a ring last had room to tell. */
void recorder_tell_lost(struct recorder *recorder);

/* recorder_loop.c */
/* One record, from a ring or made up, into the file and the session. */
void recorder_feed(struct recorder *recorder, const struct perf_event_header *record,
		   uint64_t time_ns);
/* Everything published and older than `horizon_ns` is fed; the clock was read before. */
void recorder_drain(struct recorder *recorder, uint64_t horizon_ns);
/* The session's sink; `context` is a struct recorder *. */
void recorder_take_sample(void *context, const struct session_sample *sample);
/* Waits for records at most so long, and takes what has come. */
void recorder_make_round(struct recorder *recorder, int wait_ms);
bool recorder_is_over(struct recorder *recorder);
void recorder_loop(struct recorder *recorder);
/* The events end; what is in the rings is taken. */
void recorder_drain_last(struct recorder *recorder);
/* Notes the first failure of the file, which ends the loop. */
void recorder_check_written(struct recorder *recorder, bool is_written, const struct error *err);

/* recorder_finish.c: what is known at the end goes into the file; the command's end is waited for. */
void recorder_finish(struct recorder *recorder);
/* Sets its exit code; a command that has not ended is ended. */
void recorder_wait_for_command(struct recorder *recorder);
/* The command could not be run after all: no file, and an earlier recording is as it was. */
void recorder_discard(struct recorder *recorder);

#endif
