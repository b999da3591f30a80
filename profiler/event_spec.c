/* SPDX-License-Identifier: MIT */
#include "profiler/event_spec.h"

#include "jitdump/xalloc.h"
#include "profiler/event_name.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PMU_DIRECTORY "/sys/bus/event_source/devices"

void event_spec_list_deinit(struct event_spec_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].name);
	free(list->items);
	*list = (struct event_spec_list){ 0 };
}

/* perf's second names. */
static const struct {
	const char *alias, *name;
} aliases[] = {
	{ "cpu-cycles", "cycles" },
	{ "branch-instructions", "branches" },
	{ "idle-cycles-frontend", "stalled-cycles-frontend" },
	{ "idle-cycles-backend", "stalled-cycles-backend" },
	{ "faults", "page-faults" },
	{ "cs", "context-switches" },
	{ "migrations", "cpu-migrations" },
};

static bool name_is(uint32_t type, uint64_t config, const char *text, struct perf_event_attr *attr)
{
	const struct perf_event_attr candidate = { .type = type, .config = config };
	char name[EVENT_NAME_BYTES];

	event_name_derive(&candidate, name, sizeof(name));
	if (strcmp(name, text) != 0)
		return false;
	attr->type = type;
	attr->config = config;
	return true;
}

static bool find_cache(const char *text, struct perf_event_attr *attr)
{
	for (uint64_t cache = 0; cache < PERF_COUNT_HW_CACHE_MAX; cache++) {
		for (uint64_t operation = 0; operation < PERF_COUNT_HW_CACHE_OP_MAX; operation++) {
			for (uint64_t result = 0; result < PERF_COUNT_HW_CACHE_RESULT_MAX;
			     result++) {
				if (name_is(PERF_TYPE_HW_CACHE,
					    cache | operation << 8 | result << 16, text, attr))
					return true;
			}
		}
	}
	return false;
}

/* The events that every kernel knows by number. */
static bool find_named(const char *text, struct perf_event_attr *attr)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++) {
		if (!strcmp(text, aliases[i].alias))
			text = aliases[i].name;
	}
	for (uint64_t config = 0; config < PERF_COUNT_HW_MAX; config++) {
		if (name_is(PERF_TYPE_HARDWARE, config, text, attr))
			return true;
	}
	for (uint64_t config = 0; config < PERF_COUNT_SW_MAX; config++) {
		if (name_is(PERF_TYPE_SOFTWARE, config, text, attr))
			return true;
	}
	return find_cache(text, attr);
}

/* "r1c2": the config in hexadecimal. */
static bool find_raw(const char *text, struct perf_event_attr *attr)
{
	char *end;

	if (text[0] != 'r' || !isxdigit((unsigned char)text[1]))
		return false;
	errno = 0;
	attr->config = strtoull(text + 1, &end, 16);
	attr->type = PERF_TYPE_RAW;
	return !*end && !errno;
}

/* Letters behind the name: any of u, k and h leaves the others out; so do G and H. */
static bool apply_modifiers(struct event_spec *spec, const char *letters, struct error *err)
{
	struct perf_event_attr *attr = &spec->attr;
	bool user = strchr(letters, 'u'), kernel = strchr(letters, 'k');
	bool hypervisor = strchr(letters, 'h');
	bool guest = strchr(letters, 'G'), host = strchr(letters, 'H');
	size_t precise = 0;

	if (!*letters || letters[strspn(letters, "ukhGHpPI")])
		return error_set(err, EINVAL,
				 "event '%s': ':%s' is no modifier; known are u, k, h, G, H, I, "
				 "p, pp, ppp and P",
				 spec->name, letters);
	for (const char *at = letters; *at; at++)
		precise += *at == 'P' ? 3 : *at == 'p';
	if (user || kernel || hypervisor) {
		spec->has_modes = true;
		attr->exclude_user = !user;
		attr->exclude_kernel = !kernel;
		attr->exclude_hv = !hypervisor;
	}
	if (guest || host) {
		attr->exclude_guest = !guest;
		attr->exclude_host = !host;
	}
	attr->exclude_idle = strchr(letters, 'I') != NULL;
	if (precise)
		attr->precise_ip = precise > 3 ? 3 : precise;
	return true;
}

static bool parse_pmu(struct event_spec *spec, char *text, struct error *err)
{
	char *terms = strchr(text, '/'), *end = strrchr(text, '/');
	char directory[256];

	if (end == terms)
		return error_set(err, EINVAL, "event '%s': the second '/' is missing", spec->name);
	*terms++ = '\0';
	*end++ = '\0';
	snprintf(directory, sizeof(directory), PMU_DIRECTORY "/%s", text);
	if (!*text || strchr(text, '.') || !event_spec_pmu(spec, directory, terms, err))
		return *text && !strchr(text, '.')
			       ? false
			       : error_set(err, EINVAL, "event '%s' names no PMU", spec->name);
	if (*end == ':')
		end++;
	return !*end || apply_modifiers(spec, end, err);
}

static bool unknown_event(const struct event_spec *spec, struct error *err)
{
	return error_set(err, ENOENT,
			 "there is no event '%s'; `perf list` shows the names, e.g. cycles, "
			 "cpu-clock, page-faults, r1c2, sched:sched_switch",
			 spec->name);
}

/* NAME[:MODIFIERS], SYSTEM:NAME[:MODIFIERS] or PMU/TERMS/MODIFIERS; `text` is changed. */
static bool parse_one(struct event_spec *spec, char *text, struct error *err)
{
	char *rest = strchr(text, ':');

	if (strchr(text, '/'))
		return parse_pmu(spec, text, err);
	if (rest)
		*rest++ = '\0';
	if (!find_named(text, &spec->attr) && !find_raw(text, &spec->attr)) {
		char *event = rest;

		if (!event || !*event || !*text)
			return unknown_event(spec, err);
		rest = strchr(event, ':');
		if (rest)
			*rest++ = '\0';
		if (!event_spec_tracepoint(spec, text, event, err))
			return false;
	}
	return !rest || apply_modifiers(spec, rest, err);
}

static bool add_one(struct event_spec_list *list, const char *text, size_t length,
		    struct error *err)
{
	char *copy = xstrndup(text, length);

	list->items = xgrow(list->items, list->count, &list->capacity, sizeof(*list->items));
	struct event_spec *spec = &list->items[list->count++];

	*spec = (struct event_spec){ .name = xstrndup(text, length) };
	bool is_good = parse_one(spec, copy, err);

	free(copy);
	return is_good;
}

/* How far an item goes: to a comma or brace that does not stand between slashes. */
static size_t item_length(const char *text)
{
	bool is_in_terms = false;
	size_t length = 0;

	for (; text[length]; length++) {
		if (text[length] == '/')
			is_in_terms = !is_in_terms;
		else if (!is_in_terms && strchr(",{}", text[length]))
			break;
	}
	return length;
}

/* "}:u": what stands behind a group goes for all of its events from `first` on. */
static bool end_group(struct event_spec_list *list, size_t first, const char **text,
		      struct error *err)
{
	size_t length = item_length(++*text);
	char *letters = xstrndup(*text, length);
	bool is_good = true;

	for (size_t i = first; is_good && length && i < list->count; i++)
		is_good = *letters == ':' && apply_modifiers(&list->items[i], letters + 1, err);
	if (!is_good && *letters != ':')
		error_set(err, EINVAL,
			  "a group of events ends in '}', then come ':' and modifiers");
	free(letters);
	*text += length;
	return is_good;
}

bool event_spec_parse(struct event_spec_list *list, const char *text, struct error *err)
{
	const char *whole = text;
	size_t group = 0, count = list->count;
	bool is_in_group = false;

	while (*text) {
		size_t length = item_length(text);

		if (length && !add_one(list, text, length, err))
			return false;
		text += length;
		if (*text == '{' && !is_in_group && !length) {
			is_in_group = true;
			group = list->count;
			text++;
		} else if (*text == '}' && is_in_group) {
			is_in_group = false;
			if (!end_group(list, group, &text, err))
				return false;
		} else if (*text == ',') {
			text++;
		} else if (*text) {
			return error_set(err, EINVAL, "event list '%s': braces do not match",
					 whole);
		}
	}
	if (is_in_group)
		return error_set(err, EINVAL, "event list '%s': braces do not match", whole);
	return list->count > count || error_set(err, EINVAL, "the event list '%s' is empty", whole);
}
