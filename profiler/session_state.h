/* SPDX-License-Identifier: MIT */
/*
 * The inside of a session, shared by its parts and by nobody else:
 *
 *     session.c          records in, counts out: what each kernel record changes
 *     session_sample.c   one sample: unwind, or read its chain; locate; give to the sink
 *     session_jit.c      dumps and perf maps: finding them, reading on, attaching them to spaces
 *     session_unresolved.c  addresses that nothing explained yet
 *     session_section.c  what a recording of ours says, used again
 *     session_store.c    what a recording of ours keeps
 *     session_forget.c   what a session that is not stored need not know any more
 *     session_excerpts.c what it keeps of files, and how that is used again
 *     session_chains.c   the same for stacks that were unwound
 */
#ifndef PROFILER_SESSION_STATE_H
#define PROFILER_SESSION_STATE_H

#include "profiler/cfi_index.h"
#include "profiler/jit_code.h"
#include "profiler/jit_file.h"
#include "profiler/parking.h"
#include "profiler/process.h"
#include "profiler/profile.h"
#include "profiler/quality_order.h"
#include "profiler/recent_chains.h"
#include "profiler/session.h"
#include "profiler/unflushed_file.h"

/* One dump, whoever shares it. Its number is its place in the array. */
struct session_dump {
	struct jit_code *code;
	struct jit_file_identity identity; /* 0, 0: named by the user, or from a recording */
	const char *path;		   /* interned */
	uint32_t pid;			   /* of the process that mapped it first */
	uint64_t from_ns;		   /* of its marker */
	struct unflushed_file unflushed;   /* live: what its writer has not handed over */
	const struct jit_totals *totals;   /* that the recording keeps; NULL: none */
	bool is_stored;	    /* from a recording: attached where its marker is mapped */
	bool is_named;	    /* by the user: attached by pid, or by the marker's name */
	uint32_t named_pid; /* 0: by the marker's name */
};

struct session_map {
	struct image *image;
	uint32_t pid;
	bool is_named;
};

/* What a recording says of a file beside its mappings. */
struct known_build_id {
	const char *path; /* interned */
	struct build_id build_id;
};

/* An address that nothing explained when it was sampled; asked again at the end, or, if the session
 * is forgetful, whenever there is news. */
struct unresolved {
	struct address_space *space; /* one reference */
	uint64_t address;
	uint64_t first_ns, last_ns;
	uint64_t number; /* ascending from 1, never used again: the image address that stands for
			    it in the locations of a forgetful session */
	bool is_used;	 /* session_unresolved_forget()'s */
};

/* Where there are more, all code is kept; or, of a forgetful session, the rest has no number. */
enum { UNRESOLVED_MAX = 1 << 20, UNRESOLVED_MAX_FORGETFUL = 1 << 13 };

enum { SEEN_RETURN_BITS = 12 };

struct session {
	struct session_options options;
	struct event_layout *layout;
	struct symbolizer *symbolizer;
	struct string_pool *strings;
	struct image *kernel, *unknown, *unknown_jit;
	struct process_table processes;
	const char *kernel_symbol; /* that lay where the recording says; NULL: it does not */
	uint64_t kernel_symbol_address;
	bool has_all_kernel_names; /* see kernel_code.c */
	struct unwinder *unwinder;
	struct cfi_index *nameless; /* nameless_code.c; NULL: it was not needed yet */
	struct parking parking;
	/* Of code in memory that was unknown: how often there was some, and what was seen of that
	 * when parked samples were looked at. */
	uint64_t news_count, news_seen;
	uint64_t news_resolved; /* the same, for session_resolve() */
	struct recent_chains recent;
	struct session_counts counts;
	uint64_t lost_samples; /* of LOST_SAMPLES records; counts.lost has those of LOST records */
	bool skips_unwinding;
	uint64_t newest_ns;				  /* of all records fed */
	uint64_t retried_ns, maps_tried_ns, unflushed_ns; /* CLOCK_MONOTONIC, live only */

	struct session_dump *dumps;
	size_t dump_count, dump_capacity;
	struct session_map *maps;
	size_t map_count, map_capacity;
	bool has_named; /* some dump or map waits for its process */

	struct known_build_id *build_ids;
	size_t build_id_count, build_id_capacity;
	struct hash_index build_id_index; /* by path */

	const struct jprof_section *section;
	bool is_self_contained; /* it was closed: dumps, maps and kallsyms are in it */
	struct quality_order qualities;
	struct hash_index excerpt_index; /* by path */
	struct hash_index chain_index;	 /* by time, tid, cpu */

	/* What is to be kept in the recording, if anything is. */
	struct profile *sampled; /* its locations alone */
	struct profile *unwound; /* stacks by process address, see session_chains.c; or NULL */
	struct location *noted;	 /* some of them; see session_store.c */
	struct unresolved *unresolved;
	size_t unresolved_count, unresolved_capacity;
	struct hash_index unresolved_index; /* by space and address */
	uint64_t unresolved_number;	    /* the last one given */

	const char **remarks; /* interned, each once */
	size_t remark_count, remark_capacity;

	struct chain chain; /* of the sample at hand */
	bool is_unwound;    /* here, not as recorded */
	struct code codes[STACK_DEPTH_LIMIT];
	/* Keys of places that calls return to, by hash; | 1: it is a signal trampoline. */
	uint64_t seen_returns[1 << SEEN_RETURN_BITS];
};

void session_remark_add(struct session *session, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* session_sample.c */
void session_take_sample(struct session *session, const struct event *event);
void session_take_announced(struct session *session);
void session_take_expired(struct session *session, uint64_t now_ns);
void session_take_last_parked(struct session *session);

/* session_jit.c */
void session_jit_deinit(struct session *session);
void session_jit_marker(struct session *session, struct process *process,
			const struct event *event);
void session_jit_attach_named(struct session *session, struct process *process);
void session_jit_poll(struct session *session, bool ended, uint64_t now_ns);
void session_jit_open_map(struct session *session, struct address_space *space);
/* True if the space's code is announced in a dump that is being read on. */
bool session_jit_is_tailed(const struct address_space *space);
/* NULL: the location is in no JIT code. */
struct jit_version *session_jit_version(const struct session *session, struct location location,
					struct jit_code **owner);

struct session_map *session_jit_add_map(struct session *session, uint32_t pid, int fd,
					const char *path);

/* session_unresolved.c */
void session_unresolved_deinit(struct session *session);
/* Returns its number; 0: there are too many. */
uint64_t session_unresolved_note(struct session *session, struct address_space *space,
				 uint64_t address, uint64_t time_ns);
/* Those that are in no location of these profiles, or of processes that are gone. */
void session_unresolved_forget(struct session *session, const struct profile *const *kept,
			       size_t count);

/* session_section.c */
const struct sample_quality *session_section_quality(struct session *session,
						     const struct event *event);

/* session_store.c */
void session_store_deinit(struct session *session);
/* Remembers what the finished sample in `chain` and `codes` refers to. */
void session_store_note(struct session *session, const struct event *event,
			struct address_space *space);

/* session_excerpts.c */
void session_excerpts_deinit(struct session *session);
void session_excerpts_use(struct session *session);
/* Whatever the recording keeps of the image's file is the image's own. */
void session_excerpts_attach(const struct session *session, struct image *image);
/* Of every file that was sampled, or only of those that nobody would find again. */
void session_excerpts_store(struct session *session, bool only_lost, struct section_bytes *out);

/* session_chains.c */
void session_chains_deinit(struct session *session);
/* Remembers the chain at hand, which was unwound. */
void session_chains_note(struct session *session, const struct event *event);
void session_chains_store(const struct session *session, struct section_bytes *out);
void session_chains_use(struct session *session);
/* Adds the user's part to the chain at hand; false where nothing is stored of the sample. */
bool session_chains_find(struct session *session, const struct event *event);

#endif
