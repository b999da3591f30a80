/* SPDX-License-Identifier: MIT */
#include "ui/tree_text.h"

#include "jitdump/xalloc.h"
#include "ui/printable.h"
#include "ui/table_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Deeper lines are not indented further: a recursion of 8,000 would be 16,000 columns wide. */
enum { INDENT_MAX = 64 };

struct tree_print {
	FILE *out;
	const struct tree_text_options *options;
	struct call_tree tree;
	struct call_weight all;
	size_t printed, left_out;
};

/* The path from the selected frame that is nearest to the root. */
static uint32_t add_top_down(struct call_tree *tree, const struct selection *selection,
			     const struct stack_path *path)
{
	uint32_t node = 0;
	bool has_begun = false;

	for (size_t i = path->count; i-- > 0;) {
		has_begun = has_begun || selection_has_frame(selection, path->frames[i]);
		if (has_begun)
			node = call_tree_child(tree, node, path->frames[i]);
	}
	return node;
}

/* The path from the selected frame that is nearest to the leaf, outwards. */
static uint32_t add_bottom_up(struct call_tree *tree, const struct selection *selection,
			      const struct stack_path *path)
{
	uint32_t node = 0;
	bool has_begun = false;

	for (size_t i = 0; i < path->count; i++) {
		has_begun = has_begun || selection_has_frame(selection, path->frames[i]);
		if (has_begun)
			node = call_tree_child(tree, node, path->frames[i]);
	}
	return node;
}

static void build(struct tree_print *print, const struct selection *selection,
		  const struct profile *profile, struct naming *naming,
		  const struct stack_sums *sums)
{
	struct stack_path path = { 0 };

	call_tree_init(&print->tree);
	for (size_t i = 0; i < sums->count; i++) {
		selection_set_path(selection, &path, profile, naming, sums->items[i].stack);
		uint32_t node = print->options->is_bottom_up
					? add_bottom_up(&print->tree, selection, &path)
					: add_top_down(&print->tree, selection, &path);

		call_tree_add(&print->tree, node, sums->items[i].sum);
	}
	stack_path_deinit(&path);
}

static int compare_nodes(const void *a, const void *b, void *context)
{
	const struct call_tree *tree = context;
	const struct call_node *first = &tree->nodes[*(const uint32_t *)a];
	const struct call_node *second = &tree->nodes[*(const uint32_t *)b];

	if (first->total.weight != second->total.weight)
		return first->total.weight > second->total.weight ? -1 : 1;
	int order = strcmp(first->frame->function, second->frame->function);

	if (!order)
		order = strcmp(first->frame->module, second->frame->module);
	return order ? order : first->frame->is_inlined - second->frame->is_inlined;
}

static uint32_t *sorted_children(struct call_tree *tree, uint32_t parent, size_t *count)
{
	uint32_t *children = NULL;
	size_t capacity = 0;

	*count = 0;
	for (uint32_t child = tree->nodes[parent].first_child; child != CALL_NODE_NONE;
	     child = tree->nodes[child].next_sibling) {
		children = xgrow(children, *count, &capacity, sizeof(*children));
		children[(*count)++] = child;
	}
	if (*count)
		qsort_r(children, *count, sizeof(*children), compare_nodes, tree);
	return children;
}

static void print_node(struct tree_print *print, const struct call_node *node, size_t depth)
{
	fprintf(print->out, "%7.2f", percent_of(node->total.weight, print->all.weight));
	if (!print->options->is_bottom_up)
		fprintf(print->out, "  %7.2f", percent_of(node->self.weight, print->all.weight));
	fprintf(print->out, "  %8" PRIu64 "  %*s", node->total.count,
		(int)(2 * (depth < INDENT_MAX ? depth : INDENT_MAX)), "");
	print_printable(print->out, node->frame->function);
	if (node->frame->is_inlined)
		fputs(" (inlined)", print->out);
	else if (node->frame->has_name) {
		fputs("  ", print->out);
		print_printable(print->out, node->frame->module);
	}
	fputc('\n', print->out);
	print->printed++;
}

static bool is_shown(const struct tree_print *print, const struct call_node *node)
{
	const struct tree_text_options *options = print->options;

	return percent_of(node->total.weight, print->all.weight) >= options->min_percent &&
	       (!options->limit || print->printed < options->limit);
}

/* A level of the walk: the children still to be printed. On the heap, not on the call stack: trees
 * are as deep as stacks. */
struct level {
	uint32_t *children;
	size_t count, next;
};

static void print_tree(struct tree_print *print)
{
	struct level *levels = NULL;
	size_t depth = 0, capacity = 0;

	levels = xgrow(levels, 0, &capacity, sizeof(*levels));
	levels[0] = (struct level){ 0 };
	levels[0].children = sorted_children(&print->tree, 0, &levels[0].count);
	for (;;) {
		struct level *level = &levels[depth];

		if (level->next == level->count) {
			free(level->children);
			if (depth-- == 0)
				break;
			continue;
		}
		uint32_t node = level->children[level->next++];

		if (!is_shown(print, &print->tree.nodes[node])) {
			print->left_out++;
			continue;
		}
		print_node(print, &print->tree.nodes[node], depth);
		levels = xgrow(levels, ++depth, &capacity, sizeof(*levels));
		levels[depth] = (struct level){ 0 };
		levels[depth].children = sorted_children(&print->tree, node, &levels[depth].count);
	}
	free(levels);
}

void tree_text_print(FILE *out, const struct tree_text_options *options,
		     const struct selection *selection, const struct profile *profile,
		     struct naming *naming, const struct stack_sums *sums)
{
	struct tree_print print = { .out = out, .options = options, .all = sums->all };

	build(&print, selection, profile, naming, sums);
	fputs(options->is_bottom_up ? "total %   samples  function and its callers\n"
				    : "total %   self %   samples  function and its callees\n",
	      out);
	print_tree(&print);
	if (print.left_out)
		fprintf(out, "# %zu more branch%s\n", print.left_out,
			print.left_out == 1 ? "" : "es");
	call_tree_deinit(&print.tree);
}
