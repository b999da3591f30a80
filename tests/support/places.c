/* SPDX-License-Identifier: MIT */
#include "support/places.h"

#include "symbolize/elf_file.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ENTRY_BYTES = 64 };

bool places_find(const char *program, const char *name, size_t number, uint64_t *image_address)
{
	struct elf_file *file = elf_file_open_path(program);
	struct elf_section section;
	bool is_found = false;
	int64_t distance;

	assert_non_null(file);
	assert_true(elf_file_section(file, ".places", &section) && section.bytes);
	for (size_t at = 0; at + ENTRY_BYTES <= section.size && !is_found; at += ENTRY_BYTES) {
		if (strcmp((const char *)section.bytes + at + sizeof(distance), name) || number--)
			continue;
		memcpy(&distance, section.bytes + at, sizeof(distance));
		*image_address = section.image_address + at + (uint64_t)distance;
		is_found = true;
	}
	elf_file_close(file);
	return is_found;
}

uint32_t places_line(const char *source, const char *comment)
{
	char path[512], text[512], wanted[64];
	uint32_t line = 0;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/symbolize/%s", JPROF_TESTS_DIR, source);
	snprintf(wanted, sizeof(wanted), "/* %s */", comment);
	stream = fopen(path, "r");
	assert_non_null(stream);
	while (fgets(text, sizeof(text), stream)) {
		line++;
		if (strstr(text, wanted)) {
			fclose(stream);
			return line;
		}
	}
	fail_msg("no line of %s has %s", path, wanted);
	return 0;
}

static void become(const char *program, const int input[2], const int output[2])
{
	dup2(input[0], STDIN_FILENO);
	dup2(output[1], STDOUT_FILENO);
	close(input[1]);
	close(output[0]);
	execl(program, program, "wait", (char *)NULL);
	_exit(127);
}

struct places_process places_start(const char *program, uint64_t *outer)
{
	struct places_process process;
	int input[2], output[2];
	FILE *stream;

	assert_int_equal(pipe(input), 0);
	assert_int_equal(pipe(output), 0);
	process.pid = fork();
	assert_true(process.pid >= 0);
	if (!process.pid)
		become(program, input, output);
	close(input[0]);
	close(output[1]);
	process.input = input[1];
	stream = fdopen(output[0], "r");
	assert_int_equal(fscanf(stream, "%" SCNx64, outer), 1);
	fclose(stream);
	return process;
}

void places_end(struct places_process *process)
{
	close(process->input);
	waitpid(process->pid, NULL, 0);
}
