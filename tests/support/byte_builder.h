/* SPDX-License-Identifier: MIT */
/*
 * Bytes written out field by field, so that a test shows what it feeds to a parser.
 *
 *     struct byte_builder bytes = { 0 };
 *     size_t comm = bytes_begin_record(&bytes, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC);
 *     bytes_u32(&bytes, 41);
 *     bytes_u32(&bytes, 42);
 *     bytes_text(&bytes, "node");
 *     bytes_end_record(&bytes, comm);
 */
#ifndef SUPPORT_BYTE_BUILDER_H
#define SUPPORT_BYTE_BUILDER_H

#include <stddef.h>
#include <stdint.h>

struct perf_event_header;

/* Zeroed is empty. The bytes move as they grow. */
struct byte_builder {
	uint8_t *bytes;
	size_t size, capacity;
};

void bytes_free(struct byte_builder *builder);

void bytes_add(struct byte_builder *builder, const void *bytes, size_t size);
void bytes_fill(struct byte_builder *builder, uint8_t value, size_t size);
void bytes_u8(struct byte_builder *builder, uint8_t value);
void bytes_u16(struct byte_builder *builder, uint16_t value);
void bytes_u32(struct byte_builder *builder, uint32_t value);
void bytes_u64(struct byte_builder *builder, uint64_t value);
/* With its NUL, padded with zeros to a multiple of 8 as the kernel does. */
void bytes_text(struct byte_builder *builder, const char *text);

/* A perf_event_header whose size is filled in at the end. Returns what the end needs. */
size_t bytes_begin_record(struct byte_builder *builder, uint32_t type, uint16_t misc);
void bytes_end_record(struct byte_builder *builder, size_t start);

/* The record that begins at `start`; until the builder grows. */
const struct perf_event_header *bytes_record(const struct byte_builder *builder, size_t start);

#endif
