/* SPDX-License-Identifier: MIT */
/*
 * A recording that is read while it is already looked at.
 *
 * You give an opened recording whose samples go to a profile; you get a live source for an explorer:
 * each step reads on for a while, so that the first screen is there at once and keys are answered,
 * however large the recording is. At the end it is as if it had been read before.
 */
#ifndef UI_READING_H
#define UI_READING_H

#include "ui/explorer.h"

struct reading {
	struct recording *recording; /* borrowed */
	struct live_source source;   /* to be given to the explorer */
	bool is_over;
};

void reading_init(struct reading *reading, struct recording *recording);

#endif
