/* SPDX-License-Identifier: MIT */
#include "ui/stop_signal.h"

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

static void remember(int number, siginfo_t *sent, void *context)
{
	(void)context;
	if (!stop_signal.signal_number) {
		/* The terminal's Ctrl-C goes to the whole foreground job, and is the kernel's. */
		stop_signal.is_ours_alone = sent->si_code != SI_KERNEL;
		stop_signal.received_ns = now_ns();
		stop_signal.signal_number = number;
	} else if (now_ns() - stop_signal.received_ns > REPEAT_NS) {
		/* Meant: it has its default action when this handler returns. */
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
	return action;
}

void stop_signal_catch(void)
{
	struct sigaction action = remembering();

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
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
