/* SPDX-License-Identifier: MIT */
#include "support/scratch_directory.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

int scratch_directory_create(void **state)
{
	const char *parent = getenv("TMPDIR");
	char template[PATH_MAX];

	snprintf(template, sizeof(template), "%s/jprof-test-XXXXXX",
		 parent != NULL ? parent : "/tmp");
	if (mkdtemp(template) == NULL)
		return -1;
	*state = realpath(template, NULL);
	return *state == NULL ? -1 : 0;
}

static int remove_entry(const char *path, const struct stat *file, int type, struct FTW *where)
{
	(void)file;
	(void)type;
	(void)where;
	return remove(path);
}

int scratch_directory_destroy(void **state)
{
	nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	free(*state);
	return 0;
}
