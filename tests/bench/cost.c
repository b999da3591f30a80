/* SPDX-License-Identifier: MIT */
/*
 * usage: cost FROM UNTIL COMMAND [ARGUMENT...]
 *
 * Runs a command and prints its own CPU time in milliseconds: of its whole life, and between two
 * moments, in seconds after its start. Of a recorder the first has what it reads at the start and
 * what it does at the end, the second only recording. What the command prints is thrown away.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void sleep_until(struct timespec moment, double seconds)
{
	int64_t ns = moment.tv_nsec + (int64_t)(seconds * 1e9);

	moment.tv_sec += ns / 1000000000;
	moment.tv_nsec = ns % 1000000000;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL) != 0)
		;
}

/* Of its first thread: recorders have no other. 0 when it is over. */
static uint64_t cpu_ns(pid_t pid)
{
	char path[64];
	uint64_t ns = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%" SCNu64, &ns) != 1)
		ns = 0;
	fclose(file);
	return ns;
}

static double milliseconds(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static void run_command(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDOUT_FILENO);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct timespec start;
	struct rusage usage;
	uint64_t from_ns, until_ns;
	int status;

	if (argc < 4)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &start);
	pid_t pid = fork();

	if (pid == 0)
		run_command(argv + 3);
	sleep_until(start, strtod(argv[1], NULL));
	from_ns = cpu_ns(pid);
	sleep_until(start, strtod(argv[2], NULL));
	until_ns = cpu_ns(pid);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0 || !WIFEXITED(status))
		return 1;
	printf("%.3f %.3f\n", milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
	       until_ns > from_ns ? (double)(until_ns - from_ns) / 1e6 : 0);
	return WEXITSTATUS(status);
}
