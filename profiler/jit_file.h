/* SPDX-License-Identifier: MIT */
/*
 * Finding the file behind a marker mmap, or a perf map, of a process.
 *
 * You give what the mmap event said; you get a descriptor of that very file, even if it was
 * deleted or lies in another mount namespace, or a sentence. It never trusts a name: the file's
 * device and inode must be those of the event, it must be a regular file, and belong to the
 * process's user or to root.
 */
#ifndef PROFILER_JIT_FILE_H
#define PROFILER_JIT_FILE_H

#include "profiler/error.h"
#include "profiler/event.h"

/* True if the mapping can be the marker of a dump: one executable page at offset 0 of a file whose
 * name ends in ".dump" or begins with "jit-" and a number. (perf wants jit-PID.dump; that misses
 * bun, pid namespaces and deleted files.) */
bool jit_file_is_marker(const struct mmap_event *mmap);

/*
 * Opens the dump of process `pid`: through /proc/PID while it lives (`is_live`), else by the
 * recorded path. Returns a descriptor, or -1 and a sentence. `identity` receives the file's device
 * and inode.
 */
struct jit_file_identity {
	uint64_t device, inode;
};
int jit_file_open_dump(uint32_t pid, const struct mmap_event *mmap, bool is_live,
		       struct jit_file_identity *identity, struct error *err);

/* Opens the perf map that process `pid` writes (by its innermost pid, under its own root), or
 * /tmp/perf-PID.map when it is gone. -1 where there is none, or one of another owner. */
int jit_file_open_map(uint32_t pid, bool is_live);

/* Opens a dump or a map that the user named. -1 and a sentence if it cannot be. */
int jit_file_open_named(const char *path, struct error *err);

#endif
