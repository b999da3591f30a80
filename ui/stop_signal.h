/* SPDX-License-Identifier: MIT */
/*
 * The one global of the program: which signal asked it to stop.
 *
 * SIGINT, SIGTERM and SIGHUP (the terminal is gone) set it; whoever runs a long loop or waits for a
 * key looks at it. A second SIGINT or SIGTERM, unless it comes as close behind the first as only
 * programs send it, ends the program at once, as the user expects of a second Ctrl-C; the terminal is
 * restored then, too.
 */
#ifndef UI_STOP_SIGNAL_H
#define UI_STOP_SIGNAL_H

#include "profiler/recorder.h"

#include <signal.h>

extern struct stop_request stop_signal;

/* From now on, whatever came before. SIGHUP stays ignored if it was, as nohup(1) has it. */
void stop_signal_catch(void);

/* For a while only, and SIGINT alone, unless it is ignored: *before is for stop_signal_release(). */
void stop_signal_catch_interrupt(struct sigaction *before);
void stop_signal_release(const struct sigaction *before);

#endif
