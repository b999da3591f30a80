/* SPDX-License-Identifier: MIT */
#include "profiler/proc_maps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void restore_newlines(char *path)
{
	char *to = path;

	for (const char *from = path; *from; to++) {
		if (!strncmp(from, "\\012", 4)) {
			*to = '\n';
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

bool proc_maps_parse(char *line, struct proc_mapping *mapping)
{
	size_t length = strlen(line);
	char modes[5];
	int used = 0;

	*mapping = (struct proc_mapping){ 0 };
	if (length && line[length - 1] == '\n')
		line[length - 1] = '\0';
	if (sscanf(line,
		   "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %" SCNx32 ":%" SCNx32 " %" SCNu64 "%n",
		   &mapping->start, &mapping->end, modes, &mapping->file_offset, &mapping->major,
		   &mapping->minor, &mapping->inode, &used) != 7 ||
	    strlen(modes) != 4 || mapping->end <= mapping->start)
		return false;
	mapping->is_readable = modes[0] == 'r';
	mapping->is_writable = modes[1] == 'w';
	mapping->is_executable = modes[2] == 'x';
	mapping->is_shared = modes[3] == 's';
	/* Spaces up to a fixed column stand before the path. */
	char *path = line + used + strspn(line + used, " ");

	restore_newlines(path);
	mapping->path = *path ? path : "//anon";
	return true;
}
