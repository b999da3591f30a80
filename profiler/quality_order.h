/* SPDX-License-Identifier: MIT */
/*
 * What a recording of ours says of its samples, found sample by sample.
 *
 * You give the qualities in the order in which the recorder finished the samples, then samples in
 * the order of time; you get the quality of each, without a search as long as there is one for
 * every sample. It never copies a quality: 4 bytes for each.
 */
#ifndef PROFILER_QUALITY_ORDER_H
#define PROFILER_QUALITY_ORDER_H

#include "profiler/jprof_section.h"

/* Zeroed is empty. */
struct quality_order {
	const struct sample_quality *qualities;
	uint32_t *numbers; /* of them, by time */
	size_t count;
	size_t next; /* probably the next sample's */
};

/* Borrows the qualities until deinit. */
void quality_order_init(struct quality_order *order, const struct sample_quality *qualities,
			size_t count);
void quality_order_deinit(struct quality_order *order);

/* Of samples that are equal in all three any one's; NULL: there is none. */
const struct sample_quality *quality_order_find(struct quality_order *order, uint64_t time_ns,
						uint32_t tid, uint32_t cpu);

#endif
