/* SPDX-License-Identifier: MIT */
/*
 * Runs a part of a test in a forked child, for what cannot be undone: limits, mounts, a held lock.
 *
 * In the child cmocka's assertions end the process with a failure; the parent's test then fails.
 * A child that hangs is ended by SIGALRM after a minute.
 */
#ifndef SUPPORT_IN_CHILD_H
#define SUPPORT_IN_CHILD_H

void expect_child_passes(void (*part)(void *), void *argument);

/* In a mount namespace of its own; the test is skipped where that is not allowed. */
void expect_child_passes_in_own_mounts(void (*part)(void *), void *argument);

/* Called in the child: ends it, and the parent's test is skipped with this reason. */
_Noreturn void child_skips(const char *reason);

#endif
