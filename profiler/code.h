/* SPDX-License-Identifier: MIT */
/*
 * Where an address points, at a time.
 *
 * You give an address space, an address in it and a time; you get the image and the image address,
 * by the rules of jitdump and mappings in time: among JIT versions the newest that is not newer
 * than the sample; between JIT code and file mappings the newer; anonymous mappings never end JIT
 * code; what a parent announced after a fork is its child's too where they share the memory, and
 * where nothing else is known of a child without a dump of its own; where nothing is valid the
 * earliest version up to 50 ms later ("late"); a perf map last. It never names anything.
 */
#ifndef PROFILER_CODE_H
#define PROFILER_CODE_H

#include "symbolize/image.h"

struct address_space;
struct jit_version;

enum code_kind {
	CODE_FILE,	  /* an ELF file or the vDSO */
	CODE_JIT,	  /* a JIT version, or a perf map's entry */
	CODE_JIT_UNKNOWN, /* executable memory of no file that nobody described (yet) */
	CODE_UNMAPPED,	  /* nothing known is there */
};

struct code {
	enum code_kind kind;
	struct image *image;		   /* never NULL */
	uint64_t image_address;		   /* the location is (image->id, image_address) */
	uint64_t bias;			   /* CODE_FILE: address - image_address */
	const struct jit_version *version; /* CODE_JIT from a dump, or is_provisional; else NULL */
	bool is_provisional; /* CODE_JIT_UNKNOWN: it runs as `version` does, whatever its name */
	uint32_t live_pid;   /* CODE_JIT: whose memory has the bytes that nobody keeps; else 0 */
	bool is_late;	     /* named by a version up to 50 ms newer than the sample */
};

/* The JIT code and the mappings of a space are in profiler/address_space.h. Always fills *code. */
void code_find(struct address_space *space, uint64_t address, uint64_t time_ns, struct code *code);

#endif
