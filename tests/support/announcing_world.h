/* SPDX-License-Identifier: MIT */
/*
 * A session_world about one process, this one, that announces made-up JIT code in a real dump.
 *
 * You give names and places; you get what libjitdump writes of them, and the records that a
 * profiler would see. Nothing runs there.
 */
#ifndef SUPPORT_ANNOUNCING_WORLD_H
#define SUPPORT_ANNOUNCING_WORLD_H

#include "jitdump/libjitdump.h"
#include "support/session_world.h"

#include <limits.h>
#include <linux/perf_event.h>

/* Where the JIT has its code: one page that nothing else can be mapped at. */
enum { CODE = 0x1000, CODE_END = 0x2000, FIB = CODE, MAIN = CODE + 0x100, CODE_SIZE = 0x20 };

#define KERNEL	  ((uint64_t)PERF_CONTEXT_KERNEL)
#define USER	  ((uint64_t)PERF_CONTEXT_USER)
#define SECOND_NS UINT64_C(1000000000)
#define STACK	  UINT64_C(0x7ffe00001000)

struct announcing_world {
	const char *directory;
	struct jitdump_writer *writer;
	char path[PATH_MAX]; /* of the dump */
	uint32_t pid;
	uint64_t start_ns;
	struct session_world world;
};

extern const uint8_t announced_code[CODE_SIZE];
extern const struct world_mapping code_memory;

/* The dump lies in `directory`; the rest as session_world_init() has it. */
void announcing_world_init(struct announcing_world *world, const char *directory, bool is_live,
			   bool has_stacks);
void announcing_world_init_forgetful(struct announcing_world *world, const char *directory,
				     bool has_stacks);
void announcing_world_deinit(struct announcing_world *world);

/* The process maps its marker and its memory. */
void announcing_world_mark(struct announcing_world *world, uint32_t pid);

/* CODE_SIZE bytes: /app/fib.js:12 up to offset 8, then line 13. Without steps it has no table. */
void announce(struct announcing_world *world, uint64_t address, const char *name,
	      const struct jitdump_cfi_step *steps, size_t step_count);
/* At FIB and MAIN; both without a frame pointer, and main is where the thread began. */
void announce_fib(struct announcing_world *world);
void announce_main(struct announcing_world *world);

/* A sample in fib, whose stack says that main called it. */
void feed_fib_called_by_main(struct announcing_world *world, uint64_t time_ns);

/* Some time well behind every announcement of a test. */
uint64_t later_ns(const struct announcing_world *world);
uint64_t announcing_world_now_ns(void);
uint64_t inode_of(const char *path);

#endif
