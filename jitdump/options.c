/* SPDX-License-Identifier: MIT */
#include "jitdump/options.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "jitdump/dump_output.h"

int jitdump_copy_sized(void *to, size_t size, size_t first_size, const void *from, size_t from_size)
{
	const uint8_t *bytes = from;

	if (from_size < first_size)
		return -EINVAL;
	for (size_t i = size; i < from_size; i++)
		if (bytes[i] != 0)
			return -EINVAL;
	memset(to, 0, size);
	memcpy(to, from, from_size < size ? from_size : size);
	return 0;
}

int jitdump_options_read(struct jitdump_options *to, const struct jitdump_options *from)
{
	const size_t first_size = sizeof(struct jitdump_options);
	int status = 0;

	*to = (struct jitdump_options){ 0 };
	if (from != NULL)
		status = jitdump_copy_sized(to, sizeof(*to), first_size, from, from->size);
	if (status != 0)
		return status;
	if (to->directory == NULL)
		to->directory = secure_getenv("JITDUMPDIR");
	if (to->directory == NULL || to->directory[0] == '\0')
		to->directory = "/tmp";
	if (to->file_name == NULL)
		to->file_name = "jit-%p.dump";
	if (to->map_directory == NULL)
		to->map_directory = "/tmp";
	if (to->outputs == 0)
		to->outputs = JITDUMP_TO_DUMP;
	if (to->permissions == 0)
		to->permissions = 0600;
	if (!jitdump_output_pattern_is_valid(to->file_name) || to->permissions > 0777 ||
	    (to->outputs & ~(JITDUMP_TO_DUMP | JITDUMP_TO_PERF_MAP)) != 0)
		return -EINVAL;
	return 0;
}
