/* SPDX-License-Identifier: MIT */
/*
 * What the user asks of jprof top.
 *
 * You give argv; you get what to sample, which of the samples count and for how long, and what is
 * shown of them, checked for what goes together. It never looks at the machine.
 */
#ifndef UI_TOP_OPTIONS_H
#define UI_TOP_OPTIONS_H

#include "profiler/rolling_profile.h"
#include "ui/function_table.h"
#include "ui/table_text.h"
#include "ui/target_options.h"

struct top_options {
	struct target_options target; /* with the recorder's options */
	struct rolling_options rolling;
	uint64_t delay_ns; /* between two refreshes */
	uint64_t batch;	   /* how many to print; 0: it was not said */
	struct selection selection;
	struct sort_order order;
	struct table_text_options table;
};

/* -1 when there is something to do, else the exit code: help or a sentence was printed. */
int top_options_read(struct top_options *top, int argc, char **argv);
void top_options_deinit(struct top_options *top);

#endif
