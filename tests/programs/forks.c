/* SPDX-License-Identifier: MIT */
/*
 * A process, its child and grandchild by fork alone, and a child by fork and exec (of this program
 * again, as "forks DURATION after-exec"), each with a hot function of its own.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "duration.h"

HOT_FUNCTION(spin_in_parent)
HOT_FUNCTION(spin_in_child)
HOT_FUNCTION(spin_in_grandchild)
HOT_FUNCTION(spin_after_exec)

static unsigned spin_until(uint64_t end_ns, unsigned (*spin)(unsigned seed))
{
	unsigned seed = 1;

	while (now_ns() < end_ns)
		seed = spin(seed);
	return seed;
}

static void run_child(uint64_t end_ns)
{
	if (fork() == 0) {
		spin_until(end_ns, spin_in_grandchild);
		_exit(0);
	}
	spin_until(end_ns, spin_in_child);
	wait(NULL);
	_exit(0);
}

int main(int argc, char **argv)
{
	uint64_t end_ns = end_time_ns(argc, argv);
	char *duration = argc > 1 ? argv[1] : "1";

	if (argc > 2 && strcmp(argv[2], "after-exec") == 0) {
		printf("%u\n", spin_until(end_ns, spin_after_exec));
		return 0;
	}
	if (fork() == 0)
		run_child(end_ns);
	if (fork() == 0) {
		execl("/proc/self/exe", "forks", duration, "after-exec", (char *)NULL);
		_exit(127);
	}
	printf("%u\n", spin_until(end_ns, spin_in_parent));
	while (wait(NULL) > 0)
		;
	return 0;
}
