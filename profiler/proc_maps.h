/* SPDX-License-Identifier: MIT */
/*
 * The mappings of a process that runs, line by line from /proc/PID/maps.
 *
 * You give a line; you get what the kernel's MMAP2 record would have said of the mapping.
 */
#ifndef PROFILER_PROC_MAPS_H
#define PROFILER_PROC_MAPS_H

#include <stdbool.h>
#include <stdint.h>

struct proc_mapping {
	uint64_t start, end; /* process addresses, [start, end) */
	uint64_t file_offset;
	uint32_t major, minor;
	uint64_t inode;
	bool is_readable, is_writable, is_executable, is_shared;
	const char *path; /* in the line; "//anon" if the mapping has no name */
};

/*
 * Takes a line apart in place; the newline at its end may be there. A newline in a path, which the
 * kernel writes as \012 (fs/proc/task_mmu.c, 6.1), is one again; " (deleted)" stays, as in the
 * kernel's records. False if the line is none of that kind.
 */
bool proc_maps_parse(char *line, struct proc_mapping *mapping);

#endif
