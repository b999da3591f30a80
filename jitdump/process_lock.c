/* SPDX-License-Identifier: MIT */
#include "jitdump/process_lock.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>

/* Zeroed in a forked child. A zeroed pthread_mutex_t is an unlocked one in glibc and in musl. */
struct fork_page {
	pthread_mutex_t lock;
	bool has_generation;
	int cancel_state; /* of the thread that holds the lock */
};

static struct fork_page *page;
static unsigned generation; /* inherited by a child, which then counts on */
static pthread_once_t page_once = PTHREAD_ONCE_INIT;
static int page_status;

static void map_page(void)
{
	void *memory = mmap(NULL, sizeof(struct fork_page), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		page_status = -errno;
		return;
	}
	if (madvise(memory, sizeof(struct fork_page), MADV_WIPEONFORK) != 0) {
		page_status = -errno;
		munmap(memory, sizeof(struct fork_page));
		return;
	}
	page = memory;
}

int jitdump_process_lock_init(void)
{
	pthread_once(&page_once, map_page);
	return page_status;
}

unsigned jitdump_process_lock(void)
{
	int cancel_state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	pthread_mutex_lock(&page->lock);
	page->cancel_state = cancel_state;
	if (!page->has_generation) {
		generation++;
		page->has_generation = true;
	}
	return generation;
}

void jitdump_process_unlock(void)
{
	int cancel_state = page->cancel_state;

	pthread_mutex_unlock(&page->lock);
	pthread_setcancelstate(cancel_state, &cancel_state);
}
