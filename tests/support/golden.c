/* SPDX-License-Identifier: MIT */
#include "support/golden.h"

#include "jitdump/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { GOLDEN_MAX = 1 << 20 };

static char *read_golden(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = xcalloc(GOLDEN_MAX, 1);

	if (!file)
		fail_msg("there is no %s; JPROF_UPDATE_GOLDEN=1 writes it", path);
	assert_true(fread(text, 1, GOLDEN_MAX, file) < GOLDEN_MAX);
	fclose(file);
	return text;
}

void golden_expect(const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/golden/%s", JPROF_TESTS_DIR, name);
	if (getenv("JPROF_UPDATE_GOLDEN")) {
		FILE *file = fopen(path, "we");

		assert_non_null(file);
		fputs(text, file);
		assert_int_equal(fclose(file), 0);
		return;
	}
	char *golden = read_golden(path);

	assert_string_equal(text, golden);
	free(golden);
}
