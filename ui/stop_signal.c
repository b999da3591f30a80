/* SPDX-License-Identifier: MIT */
#include "ui/stop_signal.h"

#include <signal.h>
#include <stddef.h>

struct stop_request stop_signal;

static void remember(int number, siginfo_t *sent, void *context)
{
	(void)context;
	/* The terminal's Ctrl-C goes to the whole foreground job, and is the kernel's. */
	stop_signal.is_ours_alone = sent->si_code != SI_KERNEL;
	stop_signal.signal_number = number;
}

void stop_signal_catch(void)
{
	/* SA_RESETHAND: the second signal has its default action. */
	struct sigaction action = { .sa_sigaction = remember,
				    .sa_flags = (int)(SA_RESETHAND | SA_SIGINFO) };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}
