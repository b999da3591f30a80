/* SPDX-License-Identifier: MIT */
#include "symbolize/perf_map.h"

#include "jitdump/text.h"
#include "jitdump/xalloc.h"
#include "symbolize/range_index.h"
#include "symbolize/string_pool.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A longer line is bad: no name has so many bytes. */
enum { LINE_BYTES_MAX = 256 << 10 };

struct line {
	uint64_t start, size;
	const char *name;
};

struct perf_map {
	int fd;
	struct string_pool *strings; /* borrowed */
	struct line *lines;	     /* numbered as in the index */
	size_t line_count, line_capacity;
	struct range_index index;
	uint64_t file_size;  /* as of the last poll */
	uint64_t position;   /* of the next line in the file */
	bool is_within_long; /* the position is inside a line that is too long */
	uint64_t bad_lines;
	char *buffer; /* LINE_BYTES_MAX */
};

struct perf_map *perf_map_create(int fd, struct string_pool *strings)
{
	struct perf_map *map = xcalloc(1, sizeof(*map));

	map->fd = fd;
	map->strings = strings;
	return map;
}

void perf_map_destroy(struct perf_map *map)
{
	if (!map)
		return;
	close(map->fd);
	range_index_deinit(&map->index);
	free(map->lines);
	free(map->buffer);
	free(map);
}

/* Reads a hexadecimal number, with or without 0x, and the blanks behind it. */
static bool take_number(const char **at, const char *end, uint64_t *number)
{
	const char *start = *at;
	uint64_t value = 0;

	if (end - start > 2 && start[0] == '0' && (start[1] == 'x' || start[1] == 'X'))
		start += 2;
	const char *digit = start;

	for (; digit < end && isxdigit((unsigned char)*digit); digit++) {
		unsigned char low = (unsigned char)(*digit | 0x20);

		if (value >> 60)
			return false;
		value = value << 4 | (uint64_t)(low >= 'a' ? low - 'a' + 10 : low - '0');
	}
	if (digit == start || digit == end || (*digit != ' ' && *digit != '\t'))
		return false;
	while (digit < end && (*digit == ' ' || *digit == '\t'))
		digit++;
	*number = value;
	*at = digit;
	return true;
}

static bool add_line(struct perf_map *map, char *text, size_t length)
{
	const char *at = text, *end = text + length;
	struct line line;

	if (end > at && end[-1] == '\r')
		end--;
	if (!take_number(&at, end, &line.start) || !take_number(&at, end, &line.size) ||
	    at == end || line.size > UINT64_MAX - line.start || map->line_count == UINT32_MAX)
		return false;
	char *name = text + (at - text);
	size_t name_length = (size_t)(end - at);

	text_replace_controls(name, name_length);
	line.name = string_pool_add_bytes(map->strings, name, name_length);
	map->lines = xgrow(map->lines, map->line_count, &map->line_capacity, sizeof(*map->lines));
	map->lines[map->line_count++] = line;
	range_index_add(&map->index, line.start, line.size);
	return true;
}

/* One line without its newline, or what is there of it. An empty one says nothing. */
static void take_line(struct perf_map *map, char *text, size_t length)
{
	if (map->is_within_long || (length > 0 && !add_line(map, text, length)))
		map->bad_lines++;
	map->is_within_long = false;
}

/* Takes the whole lines of a piece of the file; returns their size. */
static size_t take_whole_lines(struct perf_map *map, size_t size)
{
	char *at = map->buffer, *end = at + size, *newline;

	while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
		take_line(map, at, (size_t)(newline - at));
		at = newline + 1;
	}
	return (size_t)(at - map->buffer);
}

static size_t read_piece(struct perf_map *map)
{
	ssize_t got;

	do
		got = pread(map->fd, map->buffer, LINE_BYTES_MAX, (off_t)map->position);
	while (got < 0 && errno == EINTR);
	return got > 0 ? (size_t)got : 0;
}

static void start_again(struct perf_map *map)
{
	range_index_deinit(&map->index);
	map->line_count = 0;
	map->position = 0;
	map->is_within_long = false;
}

/* Reads to the end of the file as it is now. */
static void read_lines(struct perf_map *map, bool ended)
{
	size_t size;

	if (!map->buffer)
		map->buffer = xmalloc(LINE_BYTES_MAX);
	while ((size = read_piece(map)) > 0) {
		size_t taken = take_whole_lines(map, size);

		if (taken == 0 && size == LINE_BYTES_MAX) {
			map->is_within_long = true;
			taken = size;
		} else if (taken == 0 && ended) {
			take_line(map, map->buffer, size);
			taken = size;
		}
		map->position += taken;
		if (taken == 0)
			return;
	}
}

size_t perf_map_poll(struct perf_map *map, bool ended)
{
	size_t before = map->line_count;
	struct stat status;

	if (fstat(map->fd, &status) != 0)
		return 0;
	uint64_t size = (uint64_t)status.st_size;

	if (size == map->position || (size == map->file_size && !ended))
		return 0;
	if (size < map->file_size) {
		start_again(map);
		before = 0;
	}
	map->file_size = size;
	read_lines(map, ended);
	return map->line_count - before;
}

bool perf_map_find(struct perf_map *map, uint64_t address, struct symbol *symbol)
{
	uint32_t number;

	if (!range_index_find(&map->index, address, &number))
		return false;
	*symbol = (struct symbol){
		.name = map->lines[number].name,
		.start = map->lines[number].start,
		.size = map->lines[number].size,
	};
	return true;
}

bool perf_map_has_lines(const struct perf_map *map)
{
	return map->line_count > 0;
}

uint64_t perf_map_bad_lines(const struct perf_map *map)
{
	return map->bad_lines;
}
