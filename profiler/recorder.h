/* SPDX-License-Identifier: MIT */
/*
 * The recorder: from perf events to a finished jprof.data, or to a sink while they happen.
 *
 * You give what to record; you get a recording that is ready (the command held, the events open,
 * the file begun), then run until its end, and the figures of it. With a sink instead of a file
 * you make its steps yourself, and show meanwhile what has come. It never prints: what it decided
 * and what the user should know are notes.
 *
 *     rings ─ merged in time order ─ session (unwinds) ─ data writer, or sink
 */
#ifndef PROFILER_RECORDER_H
#define PROFILER_RECORDER_H

#include "profiler/error.h"
#include "profiler/session.h"
#include "profiler/target.h"
#include "profiler/unwind.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* The longest stack copy that fits a record, with what else is in it. */
#define SAMPLED_STACK_MAX 65528

/* Filled by a signal handler. */
struct stop_request {
	volatile sig_atomic_t signal_number; /* 0: none */
	/* Sent to this process alone; else by the terminal, to the command as well. */
	volatile sig_atomic_t is_ours_alone;
	volatile uint64_t received_ns; /* CLOCK_MONOTONIC; the handler's own */
};

/* Everything in it is borrowed for the recorder's life. Zeroed members are the defaults. */
struct recorder_options {
	struct target target;
	char *const *command; /* argv, NULL-terminated; may go with another target: sets the end */
	const char *cpus;     /* "0-3,6"; NULL: all */
	const char *const *events; /* as -e; none: cycles, or cpu-clock without it */
	size_t event_count;
	bool is_rate_given; /* one of the next three */
	uint64_t rate_hz;
	bool is_rate_max;
	uint64_t period; /* instead of a rate */
	enum unwind_method method;
	enum unwind_engine engine;
	bool no_call_graph;
	uint64_t stack_copy_bytes;
	uint64_t ring_bytes; /* of a CPU's samples; rounded up to a power of two */
	bool no_inherit, keep_stacks;
	bool embed;		    /* names, lines and code of all files go into the recording */
	uint32_t compression_level; /* of zstd; 0: records are not compressed */
	uint64_t duration_ns;
	const char *output; /* "-": standard output; NULL: samples go to the sink */
	session_sink sink;
	void *sink_context;
	bool is_terminal_taken;	   /* the command reads nothing, and what it prints is lost */
	char *const *command_line; /* of jprof, NULL-terminated */
	const struct stop_request *stop;
};

struct recorder_result {
	uint64_t samples, lost;
	uint64_t unwound, complete; /* samples with an own unwound stack, and those of them whose
				       outermost frame was reached */
	uint64_t file_bytes;	    /* 0 without a file */
	int exit_code;		    /* the command's, 128 + N if signal N ended it; 0 without one */
};

/* What to tell the user; a detail is for those who ask (-v). */
struct recorder_note {
	bool is_detail;
	char *text;
};

struct recorder;

/* Everything up to the moment before the command runs. NULL leaves no file and no process behind. */
struct recorder *recorder_open(const struct recorder_options *options, struct error *err);
void recorder_close(struct recorder *recorder);

/* Records until the end. False if the recording is not whole: what could be kept is in the file
 * then; nothing was, and no file is made, if the command could not be run. *result is filled either
 * way. */
bool recorder_run(struct recorder *recorder, struct recorder_result *result, struct error *err);

/*
 * With a sink, instead of recorder_run(): start, steps while it is not over, stop. Until it is closed
 * the session goes on to name what was sampled, and all its counts are there.
 */
bool recorder_start(struct recorder *recorder, struct error *err);

struct recorder_step {
	bool has_input; /* the descriptor of recorder_watch_input() is readable */
	bool is_over;	/* what was sampled has ended, the time is, or a stop was asked for */
};

/* Waits at most `wait_ms` for records or input; what has come by then goes through the sink. */
struct recorder_step recorder_step(struct recorder *recorder, int wait_ms);

/* No more samples come than those in the rings, and those that waited for JIT code. A command that
 * still runs is ended. */
void recorder_stop(struct recorder *recorder, struct recorder_result *result);

/* False if it cannot be waited for, as a regular file. Borrowed until the recorder is closed. */
bool recorder_watch_input(struct recorder *recorder, int fd);

/* Borrowed from the recorder. */
struct session *recorder_session(const struct recorder *recorder);

struct recorder_figures {
	uint64_t rate_asked_hz; /* 0: by period */
	uint64_t started_ns;	/* CLOCK_MONOTONIC */
	uint64_t ended_ns;	/* 0: it has not */
};
struct recorder_figures recorder_figures(const struct recorder *recorder);

/* Of what is sampled, as the kernel takes it; NULL beyond the last. */
const char *recorder_event_name(const struct recorder *recorder, size_t number);

size_t recorder_note_count(const struct recorder *recorder);
const struct recorder_note *recorder_note(const struct recorder *recorder, size_t number);

#endif
