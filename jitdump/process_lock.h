/* SPDX-License-Identifier: MIT */
/*
 * The lock of everything that libjitdump keeps for a process, and the answer to "am I a forked
 * child of who wrote this?".
 *
 * You give nothing, you get mutual exclusion between the threads of one process and a generation
 * number. It never deadlocks a forked child: the mutex lies on a page that the kernel zeroes in
 * every child (MADV_WIPEONFORK, Linux 4.14), however the child was made, so there the lock is free
 * even if another thread of the parent held it.
 *
 * What the lock protects stays in ordinary memory and can be inherited in mid-change. Its owners
 * therefore order their stores so that a child can always forget it.
 */
#ifndef JITDUMP_PROCESS_LOCK_H
#define JITDUMP_PROCESS_LOCK_H

/* To be called once before the lock is used, any number of times, by any thread. Returns 0 or a
 * negative errno. */
int jitdump_process_lock_init(void);

/*
 * Takes the lock. The calling thread cannot be cancelled until it is given back. Returns the
 * generation of this process: never 0, and another one than that of any ancestor.
 */
unsigned jitdump_process_lock(void);
void jitdump_process_unlock(void);

#endif
