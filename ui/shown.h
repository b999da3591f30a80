/* SPDX-License-Identifier: MIT */
/*
 * What all views show: a profile, what of it is selected, and which function the cursor is on.
 *
 * You give a profile, recorded or rolling; you get the selected samples summed up, anew whenever
 * the selection or the profile changes. It knows no view.
 */
#ifndef UI_SHOWN_H
#define UI_SHOWN_H

#include "ui/recording.h"
#include "ui/selection.h"
#include "ui/stats.h"

/* A function, whatever its lines: interned names, equal if the pointers are. */
struct shown_function {
	const char *name, *module; /* NULL: none */
};

struct shown {
	struct profile *profile;     /* borrowed */
	struct naming *naming;	     /* borrowed */
	struct recording *recording; /* borrowed; NULL: the profile is live */
	struct session *session;     /* borrowed: the recording's, or the live one; NULL: none */
	struct stats stats;	     /* of the whole profile */
	struct selection selection;
	uint32_t event;		    /* which of the recording's events, or SELECTION_ALL_EVENTS */
	struct stack_sums sums;	    /* of what is selected */
	struct stack_sums all_sums; /* of all samples of the event, as of `summed` of them */
	size_t summed;
	uint32_t summed_event;
	uint64_t generation; /* grows with every change of the sums */
	uint64_t reselected; /* grows with what is selected, hidden, or 100 % */
	uint64_t renumbered; /* grows where the numbers of a live profile become others */
	struct shown_function function; /* the cursor's; it follows from view to view */
	struct location body; /* a body of its code that source is asked for, if has_body */
	bool has_body;
	bool is_relative;   /* percentages are of what is selected, else of all */
	double min_percent; /* rows below are left out */
};

void shown_init(struct shown *shown, struct profile *profile, struct naming *naming,
		struct recording *recording);
void shown_deinit(struct shown *shown);

/* After a change of the selection or the event, and where a profile has grown. */
void shown_update(struct shown *shown);

/* The profile is another one from now on. */
void shown_renew(struct shown *shown, struct profile *profile, struct naming *naming);

/* After a change of what frames are hidden, or of what percentages are of: the sums are the same. */
void shown_redraw(struct shown *shown);

/* Of what is selected, whatever percentages are of. */
struct call_weight shown_selected(const struct shown *shown);

/* What 100 % is: the weight of all samples of the event, or of those that are selected. */
uint64_t shown_whole(const struct shown *shown);

/* All the time there is: the recording's, or from the first to the last sample. */
void shown_span(const struct shown *shown, uint64_t *start_ns, uint64_t *end_ns);

static inline struct shown_function shown_function_of(const struct named_frame *frame)
{
	return (struct shown_function){ frame->function, frame->module };
}

static inline bool shown_function_is(struct shown_function a, struct shown_function b)
{
	return a.name == b.name && a.module == b.module;
}

#endif
