/* SPDX-License-Identifier: MIT */
/*
 * The tables of a recording in pipe form, where they are records among the others.
 *
 * You give the range of the records; the events and features are filled in. It goes through all of
 * them once, so that everything is known before the first record is handed out.
 */
#ifndef PROFILER_DATA_PIPE_H
#define PROFILER_DATA_PIPE_H

#include "profiler/data_features.h"
#include "profiler/data_header.h"

void data_pipe_read_tables(const struct data_header *header, struct data_events *events,
			   struct data_feature_set *features);

#endif
