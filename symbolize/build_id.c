/* SPDX-License-Identifier: MIT */
#include "symbolize/build_id.h"

#include "jitdump/xalloc.h"

#include <stdio.h>
#include <string.h>

bool build_id_is_equal(const struct build_id *first, const struct build_id *second)
{
	static const uint8_t zeros[IMAGE_BUILD_ID_MAX];
	const struct build_id *longer = first->size > second->size ? first : second;
	size_t size = first->size + second->size - longer->size;

	return size && !memcmp(first->bytes, second->bytes, size) &&
	       !memcmp(longer->bytes + size, zeros, longer->size - size);
}

char *build_id_path(const char *prefix, const struct build_id *build_id, const char *suffix)
{
	char digits[2 * IMAGE_BUILD_ID_MAX + 1];

	if (build_id->size < 2)
		return NULL;
	for (size_t i = 0; i < build_id->size; i++)
		snprintf(digits + 2 * i, 3, "%02x", build_id->bytes[i]);
	return xasprintf("%s/.build-id/%.2s/%s%s", prefix, digits, digits + 2, suffix);
}
