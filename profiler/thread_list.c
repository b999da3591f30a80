/* SPDX-License-Identifier: MIT */
#include "profiler/thread_list.h"

#include "jitdump/xalloc.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void thread_list_deinit(struct thread_list *list)
{
	free(list->items);
	*list = (struct thread_list){ 0 };
}

bool thread_list_has(const struct thread_list *list, uint32_t tid)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].tid == tid)
			return true;
	}
	return false;
}

void thread_list_add(struct thread_list *list, uint32_t pid, uint32_t tid)
{
	if (thread_list_has(list, tid))
		return;
	list->items = xgrow(list->items, list->count, &list->capacity, sizeof(*list->items));
	list->items[list->count++] = (struct listed_thread){ pid, tid };
}

/* /proc/TID/children needs CONFIG_PROC_CHILDREN, which distributions set. */
static void add_children(struct thread_list *list, uint32_t pid, uint32_t tid)
{
	char path[64];
	uint32_t child;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/task/%" PRIu32 "/children", pid, tid);
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	while (fscanf(file, "%" SCNu32, &child) == 1) {
		/* Listed already: pids are reused while this goes on, and make circles. */
		if (!thread_list_has(list, child))
			thread_list_add_process(list, child, true);
	}
	fclose(file);
}

static bool is_number(const char *name, uint32_t *number)
{
	if (!isdigit((unsigned char)*name))
		return false;
	*number = (uint32_t)strtoul(name, NULL, 10);
	return true;
}

void thread_list_add_process(struct thread_list *list, uint32_t pid, bool with_children)
{
	size_t first = list->count;
	const struct dirent *entry;
	char path[64];
	uint32_t tid;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/task", pid);
	DIR *directory = opendir(path);

	if (!directory)
		return;
	while ((entry = readdir(directory))) {
		if (is_number(entry->d_name, &tid))
			thread_list_add(list, pid, tid);
	}
	closedir(directory);
	size_t end = list->count;

	for (size_t i = first; with_children && i < end; i++)
		add_children(list, pid, list->items[i].tid);
}

/* The number behind `field` in /proc/ID/status; false if the thread is gone. */
static bool read_status(uint32_t id, const char *field, uint32_t *number)
{
	char path[64], line[256];
	bool is_found = false;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/status", id);
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	while (!is_found && fgets(line, sizeof(line), file)) {
		if (!strncmp(line, field, strlen(field)))
			is_found = sscanf(line + strlen(field), "%" SCNu32, number) == 1;
	}
	fclose(file);
	return is_found;
}

void thread_list_add_all(struct thread_list *list, const uint32_t *uid)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	uint32_t pid, owner;

	if (!directory)
		return;
	while ((entry = readdir(directory))) {
		if (!is_number(entry->d_name, &pid))
			continue;
		if (!uid || (read_status(pid, "Uid:", &owner) && owner == *uid))
			thread_list_add_process(list, pid, false);
	}
	closedir(directory);
}

uint32_t thread_list_process_of(uint32_t tid)
{
	uint32_t pid;

	return read_status(tid, "Tgid:", &pid) ? pid : 0;
}
