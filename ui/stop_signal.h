/* SPDX-License-Identifier: MIT */
/*
 * The one global of the program: which signal asked it to stop.
 *
 * SIGINT and SIGTERM set it; whoever runs a long loop looks at it. A second one, unless it comes as
 * close behind the first as only programs send it, ends the program at once, as the user expects of
 * a second Ctrl-C.
 */
#ifndef UI_STOP_SIGNAL_H
#define UI_STOP_SIGNAL_H

#include "profiler/recorder.h"

#include <signal.h>

extern struct stop_request stop_signal;

void stop_signal_catch(void);

/* For a while only, and SIGINT alone, unless it is ignored: *before is for stop_signal_release(). */
void stop_signal_catch_interrupt(struct sigaction *before);
void stop_signal_release(const struct sigaction *before);

#endif
