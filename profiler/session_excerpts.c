/* SPDX-License-Identifier: MIT */
/* Names, lines and code of files that a recording keeps: taken at its end, and used again. */
#include "profiler/session_state.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

void session_excerpts_deinit(struct session *session)
{
	hash_index_deinit(&session->excerpt_index);
}

static uint64_t path_hash(const char *path)
{
	return hash_bytes(path, strlen(path));
}

void session_excerpts_use(struct session *session)
{
	size_t count;
	const struct image_excerpt *excerpts = jprof_section_excerpts(session->section, &count);

	for (size_t i = 0; i < count; i++)
		hash_index_add(&session->excerpt_index, path_hash(excerpts[i].identity.path),
			       (uint32_t)i);
}

void session_excerpts_attach(const struct session *session, struct image *image)
{
	size_t count;

	if (image->excerpt || !session->excerpt_index.count)
		return;
	const struct image_excerpt *excerpts = jprof_section_excerpts(session->section, &count);

	for (struct hash_cursor c =
		     hash_index_begin(&session->excerpt_index, path_hash(image->path));
	     hash_index_next(&session->excerpt_index, &c);) {
		if (!image_excerpt_is_of(&excerpts[c.number], image))
			continue;
		image_use_excerpt(image, &excerpts[c.number]);
		return;
	}
}

static int compare_locations(const void *a, const void *b)
{
	const struct location *first = a, *second = b;

	if (first->image_id != second->image_id)
		return first->image_id < second->image_id ? -1 : 1;
	return first->image_address < second->image_address
		       ? -1
		       : first->image_address > second->image_address;
}

static struct location *sort_locations(const struct session *session)
{
	size_t count = session->sampled->location_count;
	struct location *sorted = xcalloc(count, sizeof(*sorted));

	if (count) {
		memcpy(sorted, session->sampled->locations, count * sizeof(*sorted));
		qsort(sorted, count, sizeof(*sorted), compare_locations);
	}
	return sorted;
}

/* The excerpt of the image that the first of these locations is in; how many are is the result. */
static size_t take_excerpt(struct session *session, bool only_lost,
			   const struct location *locations, size_t count,
			   struct image_excerpt *excerpt, bool *is_taken)
{
	struct image *image = symbolizer_image(session->symbolizer, locations[0].image_id);
	uint64_t *places = xcalloc(count, sizeof(*places));
	size_t of_image = 0;

	for (; of_image < count && locations[of_image].image_id == image->id; of_image++)
		places[of_image] = locations[of_image].image_address;
	*is_taken = (!only_lost || image_is_lost(image)) &&
		    image_excerpt_take(excerpt, image, places, of_image);
	if (!only_lost && !*is_taken && *image->status && session->options.is_live)
		session_remark_add(session, "%s", image->status);
	free(places);
	return of_image;
}

void session_excerpts_store(struct session *session, bool only_lost, struct section_bytes *out)
{
	size_t location_count = session->sampled->location_count;
	struct location *locations = sort_locations(session);
	struct image_excerpt *excerpts = NULL;
	size_t count = 0, capacity = 0;
	bool is_taken;

	for (size_t i = 0; i < location_count; count += is_taken) {
		excerpts = xgrow(excerpts, count, &capacity, sizeof(*excerpts));
		excerpts[count] = (struct image_excerpt){ 0 };
		i += take_excerpt(session, only_lost, locations + i, location_count - i,
				  &excerpts[count], &is_taken);
	}
	jprof_section_put_excerpts(out, excerpts, count);
	for (size_t i = 0; i < count; i++)
		image_excerpt_deinit(&excerpts[i]);
	free(excerpts);
	free(locations);
}
