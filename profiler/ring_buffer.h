/* SPDX-License-Identifier: MIT */
/*
 * One ring that the kernel writes records into, as its only reader.
 *
 * You give a mapped descriptor (or memory, in tests); you get record after record, in place, and
 * give them back. A record that wraps around the end is copied once. It never waits, and never
 * trusts a size: a ring whose records make no sense is emptied and counted.
 *
 *     page 0          pages 1..2^n
 *     perf_event_mmap_page | data:  ...free... tail [taken] next [not read yet] head ...free...
 *
 * All three count bytes and never wrap. Source: perf_event_open(2), "MMAP layout", and the comment
 * on data_head in linux/perf_event.h.
 */
#ifndef PROFILER_RING_BUFFER_H
#define PROFILER_RING_BUFFER_H

#include "profiler/error.h"

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>

struct ring_buffer {
	struct perf_event_mmap_page *page; /* shared with the kernel */
	const uint8_t *data;
	size_t data_bytes;   /* a power of two */
	size_t mapped_bytes; /* 0: the memory is the caller's */
	uint64_t head;	     /* as last looked at */
	uint64_t next;	     /* the oldest record not taken */
	uint64_t tail;	     /* the oldest record not given back */
	uint64_t damaged;    /* how often the ring had to be emptied */
	uint8_t *unwrapped;  /* a copy of the record that wraps: of two in a row only one does */
};

/* Maps the ring of a perf event; data_bytes is a power of two of whole pages. err->code is EPERM
 * where the limit for locked memory is met. */
bool ring_buffer_map(struct ring_buffer *ring, int fd, size_t data_bytes, struct error *err);

/* The same over memory that outlives the ring. */
void ring_buffer_init(struct ring_buffer *ring, struct perf_event_mmap_page *page,
		      const uint8_t *data, size_t data_bytes);
void ring_buffer_deinit(struct ring_buffer *ring);

/* Looks how far the kernel has written: what is there now is what ring_buffer_peek() will give. */
void ring_buffer_look(struct ring_buffer *ring);

/* The oldest record not taken, or NULL when all that was there at the last look has been taken.
 * Borrowed until it is given back; not aligned. */
const struct perf_event_header *ring_buffer_peek(struct ring_buffer *ring);

/* Takes the record of the last peek: the one behind it is next. One record at a time is taken and
 * not given back. */
void ring_buffer_take(struct ring_buffer *ring);

/* Gives back what was taken: the kernel may write over it. */
void ring_buffer_release(struct ring_buffer *ring);

/* How many bytes the kernel has written by now that were not given back. */
uint64_t ring_buffer_used(const struct ring_buffer *ring);

#endif
