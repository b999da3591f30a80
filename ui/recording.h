/* SPDX-License-Identifier: MIT */
/*
 * A recording opened for showing: the reader, the session over it, and the names.
 *
 * You give the options that report and script share; you get a recording whose samples go to a
 * sink of yours. What is missing or damaged it remarks, a sentence each.
 */
#ifndef UI_RECORDING_H
#define UI_RECORDING_H

#include "profiler/data_reader.h"
#include "profiler/naming.h"
#include "profiler/session.h"
#include "ui/options.h"
#include "ui/progress.h"

#include <signal.h>
#include <stdio.h>

struct named_file {
	uint32_t pid; /* 0: to be found out */
	const char *path;
};

struct recording_options {
	const char *path; /* "-": standard input */
	bool is_path_given, force;
	const char *symbols_directory; /* NULL: none */
	bool no_debuginfod;
	bool is_printed_while_read; /* a terminal that shows it needs no progress */
	bool is_to_be_stored;	    /* as in struct session_options */
	struct named_file *jitdumps, *perf_maps;
	size_t jitdump_count, jitdump_capacity, perf_map_count, perf_map_capacity;
};

/* In one place while it is open. */
struct recording {
	struct data_reader *reader;
	struct symbolizer *symbolizer;
	struct session *session;
	struct naming *naming;
	struct progress progress; /* on stderr */
	bool shows_reading;
	struct sigaction before_download;
	bool is_downloading;
};

/* The rows that every command over a recording has; their letters. */
enum {
	RECORDING_JITDUMP = OPTION_LONG + 200,
	RECORDING_PERF_MAP,
	RECORDING_SYMBOLS,
	RECORDING_NO_DEBUGINFOD
};
/* clang-format off */
#define RECORDING_OPTION_ROWS \
	{ 'i', "input", "FILE", "the recording (jprof.data); - is standard input" }, \
	{ 'f', "force", NULL, "read a file of another owner" }, \
	{ RECORDING_JITDUMP, "jitdump", "[PID:]FILE", "use this jitdump; may be repeated" }, \
	{ RECORDING_PERF_MAP, "perf-map", "[PID:]FILE", "use this perf map; may be repeated" }, \
	{ RECORDING_SYMBOLS, "symbols", "DIR", "look for programs and debug files in DIR first" }, \
	{ RECORDING_NO_DEBUGINFOD, "no-debuginfod", NULL, "ask no server of DEBUGINFOD_URLS" }
/* clang-format on */

void recording_options_init(struct recording_options *options);
void recording_options_deinit(struct recording_options *options);

/* True if the letter was one of the rows above. */
bool recording_option(struct recording_options *options, int letter, const char *argument);

/* What follows the options, from argv[optind] on, may be the recording, as with -i. -1, or what was
 * printed. */
int recording_options_finish(struct recording_options *options, int argc, char **argv);

bool recording_open(struct recording *recording, const struct recording_options *options,
		    session_sink sink, void *sink_context, struct error *err);
void recording_close(struct recording *recording);

/* Whether naming may download files, which can take minutes. */
bool recording_may_download(const struct recording_options *options);

/* As `uname -m`; "": a recording that was cut or came by a pipe may not tell. */
const char *recording_machine(const struct recording *recording);

/* Feeds every record to the session, and so every sample to the sink. */
void recording_read(struct recording *recording);

/* What could not be used and where reading stopped early, a sentence a line. Files are among it
 * once they were needed for unwinding or for a name. */
void recording_print_remarks(const struct recording *recording, FILE *out, const char *prefix);

#endif
