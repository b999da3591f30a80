/* SPDX-License-Identifier: MIT */
#include "ui/jit_tier.h"

#include <stdio.h>
#include <string.h>

/* V8: `JS:*fib /app.js:1:13`, older `LazyCompile:*fib`; the mark is CodeKindToMarker()'s in
 * src/objects/code-kind.cc, with a ' where code is of one context. */
static const char *v8_tier(char mark)
{
	switch (mark) {
	case '~':
		return "Ignition";
	case '^':
		return "Sparkplug";
	case '+':
		return "Maglev";
	case '*':
		return "TurboFan";
	default:
		return NULL;
	}
}

static const char *v8_mark(const char *name)
{
	static const char *const prefixes[] = { "JS:", "Script:", "Function:", "LazyCompile:",
						"Eval:" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		size_t length = strlen(prefixes[i]);

		if (!strncmp(name, prefixes[i], length) && v8_tier(name[length]))
			return name + length;
	}
	return NULL;
}

struct tier_text {
	const char *text, *tier;
};

/* JavaScriptCore. */
static const struct tier_text fronts[] = {
	{ "LLInt: ", "LLInt" },
	{ "Baseline: ", "Baseline" },
	{ "DFG: ", "DFG" },
	{ "FTL: ", "FTL" },
};

/* .NET: `int32 [app] Program::Fib(int32)[OptimizedTier1]`. */
static const struct tier_text ends[] = {
	{ "[PreJIT]", "PreJIT" },
	{ "[Tier0]", "Tier0" },
	{ "[QuickJitted]", "Tier0" },
	{ "[Optimized]", "Optimized" },
	{ "[OptimizedTier1]", "Tier1" },
	{ "[OptimizedTier1OSR]", "Tier1 OSR" },
	{ "[MinOptimized]", "MinOpt" },
	{ "[C1]", "C1" }, /* HotSpot's compilers, where an agent tells them */
	{ "[C2]", "C2" },
};

const char *jit_tier(const char *name, char *plain, size_t size)
{
	const char *mark = v8_mark(name);
	size_t length = strlen(name);

	if (mark) {
		snprintf(plain, size, "%.*s%s", (int)(mark - name), name,
			 mark + (mark[1] == '\'' ? 2 : 1));
		return v8_tier(*mark);
	}
	for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
		if (strncmp(name, fronts[i].text, strlen(fronts[i].text)) != 0)
			continue;
		snprintf(plain, size, "%s", name + strlen(fronts[i].text));
		return fronts[i].tier;
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		size_t at = strlen(ends[i].text);

		if (at > length || strcmp(name + length - at, ends[i].text) != 0)
			continue;
		snprintf(plain, size, "%.*s", (int)(length - at), name);
		return ends[i].tier;
	}
	snprintf(plain, size, "%s", name);
	return "";
}
