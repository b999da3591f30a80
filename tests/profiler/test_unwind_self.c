/* SPDX-License-Identifier: MIT */
/* This program unwinds itself: what each function was called from is known exactly. */
#include "profiler/unwind.h"

#include "profiler/address_space.h"
#include "support/unwind_twice.h"
#include "symbolize/symbolizer.h"

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include <cmocka.h>

#define NOINLINE   __attribute__((noinline, noclone))
#define NO_FRAME   __attribute__((noinline, noclone, optimize("omit-frame-pointer")))
#define NOT_A_TAIL __asm__ volatile("" ::: "memory")
#define RETURNS_TO ((uint64_t)(uintptr_t)__builtin_return_address(0))

enum { COPY_BYTES = 65528, RETURNS_MAX = 16 };

/* What the trap's handler saw. A signal handler has no other way to hand it over. */
static struct {
	uint64_t registers[20];
	uint64_t stack_end;
	uint8_t stack[COPY_BYTES];
	uint64_t stack_size;
	uint64_t returns[RETURNS_MAX]; /* innermost last */
	size_t return_count;
} captured;

struct self {
	struct symbolizer *symbolizer;
	struct address_space *space;
	struct unwind_twice *unwinder;
	struct chain chain;
};

/* The stack as it is, with what a sanitizer has put between the variables. */
__attribute__((no_sanitize("address"))) static void copy_stack(uint64_t sp)
{
	const volatile uint8_t *bytes = (const volatile uint8_t *)(uintptr_t)sp;

	for (uint64_t i = 0; i < captured.stack_size; i++)
		captured.stack[i] = bytes[i];
}

static void take_capture(const ucontext_t *context)
{
	static const int order[20] = { REG_RAX,	   REG_RBX,    REG_RCX, REG_RDX, REG_RSI,
				       REG_RDI,	   REG_RBP,    REG_RSP, REG_RIP, REG_EFL,
				       REG_CSGSFS, REG_CSGSFS, REG_R8,	REG_R9,	 REG_R10,
				       REG_R11,	   REG_R12,    REG_R13, REG_R14, REG_R15 };
	uint64_t sp = (uint64_t)context->uc_mcontext.gregs[REG_RSP];

	for (size_t i = 0; i < 20; i++)
		captured.registers[i] = (uint64_t)context->uc_mcontext.gregs[order[i]];
	captured.stack_size = captured.stack_end - sp;
	if (captured.stack_size > COPY_BYTES)
		captured.stack_size = COPY_BYTES;
	copy_stack(sp);
}

static void on_trap(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number;
	(void)info;
	take_capture(context);
}

/* The frame it is in is interrupted behind the trap, as by a sample. */
__attribute__((always_inline)) static inline void trap(void)
{
	__asm__ volatile("int3" ::: "memory");
}

static void begin_capture(void)
{
	pthread_attr_t attributes;
	void *start;
	size_t size;

	pthread_getattr_np(pthread_self(), &attributes);
	pthread_attr_getstack(&attributes, &start, &size);
	pthread_attr_destroy(&attributes);
	captured.stack_end = (uint64_t)(uintptr_t)start + size;
	captured.return_count = 0;
}

static void note_return(uint64_t address)
{
	captured.returns[captured.return_count++] = address;
}

NO_FRAME static int leaf_without_frame_pointer(volatile int *values)
{
	note_return(RETURNS_TO);
	trap();
	return values[0] + values[1];
}

NOINLINE static int with_alloca(size_t size)
{
	volatile int *values = __builtin_alloca(size);

	note_return(RETURNS_TO);
	values[0] = 1;
	values[1] = 2;
	int sum = leaf_without_frame_pointer(values);

	NOT_A_TAIL;
	return sum + values[0];
}

NO_FRAME static int recursive(int depth)
{
	note_return(RETURNS_TO);
	int sum = depth ? recursive(depth - 1) : with_alloca(700);

	NOT_A_TAIL;
	return sum + depth;
}

static int compare_and_trap(const void *left, const void *right)
{
	if (captured.return_count == 0) {
		note_return(RETURNS_TO);
		trap();
	}
	return *(const int *)left - *(const int *)right;
}

static void on_user_signal(int signal_number)
{
	(void)signal_number;
	trap();
}

NO_FRAME static int raises(void)
{
	note_return(RETURNS_TO);
	raise(SIGUSR1);
	NOT_A_TAIL;
	return 1;
}

static void *thread_main(void *argument)
{
	(void)argument;
	begin_capture();
	note_return(RETURNS_TO);
	recursive(2);
	NOT_A_TAIL;
	return NULL;
}

static void map_line(struct self *self, const char *line)
{
	uint64_t start, end, offset, inode;
	unsigned major, minor;
	char permissions[5];
	int path = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n", &start,
		   &end, permissions, &offset, &major, &minor, &inode, &path) < 7 ||
	    permissions[2] != 'x' || path == 0)
		return;
	const struct image_identity identity = {
		.path = line + path, .major = major, .minor = minor, .inode = inode
	};
	struct mapping mapping = { .start = start,
				   .end = end,
				   .file_offset = offset,
				   .until_ns = UINT64_MAX,
				   .kind = MAPPING_FILE,
				   .is_executable = true };

	if (line[path] == '/')
		mapping.image = symbolizer_elf_image(self->symbolizer, &identity);
	else if (strcmp(line + path, "[vdso]") == 0)
		mapping.image = symbolizer_vdso_image(self->symbolizer, &(struct build_id){ 0 });
	else
		return;
	address_space_map(self->space, &mapping);
}

static int create(void **state)
{
	const struct symbolizer_options options = { 0 };
	struct self *self = calloc(1, sizeof(*self));
	struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[4096];

	sigaction(SIGTRAP, &action, NULL);
	action = (struct sigaction){ .sa_handler = on_user_signal };
	sigaction(SIGUSR1, &action, NULL);
	self->symbolizer = symbolizer_create(&options);
	self->space = address_space_create(1, symbolizer_unknown_image(self->symbolizer),
					   symbolizer_unknown_image(self->symbolizer));
	self->unwinder = unwind_twice_create(UNWIND_AUTO);
	while (maps && fgets(line, sizeof(line), maps)) {
		line[strcspn(line, "\n")] = '\0';
		map_line(self, line);
	}
	if (maps)
		fclose(maps);
	*state = self;
	return 0;
}

static int destroy(void **state)
{
	struct self *self = *state;

	unwind_twice_destroy(self->unwinder);
	address_space_release(self->space);
	symbolizer_destroy(self->symbolizer);
	free(self);
	return 0;
}

static void unwind_captured(struct self *self, uint64_t stack_size, uint64_t copy_size)
{
	const struct user_registers registers = { .abi = 2,
						  .mask = unwinder_register_mask(),
						  .bytes = (const uint8_t *)captured.registers };
	const struct unwind_request request = { .space = self->space,
						.registers = &registers,
						.stack = captured.stack,
						.stack_size = stack_size,
						.stack_copy_size = copy_size };

	self->chain.count = 0;
	unwind_twice(self->unwinder, &request, &self->chain);
}

/* Asserts that the callers from frame `first` on are those that were noted. */
static void assert_callers(const struct chain *chain, size_t first)
{
	for (size_t i = 0; i < captured.return_count; i++) {
		assert_true(first + i < chain->count);
		assert_int_equal(chain->frames[first + i].pc,
				 captured.returns[captured.return_count - 1 - i]);
		assert_true(chain->frames[first + i].is_return);
	}
}

static void assert_complete(const struct chain *chain)
{
	assert_string_equal(stack_end_name(chain->end), "complete");
	for (size_t i = 0; i < chain->count; i++)
		assert_false(chain->frames[i].is_guessed);
}

static void callers_are_found_up_to_the_start_of_the_process(void **state)
{
	struct self *self = *state;

	begin_capture();
	recursive(5);
	NOT_A_TAIL;
	unwind_captured(self, captured.stack_size, COPY_BYTES);
	assert_int_equal(captured.return_count, 8);
	assert_callers(&self->chain, 1);
	assert_complete(&self->chain);
	assert_false(self->chain.frames[0].is_return);
}

static void a_callback_from_the_c_library_is_unwound_through_it(void **state)
{
	struct self *self = *state;
	int numbers[] = { 3, 1, 2 };

	begin_capture();
	qsort(numbers, 3, sizeof(*numbers), compare_and_trap);
	unwind_captured(self, captured.stack_size, COPY_BYTES);
	assert_callers(&self->chain, 1);
	assert_complete(&self->chain);
}

static void a_threads_stack_ends_where_the_thread_began(void **state)
{
	struct self *self = *state;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, thread_main, NULL), 0);
	pthread_join(thread, NULL);
	unwind_captured(self, captured.stack_size, COPY_BYTES);
	assert_callers(&self->chain, 1);
	assert_string_equal(stack_end_name(self->chain.end), "complete");
}

static void a_signal_handlers_caller_was_interrupted(void **state)
{
	struct self *self = *state;
	size_t trampoline = 0;

	begin_capture();
	raises();
	NOT_A_TAIL;
	unwind_captured(self, captured.stack_size, COPY_BYTES);
	assert_complete(&self->chain);
	/* Handler, trampoline, where the signal came; then raise(3) inside. */
	for (size_t i = 1; i < self->chain.count && trampoline == 0; i++)
		if (!self->chain.frames[i].is_return)
			trampoline = i;
	assert_int_equal(trampoline, 1);
	assert_false(self->chain.frames[2].is_return);
	assert_true(self->chain.frames[3].is_return);

	size_t raiser = 3;

	while (raiser < self->chain.count && self->chain.frames[raiser].pc != captured.returns[0])
		raiser++;
	assert_callers(&self->chain, raiser);
}

static void a_copy_cut_at_any_word_gives_the_first_callers_and_says_so(void **state)
{
	static struct chain whole;
	struct self *self = *state;

	begin_capture();
	recursive(5);
	NOT_A_TAIL;
	unwind_captured(self, captured.stack_size, COPY_BYTES);
	whole = self->chain;
	for (uint64_t size = 0; size < captured.stack_size; size += 8) {
		unwind_captured(self, size, size);
		assert_true(self->chain.count <= whole.count);
		for (size_t i = 0; i < self->chain.count; i++)
			assert_int_equal(self->chain.frames[i].pc, whole.frames[i].pc);
		assert_string_equal(stack_end_name(self->chain.end),
				    self->chain.count == whole.count ? "complete"
								     : "truncated_copy");
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, create, destroy)
	const struct CMUnitTest tests[] = {
		TEST(callers_are_found_up_to_the_start_of_the_process),
		TEST(a_callback_from_the_c_library_is_unwound_through_it),
		TEST(a_threads_stack_ends_where_the_thread_began),
		TEST(a_signal_handlers_caller_was_interrupted),
		TEST(a_copy_cut_at_any_word_gives_the_first_callers_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
