/* SPDX-License-Identifier: MIT */
/*
 * The session: everything known about the processes of one recording, fed record by record.
 *
 * You give records in time order, live from rings or from a file: session_feed() is the one
 * entry. You get each sample back through the sink, its stack unwound and every frame located; and
 * at the end the counts. It never prints, never writes a file, and asks for no name: naming comes
 * later (profiler/naming.h).
 *
 *     record ─ decode ─┬─ mmap fork exec comm exit ─► processes, address spaces ◄─ jitdump, perf map
 *                      └─ sample ─ unwind ─ locate ─► sink
 */
#ifndef PROFILER_SESSION_H
#define PROFILER_SESSION_H

#include "profiler/chain.h"
#include "profiler/code.h"
#include "profiler/error.h"
#include "profiler/event_decode.h"
#include "profiler/jprof_section.h"
#include "profiler/profile.h"
#include "profiler/unwind.h"
#include "symbolize/symbolizer.h"

struct session;
struct jit_code;

/* One finished sample. Everything in it is borrowed until the sink returns. */
struct session_sample {
	const struct event
		*event;	  /* decoded; `sample.stack` is NULL for a sample that was parked */
	const char *comm; /* of the thread, interned in session_strings() */
	const struct chain *chain; /* as recorded or unwound */
	const struct code *codes;  /* chain->count of them: where each frame points */
	bool was_parked;
};

/* Called once for each sample. With parked samples the calls are not in time order. */
typedef void (*session_sink)(void *context, const struct session_sample *sample);

struct session_options {
	struct symbolizer *symbolizer; /* borrowed */
	enum unwind_method method;
	enum unwind_engine engine;
	bool is_live;	      /* the processes run now: dumps are tailed, samples may park,
					   files are looked for under /proc/PID/root first */
	bool is_this_kernel;  /* a recording's kernel release and build-id are this machine's */
	bool is_to_be_stored; /* session_store() will be called, as it may be if is_live, and
					   is to keep how stacks were unwound */
	bool is_forgetful;    /* live: session_store() will not be called, but session_forget() */
	session_sink sink;
	void *sink_context;
};

struct session_counts {
	uint64_t samples; /* given to the sink */
	uint64_t lost;	  /* records the kernel dropped */
	uint64_t undecodable;
	uint64_t throttled;
	uint64_t jit_late;	    /* frames named by a version up to 50 ms newer */
	uint64_t parked;	    /* samples that waited for JIT code ... */
	uint64_t parked_expired;    /* ... and did not get it in time */
	uint64_t waiting;	    /* samples that are parked now */
	uint64_t unwind_skipped;    /* session_skip_unwinding() */
	uint64_t unwound_frames;    /* user frames of unwound stacks ... */
	uint64_t fallback_frames;   /* ... and those of them whose caller libunwind found */
	uint64_t behind_horizon;    /* records that came older than one already fed */
	uint64_t first_ns, last_ns; /* of the samples */
};

struct session *session_create(const struct session_options *options, struct event_layout *layout);
void session_destroy(struct session *session);

/* What a recording of ours says about its samples (stack ends, guesses) and its JIT code; to be
 * called before the first record. The section is borrowed for the session's life. */
void session_use_section(struct session *session, const struct jprof_section *section);

/* Mappings of this path have this build-id where their records do not tell one: what perf found
 * out when it closed the recording. To be called before the first record; both are copied. */
void session_add_build_id(struct session *session, const char *path,
			  const struct build_id *build_id);

/*
 * A dump or a map for a process whose own are gone (--jitdump, --perf-map). pid 0: the process
 * whose marker mmap has that base name, else whose pid the header has, else the only process with
 * unresolved executable samples. To be called before the first record.
 */
bool session_add_jitdump(struct session *session, uint32_t pid, const char *path,
			 struct error *err);
bool session_add_perf_map(struct session *session, uint32_t pid, const char *path,
			  struct error *err);

/* One record of the kernel's. The bytes are borrowed during the call. */
void session_feed(struct session *session, const struct perf_event_header *record);

/* Live: samples fed from now on are not unwound, or are again. What they show of the user's stack is
 * its innermost frame, and that it was skipped. */
void session_skip_unwinding(struct session *session, bool is_skipped);

/* Live, before the records up to `now_ns` (CLOCK_MONOTONIC) are fed: reads what dumps and maps have
 * gained; now and then retries parked samples and expires old ones. */
void session_poll(struct session *session, uint64_t now_ns);

/*
 * If is_forgetful: whatever is needed for no location of these profiles, and for no sample that is
 * still to come, is dropped, with the names of what was dropped; so is what of files is in memory.
 */
void session_forget(struct session *session, const struct profile *const *kept, size_t count);

/*
 * If is_forgetful: locations of this profile that were JIT code nobody had described become what it
 * has been described as since. False: none did. session_is_resolved() tells whether a location has
 * been described.
 */
bool session_resolve(struct session *session, struct profile *profile);
bool session_is_resolved(const struct session *session, struct location location);

/* No more records come: dumps are read to their ends and what is parked is finished. */
void session_finish(struct session *session);

struct session_counts session_counts(const struct session *session);
/* The comm of a process's first thread, as of now, sampled or not; NULL: not told. Interned. */
const char *session_comm(const struct session *session, uint32_t pid);
struct string_pool *session_strings(struct session *session);

struct session_store_options {
	bool keep_stacks; /* all JIT versions, and their unwind tables */
	bool embed;	  /* names, lines and code of all files, not only of those that are lost */
};

/*
 * What is to be kept in the recording so that it explains itself: the JIT versions that were
 * sampled, with code bytes and lines, which process saw which dump, the names of sampled kernel
 * and perf-map addresses, of files what symbolize/image_excerpt.h keeps, and, if is_to_be_stored,
 * the chains of stacks that were unwound. After session_finish(). What a recording that is read keeps already is not stored again, but for the
 * files.
 */
void session_store(struct session *session, const struct session_store_options *options,
		   struct section_bytes *out);

/* Sentences about what could not be used (a refused dump, a replaced file ...), each once. */
size_t session_remark_count(const struct session *session);
const char *session_remark(const struct session *session, size_t number);

#endif
