/* SPDX-License-Identifier: MIT */
#include "support/in_child.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SKIPPED 77

_Noreturn void child_skips(const char *reason)
{
	fprintf(stderr, "%s: %s\n", reason, strerror(errno));
	_exit(SKIPPED);
}

static void run(void (*part)(void *), void *argument, int clone_flags)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		alarm(60);
		/* A failed assertion aborts instead of jumping back into the parent's test. */
		setenv("CMOCKA_TEST_ABORT", "1", 1);
		if (clone_flags != 0 && unshare(clone_flags) != 0)
			child_skips("cannot unshare");
		part(argument);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		skip();
	if (WIFSIGNALED(status))
		fail_msg("the child ended by signal %d", WTERMSIG(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void expect_child_passes(void (*part)(void *), void *argument)
{
	run(part, argument, 0);
}

void expect_child_passes_in_own_mounts(void (*part)(void *), void *argument)
{
	run(part, argument, CLONE_NEWNS);
}
