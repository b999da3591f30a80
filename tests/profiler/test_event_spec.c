/* SPDX-License-Identifier: MIT */
#include "profiler/event_spec.h"

#include "support/scratch_directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct perf_event_attr attr_of(const char *text)
{
	struct event_spec_list list = { 0 };
	struct error err = { 0 };

	if (!event_spec_parse(&list, text, &err))
		fail_msg("%s: %s", text, err.text);
	assert_int_equal(list.count, 1);
	struct perf_event_attr attr = list.items[0].attr;

	assert_string_equal(list.items[0].name, text);
	event_spec_list_deinit(&list);
	return attr;
}

static void assert_event(const char *text, uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = attr_of(text);

	assert_int_equal(attr.type, type);
	assert_int_equal(attr.config, config);
}

static void assert_refused(const char *text, const char *sentence_part)
{
	struct event_spec_list list = { 0 };
	struct error err = { 0 };

	assert_false(event_spec_parse(&list, text, &err));
	if (!strstr(err.text, sentence_part))
		fail_msg("'%s' is not in: %s", sentence_part, err.text);
	event_spec_list_deinit(&list);
}

static void hardware_and_software_events_have_perfs_names(void **state)
{
	(void)state;
	assert_event("cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES);
	assert_event("cpu-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES);
	assert_event("instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS);
	assert_event("branch-instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS);
	assert_event("branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES);
	assert_event("ref-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES);
	assert_event("cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK);
	assert_event("faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS);
	assert_event("cs", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES);
	assert_event("migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS);
}

static void cache_events_have_perfs_names(void **state)
{
	(void)state;
	assert_event("L1-dcache-loads", PERF_TYPE_HW_CACHE, 0x000000);
	assert_event("L1-dcache-load-misses", PERF_TYPE_HW_CACHE, 0x010000);
	assert_event("LLC-store-misses", PERF_TYPE_HW_CACHE, 0x010102);
	assert_event("iTLB-load-misses", PERF_TYPE_HW_CACHE, 0x010004);
}

static void raw_events_are_hexadecimal(void **state)
{
	(void)state;
	assert_event("r1c2", PERF_TYPE_RAW, 0x1c2);
	assert_event("rDEADBEEF", PERF_TYPE_RAW, 0xdeadbeef);
	assert_refused("r1cg", "no event 'r1cg'");
	assert_refused("r11111111111111111", "no event");
}

static void a_mode_leaves_the_others_out(void **state)
{
	struct perf_event_attr attr = attr_of("cycles:u");

	(void)state;
	assert_false(attr.exclude_user);
	assert_true(attr.exclude_kernel && attr.exclude_hv);
	attr = attr_of("cpu-clock:uk");
	assert_false(attr.exclude_user || attr.exclude_kernel);
	assert_true(attr.exclude_hv);
	attr = attr_of("r1c2:H");
	assert_true(attr.exclude_guest);
	assert_false(attr.exclude_host || attr.exclude_kernel);
}

static void ps_ask_for_precision(void **state)
{
	(void)state;
	assert_int_equal(attr_of("cycles").precise_ip, 0);
	assert_int_equal(attr_of("cycles:p").precise_ip, 1);
	assert_int_equal(attr_of("cycles:ppp").precise_ip, 3);
	assert_int_equal(attr_of("cycles:pppp").precise_ip, 3);
	assert_int_equal(attr_of("cycles:P").precise_ip, 3);
	assert_int_equal(attr_of("cycles:upp").precise_ip, 2);
	assert_refused("cycles:x", "':x' is no modifier");
	assert_refused("cycles:", "is no modifier");
}

static void lists_and_groups_are_single_events(void **state)
{
	struct event_spec_list list = { 0 };
	struct error err;

	(void)state;
	assert_true(event_spec_parse(&list, "cycles,cpu-clock:k,{faults,cs}:u", &err));
	assert_true(event_spec_parse(&list, "r1", &err));
	assert_int_equal(list.count, 5);
	assert_false(list.items[0].has_modes);
	assert_true(list.items[1].attr.exclude_user);
	assert_int_equal(list.items[2].attr.config, PERF_COUNT_SW_PAGE_FAULTS);
	assert_true(list.items[2].attr.exclude_kernel && list.items[3].attr.exclude_kernel);
	assert_false(list.items[4].attr.exclude_kernel);
	event_spec_list_deinit(&list);
}

static void what_is_no_list_is_refused(void **state)
{
	(void)state;
	assert_refused("", "empty");
	assert_refused(",", "empty");
	assert_refused("{}", "empty");
	assert_refused("{cycles", "braces");
	assert_refused("cycles}", "braces");
	assert_refused("{{cycles}}", "braces");
	assert_refused("{cycles}x", "group");
	assert_refused("cycles,nosuch", "no event 'nosuch'");
	assert_refused(":u", "no event");
	assert_refused("/event=1/", "names no PMU");
	assert_refused("cpu/event=1", "'/' is missing");
	assert_refused("../cpu/event=1/", "names no PMU");
	assert_refused("nosuchpmu/event=1/", "there is no PMU");
	assert_refused("..:x", "no event");
}

static void write_file(const char *directory, const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* A PMU as sysfs shows one. */
static int make_pmu(void **state)
{
	char path[512];

	if (scratch_directory_create(state) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s/format", (char *)*state);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/events", (char *)*state);
	mkdir(path, 0700);
	write_file(*state, "type", "24\n");
	write_file(*state, "format/event", "config:0-7,32-35\n");
	write_file(*state, "format/umask", "config:8-15\n");
	write_file(*state, "format/inv", "config:23\n");
	write_file(*state, "format/ldlat", "config1:0-15\n");
	write_file(*state, "format/broken", "nothing\n");
	write_file(*state, "format/wide", "config:70-80\n");
	write_file(*state, "events/misses", "event=0x2e,umask=0x41\n");
	write_file(*state, "events/itself", "itself\n");
	return 0;
}

static struct event_spec pmu_spec(const char *directory, const char *terms)
{
	struct event_spec spec = { .name = strdup("pmu") };
	struct error err = { 0 };

	if (!event_spec_pmu(&spec, directory, terms, &err))
		fail_msg("%s: %s", terms, err.text);
	free(spec.name);
	return spec;
}

static void pmu_terms_go_where_their_format_says(void **state)
{
	struct perf_event_attr attr = pmu_spec(*state, "event=0x13c,umask=0x2,inv").attr;

	assert_int_equal(attr.type, 24);
	assert_int_equal(attr.config, 0x10080023cULL);
	attr = pmu_spec(*state, "event=0xb1,ldlat=30").attr;
	assert_int_equal(attr.config, 0xb1);
	assert_int_equal(attr.config1, 30);
	assert_int_equal(pmu_spec(*state, "config=0x1234,config2=7").attr.config, 0x1234);
	assert_int_equal(pmu_spec(*state, "").attr.config, 0);
}

static void pmu_events_are_their_terms(void **state)
{
	assert_int_equal(pmu_spec(*state, "misses").attr.config, 0x412e);
	assert_int_equal(pmu_spec(*state, "misses,inv=1").attr.config, 0x80412e);
}

static void pmu_terms_can_give_the_rate(void **state)
{
	struct event_spec spec = pmu_spec(*state, "event=1,period=5000");

	assert_true(spec.has_rate);
	assert_int_equal(spec.attr.sample_period, 5000);
	assert_false(pmu_spec(*state, "event=1").has_rate);
}

static void bad_pmu_terms_are_refused(void **state)
{
	static const char *const bad[] = {
		"nosuch",    "nosuch=1", "umask=0x100", "umask=x",
		"umask=-1",  "broken=1", "wide=1",	"itself",
		"../type=1", "inv=2",	 "event=",	"event=99999999999999999999",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct event_spec spec = { .name = strdup("pmu") };
		struct error err = { 0 };

		if (event_spec_pmu(&spec, *state, bad[i], &err))
			fail_msg("'%s' was taken", bad[i]);
		assert_true(strlen(err.text) > 0);
		free(spec.name);
	}
}

static void tracepoints_have_their_number_from_tracefs(void **state)
{
	struct event_spec_list list = { 0 };
	struct error err;

	(void)state;
	if (access("/sys/kernel/tracing/events/sched/sched_switch/id", R_OK) != 0) {
		print_message("SKIPPED: tracefs is not to be read here\n");
		skip();
	}
	assert_true(event_spec_parse(&list, "sched:sched_switch,sched:sched_switch:k", &err));
	assert_int_equal(list.items[0].attr.type, PERF_TYPE_TRACEPOINT);
	assert_true(list.items[0].attr.config > 0);
	assert_true(list.items[1].attr.exclude_user);
	event_spec_list_deinit(&list);
	assert_refused("sched:nosuch", "no event 'sched:nosuch'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hardware_and_software_events_have_perfs_names),
		cmocka_unit_test(cache_events_have_perfs_names),
		cmocka_unit_test(raw_events_are_hexadecimal),
		cmocka_unit_test(a_mode_leaves_the_others_out),
		cmocka_unit_test(ps_ask_for_precision),
		cmocka_unit_test(lists_and_groups_are_single_events),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test_setup_teardown(pmu_terms_go_where_their_format_says, make_pmu,
						scratch_directory_destroy),
		cmocka_unit_test_setup_teardown(pmu_events_are_their_terms, make_pmu,
						scratch_directory_destroy),
		cmocka_unit_test_setup_teardown(pmu_terms_can_give_the_rate, make_pmu,
						scratch_directory_destroy),
		cmocka_unit_test_setup_teardown(bad_pmu_terms_are_refused, make_pmu,
						scratch_directory_destroy),
		cmocka_unit_test(tracepoints_have_their_number_from_tracefs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
