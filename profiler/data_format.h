/* SPDX-License-Identifier: MIT */
/*
 * perf.data as it lies in a file: what the reader and the writer share.
 *
 * Source: Linux tools/perf/Documentation/perf.data-file-format.txt, util/header.h and
 * lib/perf/include/perf/event.h (6.12). Numbers are in the byte order of the recording machine;
 * records need not be aligned.
 *
 *     file:       file_header | ids | attrs | data | feature sections' places | feature sections
 *     pipe:       pipe_header | data, with records HEADER_ATTR, HEADER_FEATURE ...
 *     directory:  data (a file) | data.0 data.1 ... (records alone, one stream per CPU)
 */
#ifndef PROFILER_DATA_FORMAT_H
#define PROFILER_DATA_FORMAT_H

#include <stdint.h>

#define DATA_MAGIC	   0x32454c4946524550ULL /* "PERFILE2", little endian */
#define DATA_MAGIC_SWAPPED 0x50455246494c4532ULL
#define DATA_MAGIC_OLD	   0x454c494646524550ULL /* "PERFFILE": before Linux 3.3 */

/* [offset, offset + size) of the file. */
struct data_section {
	uint64_t offset, size;
};

struct data_pipe_header {
	uint64_t magic;
	uint64_t size; /* of this header: tells the two forms apart */
};

enum { DATA_FEATURE_BITS = 256 };

struct data_file_header {
	uint64_t magic;
	uint64_t size;
	uint64_t attr_size; /* of an entry in attrs: an attribute, then the section of its ids */
	struct data_section attrs;
	struct data_section data; /* size 0: the recorder never closed the file */
	struct data_section event_types;
	uint64_t features[DATA_FEATURE_BITS / 64];
};

/* One data_section for each set bit of `features` lies behind the data, in the order of bits. */
enum data_feature {
	FEATURE_TRACING_DATA = 1,
	FEATURE_BUILD_ID = 2,
	FEATURE_HOSTNAME = 3,
	FEATURE_OSRELEASE = 4,
	FEATURE_VERSION = 5,
	FEATURE_ARCH = 6,
	FEATURE_NRCPUS = 7,
	FEATURE_CPUDESC = 8,
	FEATURE_CPUID = 9,
	FEATURE_TOTAL_MEM = 10,
	FEATURE_CMDLINE = 11,
	FEATURE_EVENT_DESC = 12,
	FEATURE_SAMPLE_TIME = 21,
	FEATURE_CLOCKID = 23,
	FEATURE_DIR_FORMAT = 24,
	FEATURE_COMPRESSED = 27,
	FEATURE_CLOCK_DATA = 29,
};

/* FEATURE_COMPRESSED. */
struct data_compression {
	uint32_t version; /* of this struct: 0, as perf writes it; hotspot 1.3 refuses another */
	uint32_t type;	  /* 1: zstd */
	uint32_t level, ratio;
	uint32_t mmap_len; /* no compressed record inflates to more bytes */
};

/* Record types of perf's own; what follows a record's header in comments. */
enum data_record_type {
	RECORD_USER_TYPE_START = 64,
	RECORD_HEADER_ATTR = 64,	 /* attr, ids up to the end */
	RECORD_HEADER_TRACING_DATA = 66, /* u32 size; so many bytes follow the record */
	RECORD_HEADER_BUILD_ID = 67,	 /* as in FEATURE_BUILD_ID */
	RECORD_FINISHED_ROUND = 68,
	RECORD_ID_INDEX = 69,
	RECORD_AUXTRACE = 71, /* u64 size ...; so many bytes follow the record */
	RECORD_THREAD_MAP = 73,
	RECORD_CPU_MAP = 74,
	RECORD_TIME_CONV = 79,
	RECORD_EVENT_UPDATE = 78,   /* u64 what, u64 id, text */
	RECORD_HEADER_FEATURE = 80, /* u64 feature, its section */
	RECORD_COMPRESSED = 81,	    /* a piece of the file's one zstd stream */
	RECORD_FINISHED_INIT = 82,
	RECORD_COMPRESSED2 = 83, /* u64 size, a piece of that size, padding */
};

/* In FEATURE_BUILD_ID the size of a build-id is told (Linux 5.12), else it is 20 bytes. */
enum { RECORD_MISC_BUILD_ID_SIZE = 1 << 15 };

#endif
