/* SPDX-License-Identifier: MIT */
#include "ui/stop_signal.h"

#include "ui/terminal.h"

#include <stddef.h>
#include <time.h>

/* timeout(1) sends its signal to the program, and microseconds later to the program's group. */
#define REPEAT_NS 200000000u

struct stop_request stop_signal;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Ending is not to be stopped because the terminal is another job's by now. */
static void end_unstopped(void)
{
	signal(SIGTTOU, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
}

static void remember(int number, siginfo_t *sent, void *context)
{
	(void)context;
	if (!stop_signal.signal_number) {
		/* The terminal's Ctrl-C goes to the whole foreground job, and is the kernel's. When
		 * it hangs up, that is no word to the command, which may ignore it. */
		stop_signal.is_ours_alone = number == SIGHUP || sent->si_code != SI_KERNEL;
		stop_signal.received_ns = now_ns();
		stop_signal.signal_number = number;
		end_unstopped();
	} else if (number != SIGHUP && now_ns() - stop_signal.received_ns > REPEAT_NS) {
		/* Meant: it has its default action when this handler returns. */
		terminal_restore();
		signal(number, SIG_DFL);
		raise(number);
	}
}

static struct sigaction remembering(void)
{
	struct sigaction action = { .sa_sigaction = remember, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, SIGINT);
	sigaddset(&action.sa_mask, SIGTERM);
	sigaddset(&action.sa_mask, SIGHUP);
	return action;
}

void stop_signal_catch(void)
{
	struct sigaction action = remembering(), before;

	stop_signal = (struct stop_request){ 0 };
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
}

void stop_signal_catch_interrupt(struct sigaction *before)
{
	struct sigaction action = remembering();

	sigaction(SIGINT, NULL, before);
	if (before->sa_handler != SIG_IGN)
		sigaction(SIGINT, &action, NULL);
}

void stop_signal_release(const struct sigaction *before)
{
	sigaction(SIGINT, before, NULL);
}
