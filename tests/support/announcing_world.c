/* SPDX-License-Identifier: MIT */
#include "support/announcing_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

const uint8_t announced_code[CODE_SIZE];
const struct world_mapping code_memory = { .start = CODE,
					   .size = CODE_END - CODE,
					   .path = "//anon" };

uint64_t announcing_world_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static void open_dump(struct announcing_world *world, const char *directory)
{
	struct jitdump_options options = { .size = sizeof(options), .directory = directory };

	*world = (struct announcing_world){ .directory = directory,
					    .pid = (uint32_t)getpid(),
					    .start_ns = announcing_world_now_ns() };
	assert_int_equal(jitdump_open(&options, &world->writer), 0);
	assert_true(jitdump_path(world->writer, world->path, PATH_MAX) > 0);
}

void announcing_world_init(struct announcing_world *world, const char *directory, bool is_live,
			   bool has_stacks)
{
	open_dump(world, directory);
	session_world_init(&world->world, is_live, has_stacks);
}

void announcing_world_init_forgetful(struct announcing_world *world, const char *directory,
				     bool has_stacks)
{
	open_dump(world, directory);
	session_world_init_forgetful(&world->world, has_stacks);
}

void announcing_world_deinit(struct announcing_world *world)
{
	jitdump_close(world->writer);
	session_world_deinit(&world->world);
}

uint64_t later_ns(const struct announcing_world *world)
{
	return world->start_ns + 100 * SECOND_NS;
}

uint64_t inode_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_ino;
}

void announcing_world_mark(struct announcing_world *world, uint32_t pid)
{
	world_mmap(&world->world, world->start_ns, pid,
		   &(struct world_mapping){ .start = 0x9000,
					    .size = 0x1000,
					    .path = world->path,
					    .inode = inode_of(world->path) });
	world_mmap(&world->world, world->start_ns, pid, &code_memory);
}

void announce(struct announcing_world *world, uint64_t address, const char *name,
	      const struct jitdump_cfi_step *steps, size_t step_count)
{
	const struct jitdump_line lines[] = { { 0, "/app/fib.js", 12, 3 }, { 8, NULL, 13, 1 } };
	struct jitdump_eh_frame table = { 0 };
	struct jitdump_function function = { .size = sizeof(function),
					     .name = name,
					     .code_address = address,
					     .code = announced_code,
					     .code_size = CODE_SIZE,
					     .lines = lines,
					     .line_count = 2 };

	if (steps)
		assert_int_equal(jitdump_eh_frame_build(JITDUMP_CPU_X86_64, CODE_SIZE, steps,
							step_count, &table),
				 0);
	function.eh_frame = table.bytes;
	function.eh_frame_size = table.size;
	function.eh_frame_hdr_size = table.hdr_size;
	assert_int_equal(jitdump_add(world->writer, &function, NULL), 0);
	jitdump_eh_frame_free(&table);
}

void announce_fib(struct announcing_world *world)
{
	static const struct jitdump_cfi_step steps[] = { { 0, JITDUMP_CFI_DEF_CFA,
							   JITDUMP_X86_64_RSP, 8 } };

	announce(world, FIB, "fib", steps, 1);
}

void announce_main(struct announcing_world *world)
{
	static const struct jitdump_cfi_step steps[] = { { 0, JITDUMP_CFI_UNDEFINED,
							   JITDUMP_X86_64_RETURN_ADDRESS, 0 } };

	announce(world, MAIN, "main", steps, 1);
}

void feed_fib_called_by_main(struct announcing_world *world, uint64_t time_ns)
{
	static const uint64_t words[] = { MAIN + 0x10, 0, 0, 0 };

	world_stack_sample(&world->world, time_ns, world->pid, FIB + 4, STACK, words, 4);
}
