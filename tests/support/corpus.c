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

static void unpack(const char *packed, char *path, size_t size)
{
	char command[1024];

	snprintf(path, size, "/tmp/jprof-corpus-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	snprintf(command, sizeof(command), "xz -dc '%s' > '%s'", packed, path);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
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
	unpack(packed, path, size);
}

void corpus_release(const char *path)
{
	if (strncmp(path, "/tmp/jprof-corpus-", 18) == 0)
		unlink(path);
}
