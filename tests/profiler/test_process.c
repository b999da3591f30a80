/* SPDX-License-Identifier: MIT */
#include "profiler/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECOND_NS UINT64_C(1000000000)

static struct string_pool *strings;
static struct process_table table;

static int begin(void **state)
{
	(void)state;
	strings = string_pool_create();
	process_table_init(&table, strings, NULL, NULL, false);
	return 0;
}

static int end(void **state)
{
	(void)state;
	process_table_deinit(&table);
	string_pool_destroy(strings);
	return 0;
}

static void map_something(uint32_t pid)
{
	address_space_map(process_table_get(&table, pid)->space,
			  &(struct mapping){ .start = 0x1000, .end = 0x2000 });
}

static size_t mappings_of(uint32_t pid)
{
	return process_table_get(&table, pid)->space->mapping_count;
}

static void a_thread_without_a_comm_has_that_of_its_process(void **state)
{
	(void)state;
	process_table_set_comm(&table, 10, 10, "node", false);
	assert_string_equal(process_table_comm(&table, 10, 11), "node");
	process_table_set_comm(&table, 10, 11, "worker", false);
	assert_string_equal(process_table_comm(&table, 10, 11), "worker");
	assert_string_equal(process_table_comm(&table, 10, 10), "node");
	assert_string_equal(process_table_comm(&table, 99, 98), ":98");
	assert_string_equal(process_table_comm(&table, 0, 0), "swapper");
}

static void a_new_thread_takes_the_comm_of_the_one_that_made_it(void **state)
{
	(void)state;
	process_table_set_comm(&table, 10, 12, "pool", false);
	process_table_fork(&table, 10, 13, 10, 12, 5, false);
	assert_string_equal(process_table_comm(&table, 10, 13), "pool");
}

static void a_fork_copies_the_mappings_and_exec_drops_them(void **state)
{
	(void)state;
	process_table_set_comm(&table, 10, 10, "bash", false);
	map_something(10);
	process_table_fork(&table, 20, 20, 10, 10, 5, false);
	assert_int_equal(mappings_of(20), 1);
	assert_string_equal(process_table_comm(&table, 20, 20), "bash");
	process_table_set_comm(&table, 20, 20, "ls", true);
	assert_int_equal(mappings_of(20), 0);
	assert_int_equal(mappings_of(10), 1);
}

static void a_fork_whose_maps_follow_copies_nothing(void **state)
{
	(void)state;
	map_something(10);
	process_table_fork(&table, 20, 20, 10, 10, 0, true);
	assert_int_equal(mappings_of(20), 0);
	map_something(20);
	process_table_fork(&table, 20, 20, 10, 10, 0, true);
	assert_int_equal(mappings_of(20), 1);
}

static void a_pid_that_is_used_again_begins_anew(void **state)
{
	(void)state;
	map_something(20);
	process_table_exit(&table, 20, 20, 7);
	process_table_fork(&table, 20, 20, 10, 10, 8, false);
	assert_int_equal(mappings_of(20), 0);
}

static void exited_processes_are_forgotten_only_after_the_grace(void **state)
{
	(void)state;
	map_something(20);
	process_table_exit(&table, 20, 21, 100 * SECOND_NS); /* a thread */
	process_table_sweep(&table, 101 * SECOND_NS);
	assert_int_equal(mappings_of(20), 1);
	process_table_exit(&table, 20, 20, 110 * SECOND_NS);
	process_table_sweep(&table, 110 * SECOND_NS);
	assert_int_equal(mappings_of(20), 1);
	process_table_sweep(&table, 112 * SECOND_NS);
	assert_int_equal(mappings_of(20), 0);
}

static void tables_do_not_grow_with_what_has_exited(void **state)
{
	(void)state;
	process_table_set_comm(&table, 5, 5, "shell", false);
	for (uint32_t pid = 100; pid < 10100; pid++) {
		process_table_fork(&table, pid, pid, 5, 5, pid * SECOND_NS, false);
		process_table_exit(&table, pid, pid, pid * SECOND_NS);
		process_table_sweep(&table, pid * SECOND_NS);
	}
	assert_true(table.process_count < 10);
	assert_true(table.thread_count < 10);
	assert_string_equal(process_table_comm(&table, 5, 5), "shell");
	assert_string_equal(process_table_comm(&table, 10099, 10099), "shell");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_thread_without_a_comm_has_that_of_its_process),
		EACH(a_new_thread_takes_the_comm_of_the_one_that_made_it),
		EACH(a_fork_copies_the_mappings_and_exec_drops_them),
		EACH(a_fork_whose_maps_follow_copies_nothing),
		EACH(a_pid_that_is_used_again_begins_anew),
		EACH(exited_processes_are_forgotten_only_after_the_grace),
		EACH(tables_do_not_grow_with_what_has_exited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
