/* SPDX-License-Identifier: MIT */
#include "ui/bus_signal.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Only calls that a signal handler may make. When it returns the access is made again. */
static void map_zeros(int number, siginfo_t *fault, void *context)
{
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
	char *page = (char *)fault->si_addr - (uintptr_t)fault->si_addr % page_size;
	int before = errno;

	(void)context;
	if (fault->si_code != BUS_ADRERR ||
	    mmap(page, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == MAP_FAILED)
		signal(number, SIG_DFL);
	errno = before;
}

void bus_signal_catch(void)
{
	struct sigaction action = { .sa_sigaction = map_zeros, .sa_flags = SA_SIGINFO };

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}
