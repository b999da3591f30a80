/* SPDX-License-Identifier: MIT */
#include "profiler/event_name.h"

#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_name(struct perf_event_attr attr, const char *expected)
{
	char name[EVENT_NAME_BYTES];

	event_name_derive(&attr, name, sizeof(name));
	assert_string_equal(name, expected);
}

static void known_events_have_perfs_names(void **state)
{
	(void)state;
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_HARDWARE,
					      .config = PERF_COUNT_HW_CPU_CYCLES },
		    "cycles");
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_HARDWARE,
					      .config = 8ULL << 32 | PERF_COUNT_HW_INSTRUCTIONS },
		    "instructions");
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_SOFTWARE,
					      .config = PERF_COUNT_SW_CPU_CLOCK },
		    "cpu-clock");
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_HW_CACHE,
					      .config = PERF_COUNT_HW_CACHE_L1D |
							PERF_COUNT_HW_CACHE_OP_READ << 8 |
							PERF_COUNT_HW_CACHE_RESULT_MISS << 16 },
		    "L1-dcache-load-misses");
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_TRACEPOINT, .config = 317 },
		    "tracepoint:317");
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_RAW, .config = 0x1c2 },
		    "raw 0x1c2");
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_BREAKPOINT, .bp_addr = 0x401000 },
		    "mem:0x401000");
}

static void unknown_events_are_numbers(void **state)
{
	(void)state;
	assert_name((struct perf_event_attr){ .type = 14, .config = 0x10 }, "type 14 config 0x10");
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_SOFTWARE, .config = 4000 },
		    "type 1 config 0xfa0");
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_HW_CACHE, .config = 0x0000ff },
		    "type 3 config 0xff");
	assert_name((struct perf_event_attr){ .type = PERF_TYPE_HW_CACHE, .config = 0x020000 },
		    "type 3 config 0x20000");
}

static void modifiers_say_which_modes_are_counted(void **state)
{
	(void)state;
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE };

	attr.exclude_kernel = attr.exclude_hv = 1;
	assert_name(attr, "cpu-clock:u");
	attr.precise_ip = 2;
	assert_name(attr, "cpu-clock:upp");
	attr.exclude_kernel = 0;
	attr.exclude_user = 1;
	assert_name(attr, "cpu-clock:kpp");
	attr = (struct perf_event_attr){ .type = PERF_TYPE_HARDWARE, .precise_ip = 3 };
	assert_name(attr, "cycles:ppp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_events_have_perfs_names),
		cmocka_unit_test(unknown_events_are_numbers),
		cmocka_unit_test(modifiers_say_which_modes_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
