/* SPDX-License-Identifier: MIT */
/* Addresses that nothing explained when they were sampled, and what explains them later. */
#include "profiler/session_state.h"

#include "jitdump/xalloc.h"

#include <stdlib.h>

void session_unresolved_deinit(struct session *session)
{
	for (size_t i = 0; i < session->unresolved_count; i++)
		address_space_release(session->unresolved[i].space);
	free(session->unresolved);
	hash_index_deinit(&session->unresolved_index);
}

static uint64_t hash_of(const struct address_space *space, uint64_t address)
{
	return hash_pair((uintptr_t)space, address);
}

static struct unresolved *find_noted(const struct session *session,
				     const struct address_space *space, uint64_t address)
{
	for (struct hash_cursor c =
		     hash_index_begin(&session->unresolved_index, hash_of(space, address));
	     hash_index_next(&session->unresolved_index, &c);) {
		struct unresolved *known = &session->unresolved[c.number];

		if (known->space == space && known->address == address)
			return known;
	}
	return NULL;
}

static bool is_full(const struct session *session)
{
	return session->unresolved_count >=
	       (session->options.is_forgetful ? UNRESOLVED_MAX_FORGETFUL : UNRESOLVED_MAX);
}

uint64_t session_unresolved_note(struct session *session, struct address_space *space,
				 uint64_t address, uint64_t time_ns)
{
	struct unresolved *known = find_noted(session, space, address);

	if (known) {
		known->last_ns = time_ns;
		return known->number;
	}
	if (is_full(session))
		return 0;
	session->unresolved = xgrow(session->unresolved, session->unresolved_count,
				    &session->unresolved_capacity, sizeof(*session->unresolved));
	hash_index_add(&session->unresolved_index, hash_of(space, address),
		       (uint32_t)session->unresolved_count);
	session->unresolved[session->unresolved_count++] = (struct unresolved){
		.space = address_space_hold(space),
		.address = address,
		.first_ns = time_ns,
		.last_ns = time_ns,
		.number = ++session->unresolved_number,
	};
	return session->unresolved_number;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t number = *(const uint64_t *)a, other = ((const struct unresolved *)b)->number;

	return number < other ? -1 : number > other;
}

/* They are in the order of their numbers. NULL: it stands for more than one address, or is
 * forgotten. */
static struct unresolved *find_number(const struct session *session, uint64_t number)
{
	if (!session->unresolved_count)
		return NULL;
	return bsearch(&number, session->unresolved, session->unresolved_count,
		       sizeof(*session->unresolved), compare_numbers);
}

static bool resolve_address(struct session *session, struct location *location)
{
	const struct unresolved *asked = find_number(session, location->image_address);
	struct code code;

	if (!asked)
		return false;
	code_find(asked->space, asked->address, asked->first_ns, &code);
	if (code.kind != CODE_JIT)
		return false;
	*location = (struct location){ code.image->id, code.image_address };
	return true;
}

/* What ran as a copy of other code may have been announced. */
static bool resolve_copy(struct session *session, struct location *location)
{
	struct jit_code *owner;
	const struct jit_version *version = session_jit_version(session, *location, &owner);
	uint64_t address;

	if (!version || !version->is_provisional)
		return false;
	address = version->address + jit_version_offset(location->image_address);
	version = jit_code_find(owner, address, version->time_ns);
	if (!version || version->is_provisional)
		return false;
	location->image_address = jit_image_address(version, address);
	return true;
}

static bool resolve(struct session *session, struct location *location)
{
	if (location->image_id == session->unknown_jit->id)
		return resolve_address(session, location);
	return symbolizer_image(session->symbolizer, location->image_id)->kind == IMAGE_JIT &&
	       resolve_copy(session, location);
}

bool session_resolve(struct session *session, struct profile *profile)
{
	bool is_changed = false;

	if (session->news_count == session->news_resolved)
		return false;
	session->news_resolved = session->news_count;
	for (size_t i = 0; i < profile->location_count; i++) {
		struct location location = profile->locations[i];

		if (!resolve(session, &location))
			continue;
		profile_move_location(profile, (uint32_t)i, location);
		is_changed = true;
	}
	return is_changed;
}

bool session_is_resolved(const struct session *session, struct location location)
{
	struct jit_code *owner;
	const struct jit_version *version;

	if (location.image_id == session->unknown_jit->id)
		return false;
	version = session_jit_version(session, location, &owner);
	return !version || !version->is_provisional;
}

static void mark_used(struct session *session, const struct profile *profile)
{
	for (size_t i = 0; i < profile->location_count; i++) {
		struct unresolved *used;

		if (profile->locations[i].image_id == session->unknown_jit->id &&
		    (used = find_number(session, profile->locations[i].image_address)))
			used->is_used = true;
	}
}

/* Of a process that is gone all has been read that it ever announced. */
static void mark_gone(struct session *session)
{
	for (size_t i = 0; i < session->unresolved_count; i++) {
		struct unresolved *asked = &session->unresolved[i];

		asked->is_used &= process_table_has(&session->processes, asked->space);
	}
}

void session_unresolved_forget(struct session *session, const struct profile *const *kept,
			       size_t count)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		mark_used(session, kept[i]);
	mark_gone(session);
	hash_index_deinit(&session->unresolved_index);
	for (size_t i = 0; i < session->unresolved_count; i++) {
		struct unresolved *asked = &session->unresolved[i];

		if (!asked->is_used) {
			address_space_release(asked->space);
			continue;
		}
		asked->is_used = false;
		hash_index_add(&session->unresolved_index, hash_of(asked->space, asked->address),
			       (uint32_t)left);
		session->unresolved[left++] = *asked;
	}
	session->unresolved_count = left;
}
