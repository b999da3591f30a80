/* SPDX-License-Identifier: MIT */
/*
 * Programs and debug files from the servers that DEBUGINFOD_URLS names (debuginfod(8)).
 *
 * You give a build-id; you get the file, out of libdebuginfod's cache or downloaded. What the
 * servers do not have is asked for once; after one that failed, or a download that was stopped,
 * nothing is asked for any more. It never looks at the file.
 */
#ifndef SYMBOLIZE_DEBUGINFOD_H
#define SYMBOLIZE_DEBUGINFOD_H

#include "symbolize/image.h"

/* A download while it goes on. */
struct download {
	const char *name; /* of the file that it is for; as the file system has it */
	uint64_t done_bytes, total_bytes; /* total 0: not known yet */
	bool is_over;			  /* the last call for this one */
};

/* Called first and last of each download, and at least once a second in between. False stops it. */
typedef bool (*download_watch)(void *context, const struct download *download);

enum debuginfod_kind { DEBUGINFOD_PROGRAM, DEBUGINFOD_DEBUG_FILE };

struct debuginfod_servers;

/* NULL where DEBUGINFOD_URLS names none. */
struct debuginfod_servers *debuginfod_servers_create(download_watch watch, void *context);
void debuginfod_servers_destroy(struct debuginfod_servers *servers);

/* A descriptor, and its path to be freed; below 0: there is none. */
int debuginfod_servers_open(struct debuginfod_servers *servers, enum debuginfod_kind kind,
			    const struct build_id *build_id, const char *name, char **path);

/* A sentence: why nothing is asked for any more; "" while it is. */
const char *debuginfod_servers_problem(const struct debuginfod_servers *servers);

#endif
