/* SPDX-License-Identifier: MIT */
/*
 * Which DEBUG_INFO and which UNWINDING_INFO belong to a CODE_LOAD.
 *
 * You give the records in file order; for each load you get the lines and the unwind table that
 * came before it for this code. Lines are matched by address, tables by what their FDEs cover,
 * because another thread's records may stand between. A table that its header places in memory
 * (LLVM ORC) serves all later loads that it covers. It never keeps what no load asks for long: that
 * is given up and reported.
 */
#ifndef JITDUMP_PAIRING_H
#define JITDUMP_PAIRING_H

#include "jitdump/arena.h"
#include "jitdump/problem.h"
#include "jitdump/record.h"
#include "jitdump/unwind_table.h"

enum { PAIRING_WAITING_MAX = 16 };

/* A record that waits for its load. */
struct waiting_record {
	struct jitdump_record record;
	uint8_t *payload;      /* owned; is record.payload */
	uint64_t offset;       /* in the file */
	unsigned passed_count; /* loads that it did not belong to */
};

void waiting_record_deinit(struct waiting_record *waiting);

/* The oldest first. */
struct waiting_list {
	struct waiting_record records[PAIRING_WAITING_MAX];
	size_t count;
	enum jitdump_problem_kind loss; /* what to report of one that is given up */
};

/* An unwind table for a whole object. */
struct object_table {
	struct cfi_table index;
	struct jitdump_unwind_table table;
	uint8_t *payload; /* owned */
};

struct pairing {
	struct waiting_list lines, tables;
	struct object_table *objects; /* all that were ever added: entries borrow from them */
	size_t object_count, object_capacity;
	struct jitdump_problems *problems; /* the caller's */
};

void pairing_init(struct pairing *pairing, struct jitdump_problems *problems);
void pairing_deinit(struct pairing *pairing);

/* A DEBUG_INFO or an UNWINDING_INFO at a file offset. The payload is copied. */
void pairing_add(struct pairing *pairing, const struct jitdump_record *record, uint64_t offset);

/* The DEBUG_INFO for the code, now the caller's. False if there is none. */
bool pairing_take_lines(struct pairing *pairing, uint64_t address, uint64_t size,
			struct waiting_record *lines);

/* The table for the code, with its bytes in the arena or in the pairing; or, with eh_frame NULL,
 * the advice to follow the frame pointer. False if there is neither. */
bool pairing_take_table(struct pairing *pairing, uint64_t address, uint64_t size,
			struct arena *arena, struct jitdump_unwind_table *table);

/* A load has taken what it could: what several loads have passed by is given up. */
void pairing_end_load(struct pairing *pairing);

/* No load will come: all that waits is given up; or, where the loads were cut off, forgotten. */
void pairing_give_up(struct pairing *pairing);
void pairing_forget(struct pairing *pairing);

#endif
