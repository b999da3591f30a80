/* SPDX-License-Identifier: MIT */
/* The file form: header, events, features, order. */
#include "profiler/data_format.h"
#include "support/read_back.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct recording recording_of(uint64_t first_ns, size_t sample_count)
{
	struct recording recording = { 0 };
	struct perf_event_attr attr = recording_attr(0);

	recording_add_event(&recording, &attr, 7);
	for (size_t number = 0; number < sample_count; number++)
		recording_add_sample(&recording, first_ns + number, 0x401000 + number);
	return recording;
}

static void assert_refused(const void *bytes, size_t size, const char *sentence)
{
	struct read_back back = read_back_bytes(bytes, size);

	assert_null(back.reader);
	if (!strstr(back.err.text, sentence))
		fail_msg("\"%s\" does not say \"%s\"", back.err.text, sentence);
	read_back_close(&back);
}

static void records_come_in_time_order(void **state)
{
	(void)state;
	struct recording recording = recording_of(0, 0);

	recording_add_sample(&recording, 300, 0x3);
	recording_add_comm(&recording, 100, "node");
	recording_add_sample(&recording, 200, 0x2);

	struct read_back back = read_back_recording(&recording);

	assert_string_equal(back.err.text, "");
	assert_int_equal(back.count, 3);
	assert_int_equal(back.records[0].type, PERF_RECORD_COMM);
	assert_int_equal(back.records[1].ip, 0x2);
	assert_int_equal(back.records[2].ip, 0x3);
	assert_string_equal(data_reader_damage(back.reader), "");
	read_back_close(&back);
}

static void a_rewound_recording_gives_the_same_records_again(void **state)
{
	(void)state;
	struct recording recording = recording_of(100, 3);
	struct byte_builder file = recording_file(&recording, true);
	struct data_reader *reader;
	struct error err;
	char path[64];

	recording_write(file.bytes, file.size, path);
	reader = data_reader_open(path, false, &err);
	assert_non_null(reader);
	for (size_t times = 0; times < 3; times++) {
		for (size_t number = 0; number < 3; number++)
			assert_non_null(data_reader_next(reader));
		if (times == 0)
			assert_null(data_reader_next(reader));
		data_reader_rewind(reader);
	}
	data_reader_close(reader);
	unlink(path);
	bytes_free(&file);
	recording_free(&recording);
}

static void samples_that_tell_no_time_keep_the_order_of_the_file(void **state)
{
	(void)state;
	struct recording recording = { 0 };
	struct perf_event_attr attr = { .size = PERF_ATTR_SIZE_VER0,
					.sample_type = PERF_SAMPLE_IP };

	recording_add_event(&recording, &attr, 0);
	for (uint64_t ip = 9; ip > 0; ip--) {
		size_t record = bytes_begin_record(&recording.data, PERF_RECORD_SAMPLE, 0);

		bytes_u64(&recording.data, ip);
		bytes_end_record(&recording.data, record);
		recording_add_round(&recording);
	}
	struct read_back back = read_back_recording(&recording);

	assert_int_equal(back.count, 9);
	for (uint64_t number = 0; number < 9; number++)
		assert_int_equal(back.records[number].ip, 9 - number);
	read_back_close(&back);
}

static void records_of_perfs_own_types_are_consumed_known_or_not(void **state)
{
	static const uint32_t types[] = { RECORD_FINISHED_ROUND, RECORD_ID_INDEX,
					  RECORD_THREAD_MAP,	 RECORD_CPU_MAP,
					  RECORD_TIME_CONV,	 RECORD_FINISHED_INIT,
					  RECORD_EVENT_UPDATE,	 999 };
	struct recording recording = recording_of(100, 1);

	(void)state;
	for (size_t number = 0; number < sizeof(types) / sizeof(types[0]); number++) {
		size_t record = bytes_begin_record(&recording.data, types[number], 0);

		bytes_fill(&recording.data, 1, 8 * number);
		bytes_end_record(&recording.data, record);
	}
	recording_add_sample(&recording, 200, 0x2);
	struct read_back back = read_back_recording(&recording);

	assert_int_equal(back.count, 2);
	assert_int_equal(back.records[1].ip, 0x2);
	assert_string_equal(data_reader_damage(back.reader), "");
	read_back_close(&back);
}

static void payloads_behind_records_are_passed_over(void **state)
{
	struct recording recording = recording_of(100, 1);
	size_t record = bytes_begin_record(&recording.data, RECORD_AUXTRACE, 0);

	(void)state;
	bytes_u64(&recording.data, 70000); /* of trace follow the record */
	bytes_fill(&recording.data, 0, 32);
	bytes_end_record(&recording.data, record);
	bytes_fill(&recording.data, 0xaa, 70000);
	record = bytes_begin_record(&recording.data, RECORD_HEADER_TRACING_DATA, 0);
	bytes_u32(&recording.data, 24);
	bytes_end_record(&recording.data, record); /* 12 bytes: what follows is not aligned */
	bytes_fill(&recording.data, 0xbb, 24);
	recording_add_sample(&recording, 200, 0x2);

	struct read_back back = read_back_recording(&recording);

	assert_int_equal(back.count, 2);
	assert_int_equal(back.records[1].ip, 0x2);
	assert_string_equal(data_reader_damage(back.reader), "");
	read_back_close(&back);
}

static void attributes_of_every_size_are_read(void **state)
{
	(void)state;
	for (size_t size = 64; size <= 144; size += 8) {
		struct recording recording = { 0 };
		struct perf_event_attr attr = recording_attr(0);
		struct byte_builder file;
		size_t attr_offset = sizeof(struct data_file_header) + 8;

		attr.size = (uint32_t)(size < sizeof(attr) ? size : sizeof(attr));
		recording_add_event(&recording, &attr, 7);
		recording_add_sample(&recording, 100, 0x401000);
		file = recording_file(&recording, true);
		if (size > sizeof(attr)) {
			/* A newer kernel's attribute: as much again of what is not known here. */
			struct data_file_header header;
			struct byte_builder longer = { 0 };
			size_t more = size - sizeof(attr);

			memcpy(&header, file.bytes, sizeof(header));
			header.attr_size += more;
			header.attrs.size += more;
			header.data.offset += more;
			bytes_add(&longer, &header, sizeof(header));
			bytes_add(&longer, file.bytes + sizeof(header), 8 + sizeof(attr));
			bytes_fill(&longer, 0, more);
			bytes_add(&longer, file.bytes + attr_offset + sizeof(attr),
				  file.size - attr_offset - sizeof(attr));
			bytes_free(&file);
			file = longer;
		}
		struct read_back back = read_back_bytes(file.bytes, file.size);

		assert_int_equal(back.count, 1);
		assert_int_equal(back.records[0].ip, 0x401000);
		bytes_free(&file);
		read_back_close(&back);
		recording_free(&recording);
	}
}

static void ids_in_the_file_tell_events_apart(void **state)
{
	(void)state;
	struct recording recording = { 0 };
	struct perf_event_attr attr = { .size = PERF_ATTR_SIZE_VER0,
					.type = PERF_TYPE_SOFTWARE,
					.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP };

	recording_add_event(&recording, &attr, 7);
	attr.config = PERF_COUNT_SW_PAGE_FAULTS;
	recording_add_event(&recording, &attr, 8);

	size_t record = bytes_begin_record(&recording.data, PERF_RECORD_SAMPLE, 0);

	bytes_u64(&recording.data, 8);
	bytes_u64(&recording.data, 0x401000);
	bytes_end_record(&recording.data, record);

	struct read_back back = read_back_recording(&recording);
	size_t count;
	const struct data_event *events = data_reader_events(back.reader, &count);

	assert_int_equal(count, 2);
	assert_string_equal(events[0].name, "cpu-clock");
	assert_string_equal(events[1].name, "page-faults");
	assert_int_equal(events[1].attr->config, PERF_COUNT_SW_PAGE_FAULTS);
	assert_int_equal(back.records[0].event_number, 1);
	read_back_close(&back);
}

static void add_text_feature(struct recording *recording, unsigned int bit, const char *text)
{
	struct byte_builder *bytes = recording_add_feature(recording, bit);

	bytes_u32(bytes, 64); /* perf pads texts to 64 bytes */
	bytes_add(bytes, text, strlen(text));
	bytes_fill(bytes, 0, 64 - strlen(text));
}

static void add_words(struct byte_builder *bytes, const char *const *words, uint32_t count)
{
	bytes_u32(bytes, count);
	for (uint32_t number = 0; number < count; number++) {
		bytes_u32(bytes, (uint32_t)strlen(words[number]) + 1);
		bytes_add(bytes, words[number], strlen(words[number]) + 1);
	}
}

static void features_are_what_the_sections_say(void **state)
{
	static const char *const words[] = { "perf", "record", "sh", "-c", "echo 'a b'", "" };
	struct recording recording = recording_of(100, 3);
	struct byte_builder *bytes;

	(void)state;
	add_text_feature(&recording, FEATURE_HOSTNAME, "build\033[31mhost");
	add_text_feature(&recording, FEATURE_OSRELEASE, "6.18.0");
	add_text_feature(&recording, FEATURE_VERSION, "6.1.192");
	add_text_feature(&recording, FEATURE_ARCH, "x86_64");
	bytes = recording_add_feature(&recording, FEATURE_NRCPUS);
	bytes_u32(bytes, 8); /* available */
	bytes_u32(bytes, 6); /* online */
	add_text_feature(&recording, FEATURE_CPUDESC, "AMD EPYC");
	add_words(recording_add_feature(&recording, FEATURE_CMDLINE), words, 6);
	bytes = recording_add_feature(&recording, FEATURE_SAMPLE_TIME);
	bytes_u64(bytes, 100);
	bytes_u64(bytes, 102);
	bytes_u64(recording_add_feature(&recording, FEATURE_CLOCKID), 1); /* the resolution */
	bytes_fill(recording_add_feature(&recording, FEATURE_COMPRESSED), 1, 20);
	bytes = recording_add_feature(&recording, FEATURE_CLOCK_DATA);
	bytes_u32(bytes, 1); /* version */
	bytes_u32(bytes, 4); /* CLOCK_MONOTONIC_RAW */
	bytes_u64(bytes, 1700000000000000000);
	bytes_u64(bytes, 100);

	struct read_back back = read_back_recording(&recording);
	const struct data_features *told = data_reader_features(back.reader);

	assert_string_equal(told->hostname, "build?[31mhost");
	assert_string_equal(told->os_release, "6.18.0");
	assert_string_equal(told->version, "6.1.192");
	assert_string_equal(told->arch, "x86_64");
	assert_int_equal(told->cpus_online, 6);
	assert_string_equal(told->cpu_description, "AMD EPYC");
	assert_string_equal(told->command_line, "perf record sh -c 'echo '\\''a b'\\''' ''");
	assert_int_equal(told->first_sample_ns, 100);
	assert_int_equal(told->last_sample_ns, 102);
	assert_int_equal(told->clockid, 4);
	assert_true(told->is_compressed);
	assert_int_equal(back.count, 3);
	read_back_close(&back);
}

static void what_no_section_says_is_empty(void **state)
{
	(void)state;
	struct recording recording = recording_of(100, 1);
	struct read_back back = read_back_recording(&recording);
	const struct data_features *told = data_reader_features(back.reader);
	size_t count;

	assert_string_equal(told->hostname, "");
	assert_string_equal(told->command_line, "");
	assert_int_equal(told->clockid, -1);
	assert_false(told->is_compressed);
	data_reader_build_ids(back.reader, &count);
	assert_int_equal(count, 0);
	assert_null(data_reader_section(back.reader));
	read_back_close(&back);
}

static void an_attribute_tells_its_clock(void **state)
{
	(void)state;
	struct recording recording = { 0 };
	struct perf_event_attr attr = recording_attr(0);

	attr.use_clockid = 1;
	attr.clockid = 1;
	recording_add_event(&recording, &attr, 7);
	struct read_back back = read_back_recording(&recording);

	assert_int_equal(data_reader_features(back.reader)->clockid, 1);
	read_back_close(&back);
}

static void add_build_id(struct byte_builder *bytes, uint16_t misc, uint8_t size, const char *path)
{
	/* perf leaves the type 0 in the section. */
	size_t record = bytes_begin_record(bytes, 0, misc);

	bytes_u32(bytes, UINT32_MAX); /* pid: any */
	bytes_fill(bytes, 0xbd, 20);
	bytes_u8(bytes, size);
	bytes_fill(bytes, 0, 3);
	bytes_text(bytes, path);
	bytes_end_record(bytes, record);
}

static void build_ids_are_of_the_size_they_say(void **state)
{
	struct recording recording = recording_of(100, 1);
	struct byte_builder *bytes = recording_add_feature(&recording, FEATURE_BUILD_ID);
	const struct data_build_id *build_ids;
	size_t count;

	(void)state;
	add_build_id(bytes, PERF_RECORD_MISC_KERNEL, 0, "[kernel.kallsyms]");
	add_build_id(bytes, PERF_RECORD_MISC_USER | RECORD_MISC_BUILD_ID_SIZE, 16, "/bin/node");
	add_build_id(bytes, PERF_RECORD_MISC_USER | RECORD_MISC_BUILD_ID_SIZE, 99, "/bin/perf");

	struct read_back back = read_back_recording(&recording);

	build_ids = data_reader_build_ids(back.reader, &count);
	assert_int_equal(count, 3);
	assert_string_equal(build_ids[0].path, "[kernel.kallsyms]");
	assert_int_equal(build_ids[0].build_id.size, 20); /* before sizes were told */
	assert_true(build_ids[0].is_kernel);
	assert_int_equal(build_ids[0].pid, UINT32_MAX);
	assert_string_equal(build_ids[1].path, "/bin/node");
	assert_int_equal(build_ids[1].build_id.size, 16);
	assert_false(build_ids[1].is_kernel);
	assert_int_equal(build_ids[2].build_id.size, 20);
	read_back_close(&back);
}

static void add_event_desc(struct recording *recording, const struct perf_event_attr *attr,
			   const char *name)
{
	struct byte_builder *bytes = recording_add_feature(recording, FEATURE_EVENT_DESC);

	bytes_u32(bytes, 1); /* events */
	bytes_u32(bytes, attr->size);
	bytes_add(bytes, attr, attr->size);
	bytes_u32(bytes, 1); /* ids */
	bytes_u32(bytes, (uint32_t)strlen(name) + 1);
	bytes_add(bytes, name, strlen(name) + 1);
	bytes_u64(bytes, 7);
}

static void the_recording_names_its_events(void **state)
{
	struct recording recording = recording_of(100, 1);
	size_t count;

	(void)state;
	add_event_desc(&recording, &recording.events[0].attr, "sched:sched_switch");
	struct read_back back = read_back_recording(&recording);

	assert_string_equal(data_reader_events(back.reader, &count)[0].name, "sched:sched_switch");
	assert_int_equal(count, 1);
	read_back_close(&back);
}

static void events_that_are_only_described_are_taken_from_there(void **state)
{
	struct recording recording = { 0 };
	struct perf_event_attr attr = recording_attr(0);
	size_t count;

	(void)state;
	recording_add_sample(&recording, 100, 0x401000);
	add_event_desc(&recording, &attr, "cpu-clock:u");
	struct read_back back = read_back_recording(&recording);

	assert_string_equal(back.err.text, "");
	assert_string_equal(data_reader_events(back.reader, &count)[0].name, "cpu-clock:u");
	assert_int_equal(back.records[0].ip, 0x401000);
	read_back_close(&back);
}

static void an_empty_recording_that_was_closed_has_no_records(void **state)
{
	struct recording recording = recording_of(100, 0);

	(void)state;
	add_text_feature(&recording, FEATURE_HOSTNAME, "host");
	struct read_back back = read_back_recording(&recording);

	assert_int_equal(back.count, 0);
	assert_string_equal(data_reader_damage(back.reader), "");
	assert_string_equal(data_reader_features(back.reader)->hostname, "host");
	read_back_close(&back);
}

static void what_is_no_recording_is_said_in_one_sentence(void **state)
{
	static const char text[] = "#!/bin/sh\necho this is a script, and long enough to be a "
				   "header of a recording, if it had the magic number\n";
	struct data_file_header header = { .magic = DATA_MAGIC_SWAPPED };

	(void)state;
	assert_refused("", 0, "is empty");
	assert_refused(text, sizeof(text), "is not a recording");
	assert_refused("PERF", 4, "ends inside its header");
	assert_refused(&header, sizeof(header), "other byte order");
	header.magic = DATA_MAGIC_OLD;
	assert_refused(&header, sizeof(header), "version 1");
	header.magic = DATA_MAGIC;
	header.size = sizeof(header);
	assert_refused(&header, sizeof(header), "before it names an event");
}

static void a_file_that_is_not_there_is_said_with_its_name(void **state)
{
	(void)state;
	struct read_back back = read_back_path("/nowhere/perf.data");

	assert_null(back.reader);
	assert_string_equal(back.err.text, "cannot open /nowhere/perf.data: no such file; "
					   "record one with `jprof record COMMAND`");
}

static void a_strangers_file_is_read_only_by_force(void **state)
{
	struct recording recording = recording_of(100, 1);
	struct byte_builder file = recording_file(&recording, true);
	struct data_reader *reader;
	struct error err = { 0 };
	char path[64];

	(void)state;
	if (geteuid() != 0) {
		print_message("SKIPPED: giving a file away needs root\n");
		skip();
	}
	recording_write(file.bytes, file.size, path);
	assert_int_equal(chown(path, 12345, 12345), 0);
	assert_int_equal(chmod(path, 0644), 0);

	reader = data_reader_open(path, false, &err);
	assert_non_null(reader); /* root reads any */
	data_reader_close(reader);

	assert_int_equal(seteuid(65534), 0);
	reader = data_reader_open(path, false, &err);
	assert_null(reader);
	assert_non_null(strstr(err.text, "belongs neither to you nor to root"));
	reader = data_reader_open(path, true, &err);
	assert_non_null(reader);
	data_reader_close(reader);
	assert_int_equal(seteuid(0), 0);

	unlink(path);
	bytes_free(&file);
	recording_free(&recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_in_time_order),
		cmocka_unit_test(a_rewound_recording_gives_the_same_records_again),
		cmocka_unit_test(samples_that_tell_no_time_keep_the_order_of_the_file),
		cmocka_unit_test(records_of_perfs_own_types_are_consumed_known_or_not),
		cmocka_unit_test(payloads_behind_records_are_passed_over),
		cmocka_unit_test(attributes_of_every_size_are_read),
		cmocka_unit_test(ids_in_the_file_tell_events_apart),
		cmocka_unit_test(features_are_what_the_sections_say),
		cmocka_unit_test(what_no_section_says_is_empty),
		cmocka_unit_test(an_attribute_tells_its_clock),
		cmocka_unit_test(build_ids_are_of_the_size_they_say),
		cmocka_unit_test(the_recording_names_its_events),
		cmocka_unit_test(events_that_are_only_described_are_taken_from_there),
		cmocka_unit_test(an_empty_recording_that_was_closed_has_no_records),
		cmocka_unit_test(what_is_no_recording_is_said_in_one_sentence),
		cmocka_unit_test(a_file_that_is_not_there_is_said_with_its_name),
		cmocka_unit_test(a_strangers_file_is_read_only_by_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
