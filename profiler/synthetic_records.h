/* SPDX-License-Identifier: MIT */
/*
 * Records about what no ring tells, as the kernel would have written them.
 *
 * You give a process that runs already; you get COMM and MMAP2 records that say what /proc says of
 * it now, stamped with the time at which you asked. They end in the sample_id_all fields TID, TIME,
 * CPU and IDENTIFIER (0), as those of every event that jprof opens do. A process that is gone gives
 * none.
 *
 * Mappings carry device and inode, not a build-id: a record has room for one of the two, and the
 * marker of a jitdump is told by its inode.
 */
#ifndef PROFILER_SYNTHETIC_RECORDS_H
#define PROFILER_SYNTHETIC_RECORDS_H

#include <stddef.h>
#include <stdint.h>

/* Records one behind another, each a whole perf_event_header.size. A zeroed one is empty. */
struct record_buffer {
	uint8_t *bytes;
	size_t size, capacity;
};
void record_buffer_deinit(struct record_buffer *buffer);

/* A COMM for every thread, an MMAP2 for every executable mapping. */
void synthetic_records_add_process(struct record_buffer *buffer, uint32_t pid, uint64_t time_ns);

/* A COMM alone: of a process that is about to exec. */
void synthetic_records_add_thread(struct record_buffer *buffer, uint32_t pid, uint32_t tid,
				  uint64_t time_ns);

/*
 * Where the kernel's text lies, as perf records it: an MMAP of pid -1 named
 * "[kernel.kallsyms]_text" whose file offset is the address of that symbol, up to the highest
 * address, as modules are named from the same place. Nothing if kernel.kptr_restrict hides it.
 */
void synthetic_records_add_kernel(struct record_buffer *buffer, uint64_t time_ns);

/* Samples that the kernel dropped without saying so in a ring. */
void synthetic_records_add_lost(struct record_buffer *buffer, uint64_t count, uint64_t time_ns);

#endif
