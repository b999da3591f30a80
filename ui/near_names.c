/* SPDX-License-Identifier: MIT */
#include "ui/near_names.h"

#include <stdint.h>
#include <string.h>

/* Nobody mistypes longer names: they are pasted. */
enum { LETTERS_MAX = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be put in, taken out or changed (Levenshtein). */
static size_t edit_distance(const char *a, const char *b)
{
	size_t a_length = strlen(a), b_length = strlen(b);
	size_t row[LETTERS_MAX + 1];

	if (a_length > LETTERS_MAX || b_length > LETTERS_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t changed = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = least(changed, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[b_length];
}

/* SIZE_MAX: they have nothing to do with each other. */
static size_t distance_of(const char *wanted, const char *name)
{
	size_t distance;

	if (strcasestr(name, wanted))
		return 1;
	distance = edit_distance(wanted, name);
	return distance <= strlen(wanted) / 3 + 1 ? distance : SIZE_MAX;
}

void near_names_add(struct near_names *near, const char *name)
{
	size_t distance = distance_of(near->wanted, name), at = near->count;

	for (size_t i = 0; i < near->count; i++) {
		if (!strcmp(near->names[i], name))
			return;
	}
	while (at > 0 && near->distances[at - 1] > distance)
		at--;
	if (distance == SIZE_MAX || at == NEAR_NAMES_MAX)
		return;
	if (near->count < NEAR_NAMES_MAX)
		near->count++;
	for (size_t i = near->count - 1; i > at; i--) {
		near->names[i] = near->names[i - 1];
		near->distances[i] = near->distances[i - 1];
	}
	near->names[at] = name;
	near->distances[at] = distance;
}
