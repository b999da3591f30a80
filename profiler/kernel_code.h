/* SPDX-License-Identifier: MIT */
/*
 * The kernel's code, of a session whose kernel is the one that runs here.
 *
 * You give a session; you get its kernel image readable, with names of all that calls in it lead
 * to, or the reason why not: another kernel or another boot ran, or the user may not read it.
 */
#ifndef PROFILER_KERNEL_CODE_H
#define PROFILER_KERNEL_CODE_H

struct session;

/* "", or a sentence. */
const char *kernel_code_use(struct session *session);

#endif
