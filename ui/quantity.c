/* SPDX-License-Identifier: MIT */
#include "ui/quantity.h"

#include <inttypes.h>

void print_count(FILE *out, uint64_t count)
{
	if (count >= 1000) {
		print_count(out, count / 1000);
		fprintf(out, ",%03" PRIu64, count % 1000);
	} else {
		fprintf(out, "%" PRIu64, count);
	}
}

void print_bytes(FILE *out, uint64_t bytes)
{
	if (bytes < 1000)
		fprintf(out, "%" PRIu64 " bytes", bytes);
	else if (bytes < 1000000)
		fprintf(out, "%.1f kB", (double)bytes / 1e3);
	else if (bytes < 1000000000)
		fprintf(out, "%.1f MB", (double)bytes / 1e6);
	else
		fprintf(out, "%.1f GB", (double)bytes / 1e9);
}
