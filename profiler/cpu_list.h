/* SPDX-License-Identifier: MIT */
/*
 * Which CPUs are sampled: the kernel's lists, "0-3,6".
 *
 * A zeroed list is empty.
 */
#ifndef PROFILER_CPU_LIST_H
#define PROFILER_CPU_LIST_H

#include "profiler/error.h"

#include <stddef.h>

struct cpu_list {
	int *cpus; /* ascending */
	size_t count, capacity;
};
void cpu_list_deinit(struct cpu_list *list);

/* False, with the sentence, for what is no list. */
bool cpu_list_parse(struct cpu_list *list, const char *text, struct error *err);

bool cpu_list_online(struct cpu_list *list, struct error *err);

bool cpu_list_has(const struct cpu_list *list, int cpu);

#endif
