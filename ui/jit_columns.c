/* SPDX-License-Identifier: MIT */
#include "ui/jit_columns.h"

#include "ui/jit_sums.h"
#include "ui/table_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct table_column jit_columns[JIT_COLUMN_COUNT] = {
	[JIT_COLUMN_SELF] = { "self%", 6, true },   [JIT_COLUMN_TOTAL] = { "total%", 6, true },
	[JIT_COLUMN_LOADED] = { "loads", 5, true }, [JIT_COLUMN_SAMPLED] = { "ran", 4, true },
	[JIT_COLUMN_BYTES] = { "bytes", 7, true },  [JIT_COLUMN_TIER] = { "tier", 10 },
	[JIT_COLUMN_FIRST] = { "from s", 7, true }, [JIT_COLUMN_LAST] = { "to s", 7, true },
	[JIT_COLUMN_NAME] = { "function" },
};

/* What `+` means is told by ui/jit_sums.c. */
static const char *count_text(uint64_t count, bool is_all, char *buffer, size_t size)
{
	snprintf(buffer, size, "%" PRIu64 "%s", count, is_all ? "" : "+");
	return buffer;
}

static const char *name_text(const struct jit_row *row, char *buffer, size_t size)
{
	if (!row->is_version)
		return row->name;
	snprintf(buffer, size, "  %" PRIx64 "%s%s", row->address,
		 row->is_moved ? " moved here" : "", row->was_sampled ? "" : " never sampled");
	return buffer;
}

static const char *share_text(const struct call_weight *weight, const struct shown *shown,
			      char *buffer, size_t size, unsigned int *style)
{
	double percent = percent_of(weight->weight, shown_whole(shown));

	*style = percent_style(percent);
	snprintf(buffer, size, "%.2f", percent);
	return buffer;
}

static const char *tier_text(const struct jit_row *row, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s%s", row->tier, row->has_other_tiers ? "+" : "");
	return buffer;
}

const char *jit_column_text(const struct jit_table *jit, const struct jit_row *row,
			    const struct shown *shown, size_t column, char *buffer, size_t size,
			    unsigned int *style)
{
	if (row->is_version)
		*style = STYLE_DIM;
	switch (column) {
	case JIT_COLUMN_SELF:
		return share_text(&row->self, shown, buffer, size, style);
	case JIT_COLUMN_TOTAL:
		return share_text(&row->total, shown, buffer, size, style);
	case JIT_COLUMN_LOADED:
		return row->is_version
			       ? ""
			       : count_text(row->loaded, row->is_loaded_known, buffer, size);
	case JIT_COLUMN_SAMPLED:
		return row->is_version ? "" : count_text(row->sampled, true, buffer, size);
	case JIT_COLUMN_BYTES:
		return count_text(row->bytes, row->is_version || row->is_loaded_known, buffer,
				  size);
	case JIT_COLUMN_TIER:
		return tier_text(row, buffer, size);
	case JIT_COLUMN_FIRST:
		return jit_seconds_text(jit, row->first_ns, buffer, size);
	case JIT_COLUMN_LAST:
		return jit_seconds_text(jit, row->last_ns, buffer, size);
	default:
		if (!row->is_version)
			*style = STYLE_JIT;
		return name_text(row, buffer, size);
	}
}

static int compare_numbers(uint64_t first, uint64_t second)
{
	return first < second ? -1 : first > second;
}

int jit_column_compare(const struct jit_row *first, const struct jit_row *second, size_t column)
{
	switch (column) {
	case JIT_COLUMN_SELF:
		return compare_numbers(first->self.weight, second->self.weight);
	case JIT_COLUMN_TOTAL:
		return compare_numbers(first->total.weight, second->total.weight);
	case JIT_COLUMN_LOADED:
		return compare_numbers(first->loaded, second->loaded);
	case JIT_COLUMN_SAMPLED:
		return compare_numbers(first->sampled, second->sampled);
	case JIT_COLUMN_BYTES:
		return compare_numbers(first->bytes, second->bytes);
	case JIT_COLUMN_TIER:
		return strcmp(first->tier, second->tier);
	case JIT_COLUMN_FIRST:
		return compare_numbers(first->first_ns, second->first_ns);
	case JIT_COLUMN_LAST:
		return compare_numbers(first->last_ns, second->last_ns);
	default:
		return strcmp(first->name, second->name);
	}
}
