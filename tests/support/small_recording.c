/* SPDX-License-Identifier: MIT */
#include "support/small_recording.h"

#include "profiler/data_format.h"
#include "profiler/jprof_section.h"
#include "support/recording.h"

#include <string.h>
#include <sys/mman.h>

enum { PID = 41, WORKER = 42, PERIOD_NS = 1000000 };

/* JIT code of PID. */
enum { FIB = 0x1000, MAIN = 0x1100, UNKNOWN = 0x1f00 };

#define KERNEL	 ((uint64_t)PERF_CONTEXT_KERNEL)
#define USER	 ((uint64_t)PERF_CONTEXT_USER)
#define SYSCALL	 UINT64_C(0xffffffff81000010)
#define START_NS UINT64_C(5000000000)

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* One sample of each kind; what jprof's recorder says of it beside. */
static const struct {
	uint32_t tid, cpu;
	uint64_t chain[6];
	uint8_t end;
	uint8_t guessed; /* bitmap over the user frames */
	bool is_joined;
} samples[SMALL_RECORDING_SAMPLES] = {
	{ PID, 0, { USER, FIB + 4, FIB + 9, MAIN + 9 }, STACK_END_COMPLETE, 0 },
	{ PID, 0, { USER, FIB + 4, MAIN + 9 }, STACK_END_COMPLETE, 2 },
	{ PID, 0, { KERNEL, SYSCALL, USER, FIB + 4, MAIN + 9 }, STACK_END_COMPLETE, 0 },
	{ PID, 0, { USER, FIB + 12, FIB + 9 }, STACK_END_TRUNCATED_COPY, 0, true },
	{ WORKER, 1, { USER, UNKNOWN }, STACK_END_JIT_UNKNOWN, 1 },
	{ WORKER, 1, { KERNEL, SYSCALL }, STACK_END_NONE, 0 },
};

static void add_ids(struct byte_builder *data, uint32_t tid, uint64_t time_ns, uint32_t cpu)
{
	bytes_u32(data, PID);
	bytes_u32(data, tid);
	bytes_u64(data, time_ns);
	bytes_u32(data, cpu);
	bytes_u32(data, 0);
}

static void add_mmap(struct byte_builder *data, uint64_t start, const char *path)
{
	size_t record = bytes_begin_record(data, PERF_RECORD_MMAP2, PERF_RECORD_MISC_USER);

	bytes_u32(data, PID);
	bytes_u32(data, PID);
	bytes_u64(data, start);
	bytes_u64(data, 0x1000);
	bytes_fill(data, 0, 32); /* offset, device, inode, generation */
	bytes_u32(data, PROT_READ | PROT_EXEC);
	bytes_u32(data, MAP_PRIVATE);
	bytes_text(data, path);
	add_ids(data, PID, START_NS, 0);
	bytes_end_record(data, record);
}

static void add_comm(struct byte_builder *data, uint32_t tid, const char *comm)
{
	size_t record = bytes_begin_record(data, PERF_RECORD_COMM, 0);

	bytes_u32(data, PID);
	bytes_u32(data, tid);
	bytes_text(data, comm);
	add_ids(data, tid, START_NS, 0);
	bytes_end_record(data, record);
}

static void add_sample(struct byte_builder *data, size_t number)
{
	const uint64_t *chain = samples[number].chain;
	bool is_kernel = chain[0] == KERNEL;
	size_t count = 0, record;

	while (count < COUNT(samples[0].chain) && chain[count])
		count++;
	record = bytes_begin_record(data, PERF_RECORD_SAMPLE,
				    is_kernel ? PERF_RECORD_MISC_KERNEL : PERF_RECORD_MISC_USER);
	bytes_u64(data, chain[1]);
	add_ids(data, samples[number].tid, START_NS + number * PERIOD_NS, samples[number].cpu);
	bytes_u64(data, PERIOD_NS);
	bytes_u64(data, count);
	bytes_add(data, chain, count * sizeof(*chain));
	bytes_end_record(data, record);
}

static void add_throttle(struct byte_builder *data)
{
	size_t record = bytes_begin_record(data, PERF_RECORD_THROTTLE, 0);

	bytes_fill(data, 0, 24);
	add_ids(data, PID, START_NS + 1, 0);
	bytes_end_record(data, record);
}

static void add_lost(struct byte_builder *data, uint64_t count)
{
	size_t record = bytes_begin_record(data, PERF_RECORD_LOST, 0);

	bytes_u64(data, 0);
	bytes_u64(data, count);
	add_ids(data, PID, START_NS + 1, 0);
	bytes_end_record(data, record);
}

static void put_qualities(struct section_bytes *section)
{
	struct sample_quality qualities[COUNT(samples)];

	for (size_t i = 0; i < COUNT(samples); i++) {
		qualities[i] = (struct sample_quality){ .time_ns = START_NS + i * PERIOD_NS,
							.tid = samples[i].tid,
							.cpu = samples[i].cpu,
							.end = samples[i].end,
							.is_joined = samples[i].is_joined };
		if (!samples[i].guessed)
			continue;
		qualities[i].guessed = &samples[i].guessed;
		qualities[i].guessed_bytes = 1;
		qualities[i].guessed_count = 1;
	}
	jprof_section_put_qualities(section, qualities, COUNT(qualities));
}

static void put_versions(struct section_bytes *section)
{
	static const struct jitdump_source_line lines[] = { { FIB, "/app/fib.js", 12, 3 },
							    { FIB + 8, "/app/fib.js", 13, 1 } };
	/* clang-format off */
	static const uint8_t code[0x20] = {
		0x55,			      /* push %rbp */
		0x48, 0x89, 0xe5,	      /* mov %rsp,%rbp */
		0xe8, 0xf7, 0xff, 0xff, 0xff, /* call FIB */
		0x48, 0x01, 0xc3,	      /* add %rax,%rbx */
		0xff, 0xc9,		      /* dec %ecx */
		0x75, 0xf4,		      /* jne FIB + 4 */
		0xeb, 0x06,		      /* jmp FIB + 24 */
		0xe8, 0xe9, 0x00, 0x00, 0x00, /* call MAIN */
		0x06,			      /* nothing in 64 bits */
		0x5d, 0xc3,		      /* pop %rbp; ret */
		0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00,
	};
	/* clang-format on */
	static const struct stored_version versions[] = {
		{ 0,
		  { .kind = JITDUMP_ENTRY_LOAD,
		    .time_ns = START_NS,
		    .address = FIB,
		    .size = 0x20,
		    .name = "JS:*fib",
		    .code = code,
		    .lines = lines,
		    .line_count = COUNT(lines) } },
		{ 0,
		  { .kind = JITDUMP_ENTRY_LOAD,
		    .time_ns = START_NS,
		    .address = MAIN,
		    .size = 0x20,
		    .name = "JS:~main" } },
	};
	static const struct stored_dump_use use = { 0, PID, START_NS, UINT64_MAX,
						    "/tmp/jit-41.dump" };

	jprof_section_put_versions(section, versions, COUNT(versions));
	jprof_section_put_dump_uses(section, &use, 1);
}

static void put_section(struct byte_builder *feature)
{
	static const struct stored_symbol symbol = { 0xffffffff81000000, 0x100, "do_syscall_64",
						     NULL };
	static const struct stored_health health = { .rate_asked_hz = 999,
						     .start_ns = START_NS - 1000000000,
						     .end_ns = START_NS + 1500000000 };
	struct section_bytes section = { 0 };

	put_qualities(&section);
	put_versions(&section);
	jprof_section_put_kernel_symbols(&section, &symbol, 1);
	jprof_section_put_health(&section, &health);
	bytes_add(feature, section.bytes, section.size);
	section_bytes_deinit(&section);
}

static void put_command_line(struct byte_builder *feature)
{
	static const char *const words[] = { "jprof", "record", "node", "my app.js" };

	bytes_u32(feature, COUNT(words));
	for (size_t i = 0; i < COUNT(words); i++) {
		bytes_u32(feature, (uint32_t)(strlen(words[i]) / 8 + 1) * 8);
		bytes_text(feature, words[i]);
	}
}

struct byte_builder small_recording(size_t sample_count, bool is_ours)
{
	struct perf_event_attr attr = recording_attr(PERF_SAMPLE_CPU | PERF_SAMPLE_CALLCHAIN);
	struct recording recording = { 0 };

	recording_add_event(&recording, &attr, 0);
	add_comm(&recording.data, PID, "node");
	add_comm(&recording.data, WORKER, "worker");
	add_mmap(&recording.data, FIB, "//anon");
	add_mmap(&recording.data, 0x9000, "/tmp/jit-41.dump");
	add_lost(&recording.data, 3);
	add_throttle(&recording.data);
	for (size_t i = 0; i < sample_count; i++)
		add_sample(&recording.data, i);
	put_command_line(recording_add_feature(&recording, FEATURE_CMDLINE));
	if (is_ours)
		put_section(recording_add_feature(&recording, JPROF_FEATURE_BIT));
	struct byte_builder file = recording_file(&recording, true);

	recording_free(&recording);
	return file;
}
