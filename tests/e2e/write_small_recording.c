/* SPDX-License-Identifier: MIT */
/* usage: write_small_recording FILE: the recording that support/small_recording.h describes. */
#include "support/small_recording.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	struct byte_builder file = small_recording(SMALL_RECORDING_SAMPLES, true);
	FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;

	if (!out) {
		fprintf(stderr, "usage: write_small_recording FILE\n");
		return EXIT_FAILURE;
	}
	fwrite(file.bytes, 1, file.size, out);
	bytes_free(&file);
	return fclose(out) ? EXIT_FAILURE : EXIT_SUCCESS;
}
