/* SPDX-License-Identifier: MIT */
/*
 * Puts the records of a recording into time order.
 *
 * You give each record's time and where it lies, in the order of the file; you get the places back
 * in time order. It never holds a record: 24 bytes for each that waits. Records of equal time keep
 * the order of the file. Take everything that may go before you add again.
 *
 * The recorder reads its rings in rounds, and says in the file when one is finished. Whatever was
 * recorded before a round began is in the file by its end; so at the end of a round everything up
 * to the newest time of the round before may go, and no more waits than two rounds hold. A file
 * without rounds is sorted as a whole.
 */
#ifndef PROFILER_DATA_ORDER_H
#define PROFILER_DATA_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a record lies. */
struct data_place {
	uint64_t offset;
	uint16_t source; /* number of the file, as the caller counts */
	uint16_t size;
};

struct data_order_entry;

/* Zeroed is empty. */
struct data_order {
	struct data_order_entry *entries;
	size_t capacity;
	size_t next, ready_end, count; /* [next, ready_end) may go, [ready_end, count) waits */
	uint64_t round_newest_ns, before_newest_ns;
	bool is_unsorted;
	size_t waiting_max; /* 0: 64 million (1.5 GB); beyond, the older half goes early */
};

void data_order_deinit(struct data_order *order);

/* A time of 0 (records that the recorder made up, or that tell none) goes before all others. */
void data_order_add(struct data_order *order, uint64_t time_ns, struct data_place place);

void data_order_finish_round(struct data_order *order);

/* No more come: everything may go. */
void data_order_finish(struct data_order *order);

bool data_order_is_ready(const struct data_order *order);

/* The next record that may go; false if all of them wait. */
bool data_order_next(struct data_order *order, struct data_place *place);

#endif
