/* SPDX-License-Identifier: MIT */
#include "support/corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

void corpus_or_skip(void)
{
	if (access(JPROF_CORPUS_DIR, R_OK) == 0)
		return;
	print_message("SKIPPED: no corpus of recordings at %s\n", JPROF_CORPUS_DIR);
	skip();
}

static const char directory_prefix[] = "/tmp/jprof-corpus-";

/* Under its own name, which a dump must keep: the recording's marker has it. */
static void unpack(const char *packed, const char *name, char *path, size_t size)
{
	char directory[64], command[1024];
	const char *slash = strrchr(name, '/');

	snprintf(directory, sizeof(directory), "%sXXXXXX", directory_prefix);
	assert_non_null(mkdtemp(directory));
	snprintf(path, size, "%s/%s", directory, slash ? slash + 1 : name);
	snprintf(command, sizeof(command), "xz -dc '%s' > '%s'", packed, path);
	assert_int_equal(system(command), 0);
}

void corpus_path(const char *name, char *path, size_t size)
{
	char packed[512];

	snprintf(path, size, "%s/%s", JPROF_CORPUS_DIR, name);
	if (access(path, R_OK) == 0)
		return;
	snprintf(packed, sizeof(packed), "%s.xz", path);
	if (access(packed, R_OK) != 0)
		fail_msg("no corpus file %s", name);
	unpack(packed, name, path, size);
}

void corpus_release(const char *path)
{
	char directory[64];

	if (strncmp(path, directory_prefix, sizeof(directory_prefix) - 1) != 0)
		return;
	unlink(path);
	snprintf(directory, sizeof(directory), "%.*s", (int)(strrchr(path, '/') - path), path);
	rmdir(directory);
}
