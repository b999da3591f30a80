/* SPDX-License-Identifier: MIT */
/*
 * What stands above every report: where the numbers come from and how good they are.
 */
#ifndef UI_REPORT_HEADER_H
#define UI_REPORT_HEADER_H

#include "ui/stats.h"

void report_header_print(FILE *out, const struct recording *recording, const struct stats *stats);

#endif
