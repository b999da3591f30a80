/* SPDX-License-Identifier: MIT */
#include "profiler/ring_buffer.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void ring_buffer_init(struct ring_buffer *ring, struct perf_event_mmap_page *page,
		      const uint8_t *data, size_t data_bytes)
{
	*ring = (struct ring_buffer){ .page = page, .data = data, .data_bytes = data_bytes };
}

bool ring_buffer_map(struct ring_buffer *ring, int fd, size_t data_bytes, struct error *err)
{
	size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped_bytes = page_bytes + data_bytes;
	uint8_t *memory = mmap(NULL, mapped_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return error_set(err, errno, "cannot map a ring of %zu KiB: %s", data_bytes / 1024,
				 strerror(errno));
	ring_buffer_init(ring, (struct perf_event_mmap_page *)memory, memory + page_bytes,
			 data_bytes);
	ring->mapped_bytes = mapped_bytes;
	return true;
}

void ring_buffer_deinit(struct ring_buffer *ring)
{
	if (ring->mapped_bytes)
		munmap(ring->page, ring->mapped_bytes);
	free(ring->unwrapped);
	*ring = (struct ring_buffer){ 0 };
}

void ring_buffer_look(struct ring_buffer *ring)
{
	/* Acquire: the records before the head are read after it. */
	ring->head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
}

/* The `size` bytes of the next record, together. */
static const uint8_t *together(struct ring_buffer *ring, size_t size)
{
	size_t offset = ring->next & (ring->data_bytes - 1);
	size_t before_end = ring->data_bytes - offset;

	if (size <= before_end)
		return ring->data + offset;
	if (!ring->unwrapped)
		ring->unwrapped = xmalloc(UINT16_MAX);
	memcpy(ring->unwrapped, ring->data + offset, before_end);
	memcpy(ring->unwrapped + before_end, ring->data, size - before_end);
	return ring->unwrapped;
}

const struct perf_event_header *ring_buffer_peek(struct ring_buffer *ring)
{
	uint64_t available = ring->head - ring->next;
	struct perf_event_header header;

	if (available == 0)
		return NULL;
	if (available >= sizeof(header) && available <= ring->data_bytes) {
		memcpy(&header, together(ring, sizeof(header)), sizeof(header));
		if (header.size >= sizeof(header) && header.size <= available)
			return (const struct perf_event_header *)together(ring, header.size);
	}
	bool has_taken = ring->next != ring->tail;

	ring->damaged++;
	ring->next = ring->head;
	if (!has_taken)
		ring_buffer_release(ring);
	return NULL;
}

void ring_buffer_take(struct ring_buffer *ring)
{
	struct perf_event_header header;

	memcpy(&header, together(ring, sizeof(header)), sizeof(header));
	ring->next += header.size;
	/* Most records are as long as the one before: the header behind the next one is asked for. */
	__builtin_prefetch(ring->data + ((ring->next + header.size) & (ring->data_bytes - 1)));
}

void ring_buffer_release(struct ring_buffer *ring)
{
	ring->tail = ring->next;
	/* Release: the kernel writes only after we have read. */
	__atomic_store_n(&ring->page->data_tail, ring->tail, __ATOMIC_RELEASE);
}

uint64_t ring_buffer_used(const struct ring_buffer *ring)
{
	return __atomic_load_n(&ring->page->data_head, __ATOMIC_RELAXED) - ring->tail;
}
