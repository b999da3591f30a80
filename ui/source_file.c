/* SPDX-License-Identifier: MIT */
#include "ui/source_file.h"

#include "jitdump/xalloc.h"
#include "ui/printable.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Generated sources have some megabytes, and some of their lines all of it. */
enum { FILE_BYTES_MAX = 32 << 20, LINE_BYTES_MAX = 1024, TAB_WIDTH = 8 };

static void deinit_file(struct source_file *file)
{
	free(file->recorded);
	free(file->path);
	free(file->text);
	free(file->lines);
}

void source_files_deinit(struct source_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		deinit_file(&files->items[i]);
	free(files->items);
	free(files->line);
	*files = (struct source_files){ 0 };
}

/* What is no regular file is opened (no FIFO blocks that), and not read. */
static char *read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	char *text = NULL;
	ssize_t got = 1;
	size_t used = 0;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= FILE_BYTES_MAX)
		text = xmalloc((size_t)status.st_size + 1);
	while (text && used < (size_t)status.st_size && got > 0) {
		got = read(fd, text + used, (size_t)status.st_size - used);
		used += got > 0 ? (size_t)got : 0;
	}
	if (text)
		text[used] = '\0';
	close(fd);
	return text;
}

static void find_lines(struct source_file *file)
{
	const char *at = file->text;

	while (at) {
		file->lines = xgrow(file->lines, file->line_count, &file->line_capacity,
				    sizeof(*file->lines));
		file->lines[file->line_count++] = (uint32_t)(at - file->text);
		at = strchr(at, '\n');
		at += at != NULL;
	}
}

/* V8 names modules by URL. */
static const char *without_scheme(const char *recorded)
{
	static const char scheme[] = "file://";

	return strncmp(recorded, scheme, strlen(scheme)) ? recorded : recorded + strlen(scheme);
}

static bool has_parent(const char *path)
{
	return !strncmp(path, "../", 3) || strstr(path, "/../") || !strcmp(path, "..");
}

static void find_file(struct source_file *file)
{
	const char *path = without_scheme(file->recorded);

	file->text = read_file(path);
	while (!file->text && (path = strchr(path, '/'))) {
		path += strspn(path, "/");
		if (*path && !has_parent(path))
			file->text = read_file(path);
	}
	if (!file->text)
		return;
	file->path = xstrdup(path);
	find_lines(file);
}

static struct source_file *get_file(struct source_files *files, const char *recorded)
{
	struct source_file *file;

	for (size_t i = 0; i < files->count; i++) {
		if (!strcmp(files->items[i].recorded, recorded))
			return &files->items[i];
	}
	files->items = xgrow(files->items, files->count, &files->capacity, sizeof(*files->items));
	file = &files->items[files->count++];
	*file = (struct source_file){ .recorded = xstrdup(recorded) };
	find_file(file);
	return file;
}

const char *source_files_path(struct source_files *files, const char *recorded)
{
	return get_file(files, recorded)->path;
}

static size_t spread_tabs(char *to, size_t room, const char *from)
{
	size_t used = 0;

	for (; *from && *from != '\n' && *from != '\r' && used + TAB_WIDTH < room; from++) {
		size_t width = *from == '\t' ? TAB_WIDTH - used % TAB_WIDTH : 1;

		memset(to + used, *from == '\t' ? ' ' : *from, width);
		used += width;
	}
	to[used] = '\0';
	return used;
}

const char *source_files_line(struct source_files *files, const char *recorded, uint32_t number)
{
	const struct source_file *file = get_file(files, recorded);
	char spread[LINE_BYTES_MAX];
	size_t used;

	if (!number || number > file->line_count)
		return NULL;
	if (!files->line)
		files->line = xmalloc(LINE_BYTES_MAX);
	used = spread_tabs(spread, sizeof(spread), file->text + file->lines[number - 1]);
	while (used && spread[used - 1] == ' ')
		spread[--used] = '\0';
	return copy_printable(files->line, LINE_BYTES_MAX, spread);
}
