/* SPDX-License-Identifier: MIT */
/*
 * The records that announce one function or one move, ready to be written in one go.
 *
 * You give a checked description, you get the pieces DEBUG_INFO, UNWINDING_INFO, CODE_LOAD in that
 * order: perf gives lines and unwind data to the next load. The number and the time are stamped in
 * last, under the writer's lock. It never copies code or unwind tables: they are borrowed from the
 * caller until the pieces are written.
 *
 * An UNWINDING_INFO is written for every function. Without a table of its own the function gets an
 * empty one, which tells readers to follow its frame pointer and can not be taken for its
 * neighbour's.
 */
#ifndef JITDUMP_ANNOUNCEMENT_H
#define JITDUMP_ANNOUNCEMENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "jitdump/format.h"
#include "jitdump/libjitdump.h"

/* None of these has padding: all members are as aligned as they are long. */
struct jitdump_load_record {
	struct jitdump_record_prefix prefix;
	struct jitdump_load_fields fields;
};

struct jitdump_move_record {
	struct jitdump_record_prefix prefix;
	struct jitdump_move_fields fields;
};

struct jitdump_debug_record {
	struct jitdump_record_prefix prefix;
	struct jitdump_debug_fields fields;
};

struct jitdump_unwinding_record {
	struct jitdump_record_prefix prefix;
	struct jitdump_unwinding_fields fields;
};

#define JITDUMP_PIECES_MAX 7

struct jitdump_announcement {
	struct jitdump_debug_record debug;
	struct jitdump_unwinding_record unwinding;
	struct jitdump_load_record load;
	uint8_t *entries; /* of the line table; owned */
	char *name;	  /* fit for a symbol table; owned */
	struct iovec pieces[JITDUMP_PIECES_MAX];
	int piece_count;
};

/*
 * Checks the description and lays out its records. Errors: those of jitdump_add(). The
 * announcement points into itself: it must not be copied.
 */
int jitdump_announcement_init(struct jitdump_announcement *announcement,
			      const struct jitdump_function *function);
void jitdump_announcement_deinit(struct jitdump_announcement *announcement);

/* Fills in what is known only when it is this announcement's turn. */
void jitdump_announcement_stamp(struct jitdump_announcement *announcement, uint64_t code_index,
				uint64_t now_ns);

#endif
