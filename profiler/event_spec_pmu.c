/* SPDX-License-Identifier: MIT */
/* Events of a PMU by the terms that its directory in sysfs describes. */
#include "profiler/event_spec.h"

#include "jitdump/xalloc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYSFS_TEXT_BYTES = 4096 };

/* The first line of a small file; false if there is none. */
static bool read_line(const char *directory, const char *name, char *line)
{
	char path[512];

	if (strchr(name, '/') || snprintf(path, sizeof(path), "%s/%s", directory, name) < 0)
		return false;
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	bool is_read = fgets(line, SYSFS_TEXT_BYTES, file) != NULL;

	fclose(file);
	if (is_read)
		line[strcspn(line, "\n")] = '\0';
	return is_read;
}

static bool read_in(const char *directory, const char *folder, const char *name, char *line)
{
	char path[512];

	return snprintf(path, sizeof(path), "%s/%s", directory, folder) < (int)sizeof(path) &&
	       read_line(path, name, line);
}

static uint64_t *config_field(struct perf_event_attr *attr, const char *name, size_t length)
{
	if (length == 6 && !strncmp(name, "config", length))
		return (uint64_t *)&attr->config;
	if (length == 7 && !strncmp(name, "config1", length))
		return (uint64_t *)&attr->config1;
	if (length == 7 && !strncmp(name, "config2", length))
		return (uint64_t *)&attr->config2;
	return NULL;
}

/* Puts the low bits of `value` where a format like "config:0-7,32-35" wants them; false if the
 * format cannot be read or has no room for all of them. */
static bool place_value(struct perf_event_attr *attr, const char *format, uint64_t value)
{
	size_t length = strcspn(format, ":");
	uint64_t *field = config_field(attr, format, length);

	if (!field || format[length] != ':')
		return false;
	for (const char *at = format + length + 1; *at;) {
		char *end;
		unsigned long low = strtoul(at, &end, 10), high = low;

		if (*end == '-')
			high = strtoul(end + 1, &end, 10);
		if (end == at || high < low || high > 63)
			return false;
		unsigned long width = high - low + 1;
		uint64_t mask = width == 64 ? UINT64_MAX : (1ULL << width) - 1;

		*field = (*field & ~(mask << low)) | (value & mask) << low;
		value = width == 64 ? 0 : value >> width;
		at = *end == ',' ? end + 1 : end;
		if (*end && *end != ',')
			return false;
	}
	return value == 0;
}

static bool parse_number(const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	return end != text && !*end && !errno && *text != '-';
}

/* The terms that every PMU has: true if `name` is one of them. */
static bool apply_own_term(struct event_spec *spec, const char *name, uint64_t value)
{
	struct perf_event_attr *attr = &spec->attr;

	if (!strcmp(name, "period")) {
		attr->sample_period = value;
		spec->has_rate = true;
		return true;
	}
	if (!strcmp(name, "freq")) {
		attr->freq = 1;
		attr->sample_freq = value;
		spec->has_rate = true;
		return true;
	}
	uint64_t *field = config_field(attr, name, strlen(name));

	if (field)
		*field = value;
	return field != NULL;
}

static bool apply_terms(struct event_spec *spec, const char *directory, const char *terms,
			bool is_alias, struct error *err);

/* TERM, TERM=VALUE, or the name of an event whose terms sysfs has. */
static bool apply_term(struct event_spec *spec, const char *directory, char *term, bool is_alias,
		       struct error *err)
{
	char line[SYSFS_TEXT_BYTES];
	char *text = strchr(term, '=');
	uint64_t value = 1;

	if (text)
		*text++ = '\0';
	if (text && !strcmp(term, "name")) {
		free(spec->name);
		spec->name = xstrdup(text);
		return true;
	}
	if (!text && !is_alias && read_in(directory, "events", term, line))
		return apply_terms(spec, directory, line, true, err);
	if (text && !parse_number(text, &value))
		return error_set(err, EINVAL, "event '%s': '%s' is no number", spec->name, text);
	if (apply_own_term(spec, term, value))
		return true;
	if (!read_in(directory, "format", term, line))
		return error_set(err, ENOENT,
				 "event '%s': there is no term '%s'; %s has those there are",
				 spec->name, term, directory);
	return place_value(&spec->attr, line, value) ||
	       error_set(err, EINVAL, "event '%s': %s=0x%" PRIx64 " does not fit its format %s",
			 spec->name, term, value, line);
}

static bool apply_terms(struct event_spec *spec, const char *directory, const char *terms,
			bool is_alias, struct error *err)
{
	char *copy = xstrdup(terms), *rest = NULL;
	bool is_good = true;

	for (char *term = strtok_r(copy, ",", &rest); is_good && term;
	     term = strtok_r(NULL, ",", &rest))
		is_good = apply_term(spec, directory, term, is_alias, err);
	free(copy);
	return is_good;
}

bool event_spec_pmu(struct event_spec *spec, const char *directory, const char *terms,
		    struct error *err)
{
	char line[SYSFS_TEXT_BYTES];
	uint64_t type;

	if (!read_line(directory, "type", line) || !parse_number(line, &type))
		return error_set(err, ENOENT, "event '%s': there is no PMU %s", spec->name,
				 directory);
	spec->attr.type = (uint32_t)type;
	return apply_terms(spec, directory, terms, false, err);
}
