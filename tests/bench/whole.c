/* SPDX-License-Identifier: MIT */
/*
 * usage: whole SECONDS INPUT COMMAND [ARGUMENT...]
 *
 * Runs a command from start to end, its input a file, its output thrown away, and prints how long
 * it took in seconds and the most memory that it had resident at once in MB, pages of files too.
 * After so many SECONDS it is stopped; the exit code is 124 then, and what is printed is less
 * than it would have been.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void run_command(const char *input, unsigned int seconds, char **argv)
{
	int in = open(input, O_RDONLY), null = open("/dev/null", O_WRONLY);

	if (in < 0 || null < 0) {
		perror(input);
		_exit(127);
	}
	dup2(in, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	alarm(seconds);
	execvp(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct rusage usage;
	double start = now();
	int status;
	pid_t pid;

	if (argc < 4)
		return 2;
	pid = fork();
	if (pid == 0)
		run_command(argv[2], (unsigned int)strtoul(argv[1], NULL, 10), argv + 3);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return 1;
	printf("%.3f %.1f\n", now() - start, (double)usage.ru_maxrss / 1024);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGALRM ? 124 : 1;
	return WEXITSTATUS(status);
}
