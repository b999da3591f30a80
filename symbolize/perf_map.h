/* SPDX-License-Identifier: MIT */
/*
 * A perf map: the text file /tmp/perf-PID.map in which a JIT lists `START SIZE name` lines.
 *
 * You give a descriptor; you get the name that covers an address: of several, the one whose line
 * came last. It knows no time: with reused addresses it is right for the last owner only. Memory
 * is bounded by the file.
 */
#ifndef SYMBOLIZE_PERF_MAP_H
#define SYMBOLIZE_PERF_MAP_H

#include "symbolize/image.h"

struct perf_map;
struct string_pool;

/* Owns `fd`. */
struct perf_map *perf_map_create(int fd, struct string_pool *strings);
void perf_map_destroy(struct perf_map *map);

/* Reads what was appended since the last call, up to the last whole line (`ended`: also an
 * unfinished one). A file that shrank is read anew. Returns how many lines are new. */
size_t perf_map_poll(struct perf_map *map, bool ended);

/* Whether there was a line of a map so far. */
bool perf_map_has_lines(const struct perf_map *map);

bool perf_map_find(struct perf_map *map, uint64_t address, struct symbol *symbol);

/* Lines that were not `hex hex name`. */
uint64_t perf_map_bad_lines(const struct perf_map *map);

#endif
