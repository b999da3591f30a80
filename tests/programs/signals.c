/* SPDX-License-Identifier: MIT */
/*
 * Hot code in signal handlers: spin_in_handler runs on the interrupted stack, spin_on_own_stack
 * on a stack of its own (SA_ONSTACK). Both interrupt spin_interrupted, which a stack must show
 * behind the handler and the kernel's trampoline.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

#include "duration.h"

#define PERIOD_US 5000

static volatile sig_atomic_t sink;

HOT_FUNCTION(spin_in_handler)
HOT_FUNCTION(spin_on_own_stack)
HOT_FUNCTION(spin_interrupted)

static void on_alarm(int number)
{
	for (int i = 0; i < 10; i++)
		sink = (int)spin_in_handler((unsigned)sink + (unsigned)number);
}

static void on_virtual_alarm(int number)
{
	for (int i = 0; i < 10; i++)
		sink = (int)spin_on_own_stack((unsigned)sink + (unsigned)number);
}

static void start(int number, int timer, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags | SA_RESTART };
	struct itimerval period = { { 0, PERIOD_US }, { 0, PERIOD_US } };

	sigfillset(&action.sa_mask); /* no handler interrupts the other */
	sigaction(number, &action, NULL);
	setitimer(timer, &period, NULL);
}

int main(int argc, char **argv)
{
	static char own_stack[1 << 16];
	stack_t stack = { .ss_sp = own_stack, .ss_size = sizeof(own_stack) };
	uint64_t end_ns = end_time_ns(argc, argv);
	unsigned seed = 1;

	sigaltstack(&stack, NULL);
	start(SIGALRM, ITIMER_REAL, on_alarm, 0);
	start(SIGVTALRM, ITIMER_VIRTUAL, on_virtual_alarm, SA_ONSTACK);
	while (now_ns() < end_ns)
		seed = spin_interrupted(seed);
	printf("%u\n", seed + (unsigned)sink);
	return 0;
}
