/* SPDX-License-Identifier: MIT */
#include "ui/stop_signal.h"

#include <string.h>

volatile sig_atomic_t stop_signal;

static void remember(int number)
{
	stop_signal = number;
}

void stop_signal_catch(void)
{
	/* SA_RESETHAND: the second signal has its default action. */
	struct sigaction action = { .sa_handler = remember, .sa_flags = (int)SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}
