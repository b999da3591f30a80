/* SPDX-License-Identifier: MIT */
/*
 * A finished sample as a PERF_RECORD_SAMPLE.
 *
 * You give a sample, its chain and the attribute as it is written (profiler/written_events.h); you
 * get the record. It never writes registers or stacks: the chain stands for them.
 */
#ifndef PROFILER_SAMPLE_RECORD_H
#define PROFILER_SAMPLE_RECORD_H

#include "profiler/chain.h"
#include "profiler/event.h"

struct written_event;

/* A record's size is a u16, and records are multiples of 8 bytes. */
enum { SAMPLE_RECORD_BYTES_MAX = UINT16_MAX / 8 * 8 };

/* Fills `bytes`, SAMPLE_RECORD_BYTES_MAX of them, and returns how many the record has. */
uint32_t sample_record_encode(uint8_t *bytes, const struct written_event *event,
			      const struct event *sample, const struct chain *chain);

#endif
