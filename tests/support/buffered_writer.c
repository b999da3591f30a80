/* SPDX-License-Identifier: MIT */
#include "support/buffered_writer.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { BYTES_MAX = 4000 };

/* A size, and so many bytes; 0: flush. */
static void obey(const char *path, int commands, int answers)
{
	FILE *out = fopen(path, "we");
	int reader = open(path, O_RDONLY | O_CLOEXEC), moved = dup(fileno(out));
	char bytes[BYTES_MAX];
	uint32_t size;

	/* The stream's descriptor is above the other's. */
	dup2(reader, fileno(out));
	out = fdopen(moved, "w");
	if (!out || write(answers, "", 1) != 1)
		_exit(1);
	while (read(commands, &size, sizeof(size)) == sizeof(size)) {
		if (size && read(commands, bytes, size) == (ssize_t)size)
			fwrite(bytes, 1, size, out);
		else
			fflush(out);
		if (write(answers, "", 1) != 1)
			break;
	}
	_exit(0);
}

static void await_answer(const struct buffered_writer *writer)
{
	char answer;

	assert_int_equal(read(writer->answers, &answer, 1), 1);
}

void buffered_writer_start(struct buffered_writer *writer, const char *path)
{
	int commands[2], answers[2];

	assert_int_equal(pipe2(commands, O_CLOEXEC), 0);
	assert_int_equal(pipe2(answers, O_CLOEXEC), 0);
	writer->pid = fork();
	assert_true(writer->pid >= 0);
	if (!writer->pid) {
		close(commands[1]);
		obey(path, commands[0], answers[1]);
	}
	close(commands[0]);
	close(answers[1]);
	writer->commands = commands[1];
	writer->answers = answers[0];
	await_answer(writer);
}

static void command(const struct buffered_writer *writer, const void *bytes, uint32_t size)
{
	assert_int_equal(write(writer->commands, &size, sizeof(size)), sizeof(size));
	if (size)
		assert_int_equal(write(writer->commands, bytes, size), size);
	await_answer(writer);
}

void buffered_writer_write(struct buffered_writer *writer, const void *bytes, size_t size)
{
	for (size_t at = 0; at < size; at += BYTES_MAX) {
		size_t left = size - at;

		command(writer, (const char *)bytes + at,
			(uint32_t)(left < BYTES_MAX ? left : BYTES_MAX));
	}
}

void buffered_writer_flush(struct buffered_writer *writer)
{
	command(writer, NULL, 0);
}

void buffered_writer_stop(struct buffered_writer *writer)
{
	if (!writer->pid)
		return;
	kill(writer->pid, SIGKILL);
	waitpid(writer->pid, NULL, 0);
	close(writer->commands);
	close(writer->answers);
	writer->pid = 0;
}
