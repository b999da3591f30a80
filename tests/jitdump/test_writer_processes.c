/* SPDX-License-Identifier: MIT */
/* Threads, forked children and processes that die: the file always holds whole records. */
#include "jitdump/libjitdump.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "jitdump/process_lock.h"
#include "support/dump_records.h"
#include "support/in_child.h"
#include "support/scratch_directory.h"

enum { THREAD_COUNT = 8, ROUND_COUNT = 500, LINE_COUNT = 20 };
#define ADDED_COUNT ((size_t)THREAD_COUNT * ROUND_COUNT)

static struct jitdump_writer *open_in(const char *directory)
{
	struct jitdump_options options = { .size = sizeof(options), .directory = directory };
	struct jitdump_writer *writer;

	assert_int_equal(jitdump_open(&options, &writer), 0);
	return writer;
}

static uint64_t add(struct jitdump_writer *writer, const char *name)
{
	static const uint8_t code[] = { 0x90, 0xc3 };
	struct jitdump_function function = { .size = sizeof(function),
					     .name = name,
					     .code_address = 0x4000,
					     .code = code,
					     .code_size = sizeof(code) };
	uint64_t index;

	assert_int_equal(jitdump_add(writer, &function, &index), 0);
	return index;
}

static const char *dump_path(const char *directory, pid_t pid)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/jit-%d.dump", directory, pid);
	return path;
}

static void expect_ids(const char *path, const char *expected)
{
	struct dump_records dump;
	char ids[64];

	dump_records_read(&dump, path);
	dump_records_ids(&dump, ids, sizeof(ids));
	assert_string_equal(ids, expected);
	dump_records_release(&dump);
}

static int count_entries(const char *directory)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;
	int count = 0;

	assert_non_null(entries);
	while ((entry = readdir(entries)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(entries);
	return count;
}

static void ignore(void *argument)
{
	(void)argument;
}

struct worker {
	pthread_t thread;
	struct jitdump_writer *writer;
	int number;
	int failed_count;
};

/* Code, lines and name of one announcement all say whose it is. */
static void *announce_many(void *argument)
{
	struct worker *worker = argument;

	for (int round = 0; round < ROUND_COUNT; round++) {
		uint8_t code[257];
		char name[32];
		struct jitdump_line lines[LINE_COUNT];
		struct jitdump_function function = {
			.size = sizeof(function),
			.name = name,
			.code_address = 0x10000 * (uint64_t)(worker->number + 1),
			.code = code,
			.code_size = (uint64_t)(1 + round % 257),
			.lines = lines,
			.line_count = LINE_COUNT,
		};

		memset(code, worker->number, sizeof(code));
		snprintf(name, sizeof(name), "thread%d", worker->number);
		for (int i = 0; i < LINE_COUNT; i++)
			lines[i] = (struct jitdump_line){ 0, name, (uint32_t)i, 0 };
		if (jitdump_add(worker->writer, &function, NULL) != 0)
			worker->failed_count++;
	}
	return NULL;
}

static void expect_one_threads_unit(const struct dump_records *dump, size_t at)
{
	const char *name;
	const char *file;
	const uint8_t *code;
	const uint8_t *table;
	struct jitdump_load_fields load = dump_records_load(dump, at + 2, &name, &code);
	struct jitdump_debug_entry_fields line = dump_records_line(dump, at, LINE_COUNT - 1, &file);

	dump_records_unwinding(dump, at + 1, &table);
	assert_string_equal(file, name);
	assert_int_equal(line.code_addr, load.code_addr);
	assert_int_equal(load.code_addr, 0x10000 * (atoi(name + strlen("thread")) + 1));
	for (uint64_t i = 0; i < load.code_size; i++)
		assert_int_equal(code[i], atoi(name + strlen("thread")));
}

static void threads_never_come_between_the_records_of_one_function(void **state)
{
	struct worker workers[THREAD_COUNT];
	struct jitdump_writer *writer = open_in(*state);
	struct dump_records dump;
	uint8_t *seen = calloc(ADDED_COUNT, 1);

	for (int i = 0; i < THREAD_COUNT; i++) {
		workers[i] = (struct worker){ .writer = writer, .number = i };
		pthread_create(&workers[i].thread, NULL, announce_many, &workers[i]);
	}
	for (int i = 0; i < THREAD_COUNT; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_int_equal(workers[i].failed_count, 0);
	}
	dump_records_read(&dump, dump_path(*state, getpid()));
	assert_int_equal(dump.count, 3 * ADDED_COUNT);
	for (size_t at = 0; at < dump.count; at += 3) {
		const char *name;
		const uint8_t *code;
		uint64_t index = dump_records_load(&dump, at + 2, &name, &code).code_index;

		expect_one_threads_unit(&dump, at);
		assert_true(index < ADDED_COUNT && !seen[index]);
		seen[index] = 1;
		if (at != 0)
			assert_true(dump.records[at].prefix.timestamp >=
				    dump.records[at - 1].prefix.timestamp);
	}
	dump_records_release(&dump);
	free(seen);
	jitdump_close(writer);
}

static void *open_and_close(void *argument)
{
	for (int round = 0; round < 100; round++) {
		struct jitdump_writer *writer = open_in(argument);

		add(writer, "f");
		jitdump_close(writer);
	}
	return NULL;
}

static void threads_may_open_and_close_at_once(void **state)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, open_and_close, *state);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	/* Whichever writer was the last one: it closed its file. */
	assert_int_equal(count_entries(*state), 1);
}

struct family {
	const char *directory;
	struct jitdump_writer *writer;
	uint64_t parent_index;
	pid_t parent;
};

static void announce_in_child(void *argument)
{
	const struct family *family = argument;
	struct dump_records dump;
	const char *name;
	const uint8_t *code;
	char path[PATH_MAX];

	assert_int_equal(jitdump_path(family->writer, path, sizeof(path)), 0);
	assert_string_equal(path, "");
	assert_int_equal(count_entries(family->directory), 1);

	assert_true(add(family->writer, "in child") > family->parent_index);
	jitdump_path(family->writer, path, sizeof(path));
	assert_string_equal(path, dump_path(family->directory, getpid()));
	dump_records_read(&dump, path);
	assert_int_equal(dump.header.pid, getpid());
	assert_int_equal(dump.count, 2);
	assert_int_equal(dump_records_load(&dump, 1, &name, &code).pid, getpid());
	assert_string_equal(name, "in child");
	dump_records_release(&dump);
	assert_int_equal(jitdump_close(family->writer), 0);
	expect_ids(path, "ULC");
	expect_ids(dump_path(family->directory, family->parent), "UL");
}

static void a_forked_child_starts_its_own_file_at_its_first_announcement(void **state)
{
	struct family family = { *state, open_in(*state), 0, getpid() };

	family.parent_index = add(family.writer, "in parent");
	expect_child_passes(announce_in_child, &family);
	assert_int_equal(count_entries(*state), 2);
	add(family.writer, "in parent again");
	jitdump_close(family.writer);
	expect_ids(dump_path(*state, getpid()), "ULULC");
}

static void close_in_child(void *writer)
{
	assert_int_equal(jitdump_close(writer), 0);
}

static void a_child_that_announces_nothing_leaves_nothing(void **state)
{
	struct jitdump_writer *writer = open_in(*state);

	add(writer, "f");
	expect_child_passes(close_in_child, writer);
	expect_child_passes(ignore, writer);
	assert_int_equal(count_entries(*state), 1);
	expect_ids(dump_path(*state, getpid()), "UL");
	jitdump_close(writer);
}

static void move_in_child(void *argument)
{
	const struct family *family = argument;

	assert_int_equal(jitdump_move(family->writer, family->parent_index, 0x4000, 0x8000, 2), 0);
	expect_ids(dump_path(family->directory, getpid()), "M");
}

static void a_child_may_move_what_its_parent_announced(void **state)
{
	struct family family = { *state, open_in(*state), 0, getpid() };

	family.parent_index = add(family.writer, "f");
	expect_child_passes(move_in_child, &family);
	jitdump_close(family.writer);
}

static void announce_in_grandchild(void *argument)
{
	const struct family *family = argument;

	add(family->writer, "grandchild");
	expect_ids(dump_path(family->directory, getpid()), "UL");
}

static void fork_in_child(void *argument)
{
	const struct family *family = argument;

	add(family->writer, "child");
	expect_child_passes(announce_in_grandchild, argument);
	add(family->writer, "child again");
	expect_ids(dump_path(family->directory, getpid()), "ULUL");
}

static void every_generation_has_its_own_file(void **state)
{
	struct family family = { *state, open_in(*state), 0, getpid() };

	expect_child_passes(fork_in_child, &family);
	assert_int_equal(count_entries(*state), 3);
	jitdump_close(family.writer);
}

static void open_in_child(void *argument)
{
	const struct family *family = argument;
	struct jitdump_writer *writer = open_in(family->directory);

	assert_ptr_equal(writer, family->writer);
	expect_ids(dump_path(family->directory, getpid()), "");
	jitdump_close(writer);
	expect_ids(dump_path(family->directory, getpid()), "");
	jitdump_close(family->writer);
	expect_ids(dump_path(family->directory, getpid()), "C");
}

static void opening_in_a_child_counts_its_own_references(void **state)
{
	struct family family = { *state, open_in(*state), 0, getpid() };

	expect_child_passes(open_in_child, &family);
	add(family.writer, "f");
	expect_ids(dump_path(*state, getpid()), "UL");
	jitdump_close(family.writer);
}

struct holder {
	sem_t is_held;
	sem_t may_end;
};

static void *hold_the_lock(void *argument)
{
	struct holder *holder = argument;

	jitdump_process_lock();
	sem_post(&holder->is_held);
	sem_wait(&holder->may_end);
	jitdump_process_unlock();
	return NULL;
}

static void a_lock_held_by_another_thread_does_not_stop_a_child(void **state)
{
	struct family family = { *state, open_in(*state), 0, getpid() };
	struct holder holder;
	pthread_t thread;

	family.parent_index = add(family.writer, "f");
	sem_init(&holder.is_held, 0, 0);
	sem_init(&holder.may_end, 0, 0);
	pthread_create(&thread, NULL, hold_the_lock, &holder);
	sem_wait(&holder.is_held);
	expect_child_passes(announce_in_child, &family);
	sem_post(&holder.may_end);
	pthread_join(thread, NULL);
	sem_destroy(&holder.is_held);
	sem_destroy(&holder.may_end);
	jitdump_close(family.writer);
}

static void announce_twice(void *argument)
{
	const struct family *family = argument;

	add(family->writer, "one");
	add(family->writer, "two");
	expect_ids(dump_path(family->directory, getpid()), "ULUL");
}

static void children_of_busy_threads_write_only_their_own_files(void **state)
{
	struct family family = { *state, open_in(*state), 0, getpid() };
	struct worker workers[2];
	struct dump_records dump;

	for (int i = 0; i < 2; i++) {
		workers[i] = (struct worker){ .writer = family.writer, .number = i };
		pthread_create(&workers[i].thread, NULL, announce_many, &workers[i]);
	}
	for (int i = 0; i < 30; i++)
		expect_child_passes(announce_twice, &family);
	for (int i = 0; i < 2; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_int_equal(workers[i].failed_count, 0);
	}
	dump_records_read(&dump, dump_path(*state, getpid()));
	assert_int_equal(dump.count, 3 * 2 * ROUND_COUNT);
	for (size_t at = 0; at < dump.count; at += 3)
		expect_one_threads_unit(&dump, at);
	dump_records_release(&dump);
	jitdump_close(family.writer);
}

/* As far as it came: a reader finds whole records, and at most one torn one at the end. */
static void a_killed_process_leaves_a_readable_file(void **state)
{
	for (int round = 0; round < 10; round++) {
		struct dump_records dump;
		char path[PATH_MAX];
		pid_t child = fork();

		if (child == 0) {
			struct worker worker = { .writer = open_in(*state) };

			for (;;)
				announce_many(&worker);
		}
		snprintf(path, sizeof(path), "%s", dump_path(*state, child));
		usleep(20000);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		if (access(path, F_OK) != 0)
			continue; /* a busy machine: it had not begun */
		dump_records_read_whole(&dump, path);
		for (size_t at = 0; at + 2 < dump.count; at += 3)
			expect_one_threads_unit(&dump, at);
		dump_records_release(&dump);
	}
}

static void *announce_until_cancelled(void *argument)
{
	for (;;) {
		add(argument, "f");
		pthread_testcancel();
	}
	return NULL;
}

static void a_cancelled_thread_does_not_take_the_lock_along(void **state)
{
	struct jitdump_writer *writer = open_in(*state);

	for (int round = 0; round < 50; round++) {
		pthread_t thread;

		pthread_create(&thread, NULL, announce_until_cancelled, writer);
		pthread_cancel(thread);
		pthread_join(thread, NULL);
		add(writer, "f");
	}
	jitdump_close(writer);
}

#define IN_SCRATCH(test)                                                                           \
	cmocka_unit_test_setup_teardown(test, scratch_directory_create, scratch_directory_destroy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(threads_never_come_between_the_records_of_one_function),
		IN_SCRATCH(threads_may_open_and_close_at_once),
		IN_SCRATCH(a_forked_child_starts_its_own_file_at_its_first_announcement),
		IN_SCRATCH(a_child_that_announces_nothing_leaves_nothing),
		IN_SCRATCH(a_child_may_move_what_its_parent_announced),
		IN_SCRATCH(every_generation_has_its_own_file),
		IN_SCRATCH(opening_in_a_child_counts_its_own_references),
		IN_SCRATCH(a_lock_held_by_another_thread_does_not_stop_a_child),
		IN_SCRATCH(children_of_busy_threads_write_only_their_own_files),
		IN_SCRATCH(a_killed_process_leaves_a_readable_file),
		IN_SCRATCH(a_cancelled_thread_does_not_take_the_lock_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
