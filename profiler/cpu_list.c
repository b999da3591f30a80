/* SPDX-License-Identifier: MIT */
#include "profiler/cpu_list.h"

#include "jitdump/xalloc.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than any kernel is built for (CONFIG_NR_CPUS). */
enum { CPU_LIMIT = 65536 };

void cpu_list_deinit(struct cpu_list *list)
{
	free(list->cpus);
	*list = (struct cpu_list){ 0 };
}

bool cpu_list_has(const struct cpu_list *list, int cpu)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->cpus[i] == cpu)
			return true;
	}
	return false;
}

static int compare_cpus(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static bool read_cpu(const char **at, long *cpu)
{
	char *end;

	if (!isdigit((unsigned char)**at))
		return false;
	*cpu = strtol(*at, &end, 10);
	*at = end;
	return *cpu < CPU_LIMIT;
}

static bool add_range(struct cpu_list *list, const char **at)
{
	long first, last;

	if (!read_cpu(at, &first))
		return false;
	last = first;
	if (**at == '-') {
		(*at)++;
		if (!read_cpu(at, &last) || last < first)
			return false;
	}
	for (long cpu = first; cpu <= last; cpu++) {
		if (cpu_list_has(list, (int)cpu))
			continue;
		list->cpus = xgrow(list->cpus, list->count, &list->capacity, sizeof(*list->cpus));
		list->cpus[list->count++] = (int)cpu;
	}
	return true;
}

bool cpu_list_parse(struct cpu_list *list, const char *text, struct error *err)
{
	const char *at = text;
	bool is_good = add_range(list, &at);

	while (is_good && *at == ',') {
		at++;
		is_good = add_range(list, &at);
	}
	if (!is_good || *at)
		return error_set(err, EINVAL, "'%s' is no list of CPUs, such as 0-3,6", text);
	qsort(list->cpus, list->count, sizeof(*list->cpus), compare_cpus);
	return true;
}

bool cpu_list_online(struct cpu_list *list, struct error *err)
{
	static const char path[] = "/sys/devices/system/cpu/online";
	char text[4096] = "";
	FILE *file = fopen(path, "re");

	if (!file || !fgets(text, sizeof(text), file)) {
		if (file)
			fclose(file);
		return error_set(err, errno, "cannot tell which CPUs are online: no %s", path);
	}
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return cpu_list_parse(list, text, err);
}
