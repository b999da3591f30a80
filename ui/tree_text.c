/* SPDX-License-Identifier: MIT */
#include "ui/tree_text.h"

#include "ui/printable.h"
#include "ui/sorted_tree.h"
#include "ui/table_text.h"

#include <inttypes.h>

/* Deeper lines are not indented further: a recursion of 8,000 would be 16,000 columns wide. */
enum { INDENT_MAX = 64 };

struct tree_print {
	FILE *out;
	const struct tree_text_options *options;
	struct sorted_tree tree;
	struct call_weight all;
	size_t printed, left_out;
};

static void print_node(struct tree_print *print, const struct sorted_node *node)
{
	uint32_t depth = node->depth - 1;

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

static bool is_shown(const struct tree_print *print, const struct sorted_node *node)
{
	const struct tree_text_options *options = print->options;

	return percent_of(node->total.weight, print->all.weight) >= options->min_percent &&
	       (!options->limit || print->printed < options->limit);
}

static void print_tree(struct tree_print *print)
{
	for (uint32_t i = 1; i < print->tree.count;) {
		const struct sorted_node *node = &print->tree.nodes[i];

		if (is_shown(print, node)) {
			print_node(print, node);
			i++;
		} else {
			print->left_out++;
			i = node->end;
		}
	}
}

/* The path from the selected frame that is nearest to the leaf, outwards. */
static uint32_t add_outwards(struct call_tree *tree, const struct selection *selection,
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

static void build_bottom_up(struct sorted_tree *tree, const struct selection *selection,
			    const struct profile *profile, struct naming *naming,
			    const struct stack_sums *sums)
{
	struct stack_path path = { 0 };
	struct call_tree unsorted;

	call_tree_init(&unsorted);
	for (size_t i = 0; i < sums->count; i++) {
		selection_set_path(selection, &path, profile, naming, sums->items[i].stack);
		call_tree_add(&unsorted, add_outwards(&unsorted, selection, &path),
			      sums->items[i].sum);
	}
	sorted_tree_from(tree, &unsorted);
	call_tree_deinit(&unsorted);
	stack_path_deinit(&path);
}

void tree_text_print(FILE *out, const struct tree_text_options *options,
		     const struct selection *selection, const struct profile *profile,
		     struct naming *naming, const struct stack_sums *sums)
{
	struct tree_print print = { .out = out, .options = options, .all = sums->all };

	if (options->is_bottom_up)
		build_bottom_up(&print.tree, selection, profile, naming, sums);
	else
		sorted_tree_build(&print.tree, selection, profile, naming, sums);
	fputs(options->is_bottom_up ? "total %   samples  function and its callers\n"
				    : "total %   self %   samples  function and its callees\n",
	      out);
	print_tree(&print);
	if (print.left_out)
		fprintf(out, "# %zu more branch%s\n", print.left_out,
			print.left_out == 1 ? "" : "es");
	sorted_tree_deinit(&print.tree);
}
