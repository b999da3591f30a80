/* SPDX-License-Identifier: MIT */
/*
 * The perf-PID.map of one process: "start size name" lines in hexadecimal.
 *
 * You give functions and moves, you get a line for each. A map has no time and no removals, so a
 * moved function gets a second line; its name is kept for that. Other runtimes in the process may
 * append to the same file, so every line is one O_APPEND write. Not thread-safe: the caller holds
 * the process lock. Functions return 0 or a negative errno.
 */
#ifndef JITDUMP_MAP_OUTPUT_H
#define JITDUMP_MAP_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "jitdump/output_file.h"

struct jitdump_map {
	struct jitdump_file file;
	char **names; /* by code index; NULL: announced without a map. Inherited by a child, which
			 may move what its parent announced */
	size_t name_capacity;
};

/*
 * Opens directory/perf-PID.map. A regular file of this user's is continued if this process can
 * have begun it, and emptied if it is older than the process; anything else is refused with
 * -EEXIST or -ELOOP.
 */
int jitdump_map_open(struct jitdump_map *map, const char *directory);

/* Closes the file and frees the names; a zeroed map without a file is allowed. */
int jitdump_map_close(struct jitdump_map *map);

/* For a forked child: gives up the descriptor it inherited. */
void jitdump_map_forget(struct jitdump_map *map);

int jitdump_map_add(struct jitdump_map *map, uint64_t code_index, uint64_t address, uint64_t size,
		    const char *name);
int jitdump_map_move(struct jitdump_map *map, uint64_t code_index, uint64_t new_address,
		     uint64_t size);

#endif
