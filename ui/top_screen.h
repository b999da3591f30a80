/* SPDX-License-Identifier: MIT */
/*
 * What runs, in the terminal UI while it runs.
 *
 * You give a live profile that was started; you get a user who looks at it until he leaves. When
 * the target ends the profile stays to be explored. It never prints.
 */
#ifndef UI_TOP_SCREEN_H
#define UI_TOP_SCREEN_H

#include "ui/live.h"
#include "ui/top_options.h"

/* False: the terminal cannot be used, with a sentence. */
bool top_screen_run(struct live *live, struct top_options *options, struct error *err);

#endif
