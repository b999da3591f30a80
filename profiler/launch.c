/* SPDX-License-Identifier: MIT */
#include "profiler/launch.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_executable(const char *path, int *reason)
{
	struct stat status;

	if (stat(path, &status) != 0 || access(path, X_OK) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			*reason = errno;
		return false;
	}
	if (S_ISREG(status.st_mode))
		return true;
	*reason = EACCES;
	return false;
}

static bool is_on_path(const char *name, int *reason)
{
	const char *path = getenv("PATH");
	bool is_found = false;

	if (!path)
		path = "/bin:/usr/bin"; /* as execvp(3) */
	while (!is_found) {
		size_t length = strcspn(path, ":");
		char *candidate = xasprintf("%.*s/%s", (int)length, length ? path : ".", name);

		is_found = is_executable(candidate, reason);
		free(candidate);
		if (!path[length])
			break;
		path += length + 1;
	}
	return is_found;
}

static bool refuse(const char *name, int reason, struct error *err)
{
	return error_set(err, reason, "cannot run '%s': %s%s", name, strerror(reason),
			 reason == ENOENT ? "; is the name right?" : "");
}

/* Found out before anything is opened: a mistyped name must not cost an earlier recording. */
static bool find_command(const char *name, struct error *err)
{
	int reason = ENOENT;
	bool is_found = strchr(name, '/') ? is_executable(name, &reason)
					  : *name && is_on_path(name, &reason);

	return is_found || refuse(name, reason, err);
}

static void redirect(enum launch_output output)
{
	int null;

	if (output == LAUNCH_PRINTS_TO_STDERR)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	if (output != LAUNCH_IS_SILENT)
		return;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
}

/* The child: waits until the other end of `hold` is closed, and becomes the command. A parent that
 * ended closed `failure` as well: then there is nobody to record it. */
static _Noreturn void become(char *const *argv, enum launch_output output, int hold, int failure)
{
	struct pollfd reader = { .fd = failure };
	char byte;

	while (read(hold, &byte, 1) < 0 && errno == EINTR)
		;
	if (poll(&reader, 1, 0) > 0 && reader.revents & POLLERR)
		_exit(1);
	redirect(output);
	execvp(argv[0], argv);
	int reason = errno;

	if (write(failure, &reason, sizeof(reason)) < 0)
		_exit(1);
	_exit(127);
}

bool launch_hold(struct launch *launch, char *const *argv, enum launch_output output,
		 struct error *err)
{
	int hold[2], failure[2];

	*launch = (struct launch){ .pid_fd = -1, .hold_fd = -1, .failure_fd = -1, .name = argv[0] };
	if (!find_command(argv[0], err))
		return false;
	if (pipe2(hold, O_CLOEXEC) != 0)
		return error_set(err, errno, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(failure, O_CLOEXEC) != 0) {
		int reason = errno;

		close(hold[0]);
		close(hold[1]);
		return error_set(err, reason, "cannot make a pipe: %s", strerror(reason));
	}
	launch->pid = fork();
	if (launch->pid == 0) {
		close(hold[1]);
		close(failure[0]);
		become(argv, output, hold[0], failure[1]);
	}
	close(hold[0]);
	close(failure[1]);
	launch->hold_fd = hold[1];
	launch->failure_fd = failure[0];
	if (launch->pid > 0)
		launch->pid_fd = (int)syscall(SYS_pidfd_open, launch->pid, 0);
	if (launch->pid_fd >= 0)
		return true;
	error_set(err, errno, "cannot start '%s': %s", argv[0], strerror(errno));
	launch_close(launch);
	return false;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void launch_close(struct launch *launch)
{
	if (launch->pid <= 0)
		return;
	if (launch->hold_fd >= 0) {
		kill(launch->pid, SIGKILL);
		waitpid(launch->pid, NULL, 0);
	}
	close_fd(&launch->hold_fd);
	close_fd(&launch->failure_fd);
	close_fd(&launch->pid_fd);
	launch->pid = 0;
}

bool launch_go(struct launch *launch, struct error *err)
{
	int reason = 0;
	ssize_t got;

	close_fd(&launch->hold_fd);
	do {
		got = read(launch->failure_fd, &reason, sizeof(reason));
	} while (got < 0 && errno == EINTR);
	close_fd(&launch->failure_fd);
	if (got != sizeof(reason))
		return true;
	launch_wait(launch, NULL);
	return refuse(launch->name, reason, err);
}

bool launch_has_ended(const struct launch *launch)
{
	struct pollfd ended = { .fd = launch->pid_fd, .events = POLLIN };

	return launch->pid > 0 && poll(&ended, 1, 0) > 0;
}

void launch_signal(const struct launch *launch, int signal_number)
{
	if (launch->pid > 0 && !launch_has_ended(launch))
		kill(launch->pid, signal_number);
}

int launch_wait(struct launch *launch, int *signal_number)
{
	int status = 0;

	while (waitpid(launch->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (signal_number)
		*signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
