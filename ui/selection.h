/* SPDX-License-Identifier: MIT */
/*
 * Which samples and which functions the user asked for.
 *
 * You give option values; you get the selected samples summed up by (thread, stack). comm, pid,
 * tid, time and event choose samples, and percentages refer to what they leave, unless whoever shows
 * them says otherwise (ui/shown.h); module and symbol choose stacks that contain such a frame, and
 * in tables the rows of such frames. A comm, module or symbol matches when it is equal, or as a
 * glob.
 */
#ifndef UI_SELECTION_H
#define UI_SELECTION_H

#include "profiler/call_tree.h"
#include "profiler/stack_path.h"
#include "ui/options.h"

/* The samples of one thread with one stack. */
struct stack_sum {
	uint32_t thread, stack;
	struct call_weight sum;
};

struct stack_sums {
	struct stack_sum *items;
	size_t count, capacity;
	struct call_weight all; /* of the samples that comm, pid, tid, time and event leave */
};

struct text_list {
	const char **texts;
	size_t count, capacity;
};

struct selection {
	struct text_list comms, modules, symbols, pids, tids; /* empty: all */
	struct text_list not_comms, not_modules, not_symbols; /* these are left out */
	/* Functions that a sample's stack must have, all of them, and must not have; their rows are
	 * not all that is shown then, as with `symbols`. */
	struct text_list through, not_through;
	uint64_t from_ns, until_ns; /* [from, until] */
	/* Frames of these kinds are left out of stacks: what they spend is their callers'. */
	bool hides_kernel, hides_native, hides_jit, hides_inlined;
};

/* clang-format off */
enum {
	SELECTION_COMM = OPTION_LONG + 100,
	SELECTION_PID, SELECTION_TID, SELECTION_MODULE, SELECTION_SYMBOL, SELECTION_TIME,
	SELECTION_NO_KERNEL, SELECTION_NO_NATIVE, SELECTION_NO_JIT, SELECTION_NO_INLINE,
};
#define SELECTION_COMM_ROW \
	{ SELECTION_COMM, "comm", "NAME[,NAME]", "only samples of threads of this name" }
#define SELECTION_PLACE_ROWS \
	{ SELECTION_MODULE, "module", "NAME[,NAME]", "only functions of these modules" }, \
	{ SELECTION_SYMBOL, "symbol", "NAME", "only these functions; may be repeated" }
#define SELECTION_OPTION_ROWS \
	SELECTION_COMM_ROW, \
	{ SELECTION_PID, "pid", "PID[,PID]", "only samples of these processes" }, \
	{ SELECTION_TID, "tid", "TID[,TID]", "only samples of these threads" }, \
	SELECTION_PLACE_ROWS, \
	{ SELECTION_TIME, "time", "A,B", "only samples from A to B, in seconds as script prints;\n" \
					 "either may be empty" }, \
	{ SELECTION_NO_KERNEL, "no-kernel", NULL, "what the kernel spends is its callers'" }, \
	{ SELECTION_NO_NATIVE, "no-native", NULL, "what native code spends is its callers': JIT\n" \
						  "code's, where there is some" }, \
	{ SELECTION_NO_JIT, "no-jit", NULL, "what JIT code spends is its callers'" }, \
	{ SELECTION_NO_INLINE, "no-inline", NULL, "inlined functions are part of their callers" }
/* clang-format on */

void selection_init(struct selection *selection);
void selection_deinit(struct selection *selection);

/* True if the letter was one of the rows above; *bad is set when its value cannot be read. */
bool selection_option(struct selection *selection, int letter, const char *argument, bool *bad);

/* Whether no option has narrowed it. */
bool selection_is_all(const struct selection *selection);

/* Adds a text as it is, or takes it away again. */
void text_list_add(struct text_list *list, const char *text);
void text_list_remove(struct text_list *list, size_t number);

/* Where a text is in it; its count: nowhere. */
size_t text_list_find(const struct text_list *list, const char *text);

/* A stack's path without the kinds of frames that are hidden: what every view makes its rows of. */
void selection_set_path(const struct selection *selection, struct stack_path *path,
			const struct profile *profile, struct naming *naming, uint32_t stack);

bool selection_hides(const struct selection *selection, const struct named_frame *frame);

/* Whether it takes samples of the thread, and of the stack, whenever they were. `path` is room for
 * its work. */
bool selection_has_thread(const struct selection *selection, const struct profile_thread *thread);
bool selection_has_stack(const struct selection *selection, const struct profile *profile,
			 struct naming *naming, struct stack_path *path, uint32_t stack);

/* Whether it asks for frames of modules or symbols, or of others. */
bool selection_asks_of_frames(const struct selection *selection);

bool selection_has_frame(const struct selection *selection, const struct named_frame *frame);

#define SELECTION_ALL_EVENTS UINT32_MAX

/* Sums up the selected samples of one event, or of all. */
void selection_sum(const struct selection *selection, const struct profile *profile,
		   struct naming *naming, uint32_t event, struct stack_sums *sums);
void stack_sums_deinit(struct stack_sums *sums);

#endif
