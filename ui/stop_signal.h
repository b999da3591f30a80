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

extern struct stop_request stop_signal;

void stop_signal_catch(void);

#endif
