/* SPDX-License-Identifier: MIT */
/*
 * The shadow log: text, one item a line. Times are CLOCK_MONOTONIC in ns, decimal; addresses are
 * process addresses, offsets are of the code they belong to, both hexadecimal without 0x.
 *
 *     space START END                       generated code lies here and nowhere else
 *     code PID TIME ADDRESS SIZE NAME       from TIME on this code may run in this process
 *      call START RETURN END NATIVE         a call in the code above, as offsets: its return
 *                                           address is RETURN, and the instructions [START, END)
 *                                           make the call and keep the shadow stack. NATIVE is
 *                                           the C function that it calls, `-` for generated code
 *      quiet RETURN                         a call of native code that is not on the shadow stack
 *     gone PID TIME ADDRESS                 from TIME on the code at ADDRESS does not run there
 *     fork TIME PARENT CHILD                the child has the code that the parent had at TIME
 *     thread PID TID                        the lines > < fault and frame that follow are its
 *     > TIME RETURN NATIVE_RETURN           a call: push. NATIVE_RETURN is the return address, in
 *                                           native code, of the frame that calls, if native code
 *                                           entered it, else 0
 *     < TIME                                that call has returned: pop
 *     fault BEFORE AFTER PC DATA            between these times the instruction at PC touched the
 *                                           fresh page at DATA: one page fault. The whole shadow
 *                                           stack follows, leaf first:
 *      frame RETURN NATIVE_RETURN OFFSET NAME   NAME is the code, OFFSET the return address in it
 *
 * What a sample of a thread must show, exactly. Its frames without kernel frames and inlined
 * ones are JIT frames (address in the space) with runs of native frames before, between and
 * behind. The state is the stack of pushes up to the sample's time. Let F be the innermost JIT
 * frame.
 *  - If F is the leaf, or F's address is the return address of a quiet call, the thread is in F,
 *    which is on top of the state: the JIT frames behind F are the state. Else F is in the state
 *    too: the JIT frames are the state.
 *  - The sample is left out, and only then, if the leaf is in [START, END) of a call, or F's
 *    address is a return address in there other than RETURN: then the call or its bookkeeping is
 *    under way.
 *  - Right before (nearer to the leaf than) a JIT frame whose call is of NATIVE there is a run of
 *    native frames, the last of which is NATIVE; if the frame before that run is in the state,
 *    the first of the run has its NATIVE_RETURN as address. Right before any other JIT frame of
 *    the state there is none.
 *  - Behind the last JIT frame there is a run whose first address is its NATIVE_RETURN.
 *
 * Lines of one thread are in order; those of several are mixed, each block starting with `thread`.
 */
#include "shadow.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "jitdump/xalloc.h"

#include "code_space.h"
#include "runtime.h"

#define PAGE_BYTES	 4096u
#define FRESH_PAGE_COUNT 1024u
#define TEXT_BYTES	 (256u << 10)
#define LINE_MAX_BYTES	 256u
#define TOUCH_PAUSE_US	 500u

struct shadow_frame {
	uintptr_t return_address;
	uintptr_t native_return_address;
};

struct shadow_stack {
	const struct shadow_log *log;
	const struct code_space *space;
	struct shadow_frame *frames; /* outermost first */
	size_t depth, capacity;
	uint8_t *fresh_pages;
	size_t touched_count;
	uint64_t touch_time_ns, fork_time_ns;
	size_t text_size;
	char text[TEXT_BYTES]; /* not written out yet */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void write_all(const struct shadow_log *log, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t written = write(log->fd, text, size);

		if (written < 0) {
			perror("toy_jit: shadow log");
			exit(1);
		}
		text += written;
		size -= (size_t)written;
	}
}

void shadow_log_open(struct shadow_log *log, const char *path)
{
	/* O_APPEND: threads and forked children write whole blocks behind each other's. */
	log->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	if (log->fd < 0) {
		perror(path);
		exit(1);
	}
}

void shadow_log_close(struct shadow_log *log)
{
	close(log->fd);
	log->fd = -1;
}

void shadow_log_space(const struct shadow_log *log, const struct code_space *space)
{
	char *line = xasprintf("space %" PRIxPTR " %" PRIxPTR "\n", (uintptr_t)space->start,
			       (uintptr_t)space->start + space->page_count * PAGE_BYTES);

	write_all(log, line, strlen(line));
	free(line);
}

void shadow_log_code(const struct shadow_log *log, const struct code *code)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		abort();
	fprintf(stream, "code %d %" PRIu64 " %" PRIxPTR " %zx %s\n", getpid(), now_ns(),
		(uintptr_t)code->address, code->size, code->name);
	for (size_t i = 0; i < code->call_count; i++) {
		const struct call_site *call = &code->calls[i];

		if (call->start == call->end)
			fprintf(stream, " quiet %x\n", call->return_offset);
		else
			fprintf(stream, " call %x %x %x %s\n", call->start, call->return_offset,
				call->end, call->native ? call->native : "-");
	}
	fclose(stream);
	write_all(log, text, size);
	free(text);
}

void shadow_log_gone(const struct shadow_log *log, const struct code *code)
{
	char *line = xasprintf("gone %d %" PRIu64 " %" PRIxPTR "\n", getpid(), now_ns(),
			       (uintptr_t)code->address);

	write_all(log, line, strlen(line));
	free(line);
}

static void flush(struct shadow_stack *stack)
{
	write_all(stack->log, stack->text, stack->text_size);
	stack->text_size = 0;
}

static void append(struct shadow_stack *stack, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void append(struct shadow_stack *stack, const char *format, ...)
{
	va_list arguments;

	if (stack->text_size > TEXT_BYTES - 2 * LINE_MAX_BYTES)
		flush(stack);
	if (stack->text_size == 0)
		stack->text_size = (size_t)snprintf(stack->text, LINE_MAX_BYTES, "thread %d %d\n",
						    getpid(), gettid());
	va_start(arguments, format);
	stack->text_size += (size_t)vsnprintf(stack->text + stack->text_size, LINE_MAX_BYTES,
					      format, arguments);
	va_end(arguments);
}

static uint8_t *map_fresh_pages(void)
{
	size_t size = (size_t)FRESH_PAGE_COUNT * PAGE_BYTES;
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* One fault each, not one for a huge page of them. */
	if (pages == MAP_FAILED || madvise(pages, size, MADV_NOHUGEPAGE) != 0) {
		perror("toy_jit: fresh pages");
		exit(1);
	}
	return pages;
}

struct shadow_stack *shadow_stack_create(const struct shadow_log *log,
					 const struct code_space *space)
{
	struct shadow_stack *stack = xcalloc(1, sizeof(*stack));

	stack->log = log;
	stack->space = space;
	stack->fresh_pages = map_fresh_pages();
	return stack;
}

void shadow_stack_destroy(struct shadow_stack *stack)
{
	if (!stack)
		return;
	flush(stack);
	munmap(stack->fresh_pages, (size_t)FRESH_PAGE_COUNT * PAGE_BYTES);
	free(stack->frames);
	free(stack);
}

void shadow_stack_before_fork(struct shadow_stack *stack)
{
	if (!stack)
		return;
	flush(stack);
	stack->fork_time_ns = now_ns();
}

void shadow_stack_after_fork(struct shadow_stack *stack)
{
	char *line;

	if (!stack)
		return;
	line = xasprintf("fork %" PRIu64 " %d %d\n", stack->fork_time_ns, getppid(), getpid());
	write_all(stack->log, line, strlen(line));
	free(line);
	/* The parent's touched pages would fault a second time in the child, for copying: only
	 * the rest are fresh, and the next ones after a new round. */
	stack->touched_count = FRESH_PAGE_COUNT;
}

void shadow_push(struct thread *thread, uintptr_t return_address, uintptr_t native_return_address)
{
	struct shadow_stack *stack = thread->shadow;

	stack->frames =
		xgrow(stack->frames, stack->depth, &stack->capacity, sizeof(*stack->frames));
	stack->frames[stack->depth++] =
		(struct shadow_frame){ return_address, native_return_address };
	append(stack, "> %" PRIu64 " %" PRIxPTR " %" PRIxPTR "\n", now_ns(), return_address,
	       native_return_address);
}

int64_t shadow_pop(struct thread *thread, int64_t value)
{
	thread->shadow->depth--;
	append(thread->shadow, "< %" PRIu64 "\n", now_ns());
	return value;
}

static uint8_t *next_fresh_page(struct shadow_stack *stack)
{
	if (stack->touched_count == FRESH_PAGE_COUNT) {
		madvise(stack->fresh_pages, (size_t)FRESH_PAGE_COUNT * PAGE_BYTES, MADV_DONTNEED);
		stack->touched_count = 0;
	}
	return stack->fresh_pages + stack->touched_count++ * PAGE_BYTES;
}

static void append_fault(struct shadow_stack *stack, uint64_t after_ns, uintptr_t instruction)
{
	const uint8_t *page = stack->fresh_pages + (stack->touched_count - 1) * PAGE_BYTES;

	/* Not so many samples a second that a recorder could lose or the kernel throttle them. */
	usleep(TOUCH_PAUSE_US);
	append(stack, "fault %" PRIu64 " %" PRIu64 " %" PRIxPTR " %" PRIxPTR "\n",
	       stack->touch_time_ns, after_ns, instruction, (uintptr_t)page);
	for (size_t i = stack->depth; i-- > 0;) {
		const struct shadow_frame *frame = &stack->frames[i];
		const struct code *code = code_space_find(stack->space, frame->return_address);

		append(stack, " frame %" PRIxPTR " %" PRIxPTR " %" PRIxPTR " %s\n",
		       frame->return_address, frame->native_return_address,
		       frame->return_address - (uintptr_t)code->address, code->name);
	}
}

uint8_t *shadow_touch_begin(struct thread *thread)
{
	uint8_t *page = next_fresh_page(thread->shadow);

	thread->shadow->touch_time_ns = now_ns();
	return page;
}

void shadow_touch_end(struct thread *thread, uintptr_t instruction)
{
	append_fault(thread->shadow, now_ns(), instruction);
}

void shadow_touch_native(struct thread *thread)
{
	uintptr_t instruction;
	uint8_t *page;

	if (!thread->shadow)
		return;
	page = shadow_touch_begin(thread);
	__asm__ volatile("lea 1f(%%rip), %0\n1: movb $1, (%1)"
			 : "=&r"(instruction)
			 : "r"(page)
			 : "memory");
	append_fault(thread->shadow, now_ns(), instruction);
}
