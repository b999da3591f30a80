/* SPDX-License-Identifier: MIT */
/*
 * A session that a test feeds with records made in memory, and what came out of it.
 *
 * You give records as the kernel would write them; you get each sample with its frames, and names
 * after the end. Feeding writes real record bytes, which are kept, so that another session can be
 * fed the same.
 */
#ifndef SUPPORT_SESSION_WORLD_H
#define SUPPORT_SESSION_WORLD_H

#include "profiler/naming.h"
#include "profiler/session.h"
#include "support/byte_builder.h"

struct world_frame {
	uint64_t pc;
	bool is_kernel, is_return, is_guessed, is_late;
	enum code_kind kind;
	struct location location;
};

struct world_sample {
	uint64_t time_ns;
	uint32_t pid, tid;
	const char *comm; /* lives with the world */
	enum stack_end end;
	bool is_joined, was_parked;
	struct world_frame *frames; /* leaf first */
	size_t count;
};

struct session_world {
	struct symbolizer *symbolizer;
	struct event_layout *layout;
	struct session *session;
	struct naming *naming;
	struct byte_builder records;
	struct world_sample *samples;
	size_t count, capacity;
};

/* The one event's samples have a chain, or (`has_stacks`) a kernel chain, registers and a stack. */
void session_world_init(struct session_world *world, bool is_live, bool has_stacks);
/* A live one that forgets. */
void session_world_init_forgetful(struct session_world *world, bool has_stacks);
void session_world_deinit(struct session_world *world);

/* Times are in ns. pid and tid of a process's first thread are equal. */
void world_comm(struct session_world *world, uint64_t time_ns, uint32_t pid, uint32_t tid,
		const char *comm, bool is_exec);
void world_fork(struct session_world *world, uint64_t time_ns, uint32_t pid, uint32_t tid,
		uint32_t parent_pid, uint32_t parent_tid);
void world_exit(struct session_world *world, uint64_t time_ns, uint32_t pid, uint32_t tid);
void world_lost(struct session_world *world, uint64_t time_ns, uint64_t count);

struct world_mapping {
	uint64_t start, size, file_offset;
	const char *path;
	uint64_t inode; /* 0: not told */
};
/* An executable, private mapping. */
void world_mmap(struct session_world *world, uint64_t time_ns, uint32_t pid,
		const struct world_mapping *mapping);

/* A sample whose chain is these values, context markers among them, up to 0. The first that is no
 * marker is its ip, or WORLD_IP_ALONE. */
#define WORLD_IP_ALONE 0x5555
#define CHAIN(...)     ((const uint64_t[]){ __VA_ARGS__, 0 })
void world_sample(struct session_world *world, uint64_t time_ns, uint32_t pid, uint32_t tid,
		  const uint64_t *chain);

/* A sample with user registers and `count` stack words, from `sp` up; rbp is 0. */
void world_stack_sample(struct session_world *world, uint64_t time_ns, uint32_t pid, uint64_t ip,
			uint64_t sp, const uint64_t *words, size_t count);

/* Feeds all records that another world was fed. */
void world_feed_again(struct session_world *world, const struct session_world *from);

/* Adds what came out to a profile; each sample weighs 1. */
void world_collect(const struct session_world *world, struct profile *profile);

/* What a frame of a sample is called, after session_finish(). */
const char *world_name(const struct session_world *world, size_t sample, size_t frame);
const struct named_frame *world_frame_names(const struct session_world *world, size_t sample,
					    size_t frame);

#endif
