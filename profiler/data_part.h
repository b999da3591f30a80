/* SPDX-License-Identifier: MIT */
/*
 * One file of a recording, record by record, in the order of the file.
 *
 * You give a descriptor and the range of its records; you get every whole record, those inside
 * compressed ones too, and at the end the reason why there are no more. It never interprets a
 * record but for its framing: payloads that follow a record are passed over.
 */
#ifndef PROFILER_DATA_PART_H
#define PROFILER_DATA_PART_H

#include "profiler/data_window.h"

#include <stdbool.h>
#include <stdint.h>

/* One record; the bytes are borrowed until the next call, and not aligned. */
struct data_record {
	const uint8_t *bytes;
	uint32_t type;
	uint16_t size;	  /* of the whole record, header included */
	bool is_inflated; /* it came out of a compressed record: no place in the file */
	uint64_t offset;  /* in the file; of the compressed record for one that was inflated */
};

enum data_part_end {
	DATA_PART_ENDS_WHOLE,	   /* or has not ended yet */
	DATA_PART_IS_CUT,	   /* inside a record */
	DATA_PART_IS_DAMAGED,	   /* a record cannot have the size it says */
	DATA_PART_IS_NOT_INFLATED, /* compressed records that zstd refuses */
};

struct data_inflate;

struct data_part {
	int fd; /* borrowed */
	uint64_t next, end;
	uint64_t whole_end; /* no record that begins before goes on behind */
	struct data_window window;
	struct data_window *shared;   /* is used in its place; NULL: none */
	bool keeps_compressed;	      /* compressed records are given as they are */
	struct data_inflate *inflate; /* made at the first compressed record */
	uint64_t inflated_at;	      /* the offset of the one being inflated */
	enum data_part_end why_ended;
};

void data_part_init(struct data_part *part, int fd, uint64_t start, uint64_t end);
void data_part_deinit(struct data_part *part);

/* False at the end: why_ended and `next` (the offset) then say more. */
bool data_part_next(struct data_part *part, struct data_record *record);

#endif
