/* SPDX-License-Identifier: MIT */
/*
 * What the user asks to be sampled, and how: the same for whatever is done with the samples.
 *
 * You give options as they are read, and what follows them; you get the recorder's options, checked
 * for what goes together. It never looks at the machine: whether a process is there and an event is
 * known the recorder finds out.
 */
#ifndef UI_TARGET_OPTIONS_H
#define UI_TARGET_OPTIONS_H

#include "profiler/recorder.h"
#include "ui/options.h"

struct target_options {
	struct recorder_options recorder; /* its pointers lead into this struct and argv */
	uint32_t *pids, *tids;
	size_t pid_capacity, tid_capacity;
	const char **events;
	size_t event_capacity;
	char **command_line;
	uint32_t uid;
	bool is_quiet, is_verbose;
};

/* clang-format off */
enum {
	TARGET_CALL_GRAPH = OPTION_LONG + 300,
	TARGET_UNWINDER, TARGET_STACK_SIZE, TARGET_DURATION, TARGET_NO_INHERIT, TARGET_KERNEL,
	TARGET_NO_KERNEL, TARGET_USER,
};
#define TARGET_OPTION_ROWS \
	{ 'p', "pid", "PID[,PID...]", "sample these processes: all their threads, and what\n" \
				      "descends from them, now and to come" }, \
	{ 't', "tid", "TID[,TID...]", "sample these threads alone" }, \
	{ TARGET_USER, "user", "USER", "sample all processes of a user (name or number)" }, \
	{ 'a', "all-cpus", NULL, "sample the whole system" }, \
	{ 'C', "cpu", "CPUS", "only on these CPUs (0-3,6); without -p, -t and\n" \
			      "--user the whole system there" }, \
	{ 'e', "event", "EVENT[,EVENT...]", "what to sample, by perf's names: cycles, cpu-clock,\n" \
					    "page-faults, r1c2, cpu/event=0x3c/, sched:sched_switch,\n" \
					    "with modifiers (:u, :k ...); may be repeated\n" \
					    "(cycles, or cpu-clock where there is no such counter)" }, \
	{ 'F', "freq", "HZ", "samples per second, or max (999)" }, \
	{ 'c', "count", "N", "a sample every N events, instead of -F" }, \
	{ 'g', NULL, NULL, "--call-graph auto, which is the default" }, \
	{ TARGET_CALL_GRAPH, "call-graph", "HOW", "auto: by unwind tables, and by frame pointers where\n" \
						  "there are none; dwarf: by unwind tables alone;\n" \
						  "fp: by frame pointers, in the kernel; no" }, \
	{ TARGET_UNWINDER, "unwinder", "NAME", "fast: the compact engine, and libunwind for what does\n" \
				       "not fit it; libunwind: that alone" }, \
	{ TARGET_STACK_SIZE, "stack-size", "BYTES", "of the stack copy to unwind, a multiple of 8 up to\n" \
						    "65528 (32768)" }, \
	{ TARGET_DURATION, "duration", "SECONDS", "stop after so long; a command is then ended with\n" \
						  "SIGTERM, and that is no failure" }, \
	{ TARGET_NO_INHERIT, "no-inherit", NULL, "leave out threads and processes to come" }, \
	{ TARGET_KERNEL, "kernel", NULL, "sample the kernel, or fail if that is not permitted" }, \
	{ TARGET_NO_KERNEL, "no-kernel", NULL, "leave the kernel out (else it is in where permitted)" }, \
	{ 'm', "mmap-pages", "N|SIZE", "ring for a CPU's samples: pages, or bytes with K or M" }, \
	{ 'q', "quiet", NULL, "say nothing but errors" }, \
	{ 'v', "verbose", NULL, "say what was decided: events, rates, rings, limits" }
/* clang-format on */

/* A zeroed one has the defaults. */
void target_options_deinit(struct target_options *options);

/* True if the letter was one of the rows above; *bad is set when its value cannot be read. */
bool target_option(struct target_options *options, int letter, const char *value, bool *bad);

/* The sentence for that; returns EXIT_USAGE. */
int target_option_refuse(const char *command, const struct option_row *rows, int letter,
			 const char *value);

/* -1 if the options go together, else what was printed about them. What follows the options, from
 * argv[optind] on, is the command to run. */
int target_options_finish(struct target_options *options, int argc, char **argv);

#endif
