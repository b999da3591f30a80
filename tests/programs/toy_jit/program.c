/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jitdump/xalloc.h"

#include "lexer.h"
#include "natives.h"

struct parser {
	struct lexer lexer;
	struct program *program;
	struct token locals[PROGRAM_MAX_LOCALS]; /* of the function at hand */
	unsigned local_count;
	unsigned block_end_line; /* of the block parsed last */
};

static struct node *parse_expression(struct parser *parser);
static struct node *parse_block(struct parser *parser);

static struct node *new_node(struct parser *parser, enum node_kind kind, const struct token *token)
{
	struct node *node = xcalloc(1, sizeof(*node));

	node->kind = kind;
	node->line = token->line;
	node->column = token->column;
	node->next_owned = parser->program->owned;
	parser->program->owned = node;
	return node;
}

static int is_same_name(const struct token *token, const struct token *other)
{
	return token->length == other->length &&
	       memcmp(token->text, other->text, token->length) == 0;
}

static int find_local(const struct parser *parser, const struct token *name)
{
	for (unsigned i = 0; i < parser->local_count; i++) {
		if (is_same_name(&parser->locals[i], name))
			return (int)i;
	}
	return -1;
}

static unsigned add_local(struct parser *parser, const struct token *name)
{
	if (find_local(parser, name) >= 0)
		lexer_fail(&parser->lexer, "'%.*s' is there already", (int)name->length,
			   name->text);
	if (parser->local_count == PROGRAM_MAX_LOCALS)
		lexer_fail(&parser->lexer, "more than %u variables", PROGRAM_MAX_LOCALS);
	parser->locals[parser->local_count] = *name;
	return parser->local_count++;
}

/* The number of the function of that name; a function may be called before it is defined. */
static size_t function_number(struct program *program, const struct token *name)
{
	char *text = xstrndup(name->text, name->length);
	size_t number = program_find(program, text);

	if (number < program->function_count) {
		free(text);
		return number;
	}
	program->functions = xgrow(program->functions, program->function_count,
				   &program->function_capacity, sizeof(*program->functions));
	program->functions[program->function_count++] = (struct function){ .name = text };
	return number;
}

static unsigned parse_arguments(struct parser *parser, struct node *call)
{
	struct node **end = &call->left;
	unsigned count = 0;

	lexer_expect(&parser->lexer, '(', "'('");
	while (parser->lexer.token.kind != ')') {
		if (count > 0)
			lexer_expect(&parser->lexer, ',', "','");
		*end = parse_expression(parser);
		end = &(*end)->next;
		count++;
	}
	lexer_take(&parser->lexer);
	return count;
}

static struct node *parse_call(struct parser *parser, const struct token *name)
{
	struct node *call = new_node(parser, NODE_CALL, name);
	unsigned wanted, count;

	if (name->length == 5 && memcmp(name->text, "touch", 5) == 0) {
		call->kind = NODE_TOUCH;
		wanted = 0;
		count = parse_arguments(parser, call);
	} else if ((call->native = native_find(name->text, name->length))) {
		call->kind = NODE_NATIVE_CALL;
		wanted = call->native->parameter_count;
		count = parse_arguments(parser, call);
	} else {
		call->number = (int64_t)function_number(parser->program, name);
		count = parse_arguments(parser, call);
		call->argument_count = count; /* checked when all definitions are there */
		wanted = count;
	}
	if (count > PROGRAM_MAX_PARAMETERS)
		lexer_fail(&parser->lexer, "more than %u arguments", PROGRAM_MAX_PARAMETERS);
	if (count != wanted)
		lexer_fail(&parser->lexer, "'%.*s' takes %u arguments, not %u", (int)name->length,
			   name->text, wanted, count);
	return call;
}

static struct node *parse_name(struct parser *parser)
{
	struct token name = lexer_take(&parser->lexer);
	int local = find_local(parser, &name);
	struct node *node;

	if (parser->lexer.token.kind == '(')
		return parse_call(parser, &name);
	node = new_node(parser, local < 0 ? NODE_NUMBER : NODE_LOCAL, &name);
	node->number = local < 0 ? (int64_t)function_number(parser->program, &name) : local;
	return node;
}

static struct node *new_binary(struct parser *parser, const struct token *sign, struct node *left,
			       struct node *right)
{
	struct node *node = new_node(parser, NODE_BINARY, sign);

	node->sign = sign->kind;
	node->left = left;
	node->right = right;
	return node;
}

static struct node *parse_operand(struct parser *parser)
{
	struct token token = parser->lexer.token;
	struct node *node;

	switch (token.kind) {
	case TOKEN_NAME:
		return parse_name(parser);
	case '-':
		lexer_take(&parser->lexer);
		return new_binary(parser, &token, new_node(parser, NODE_NUMBER, &token),
				  parse_operand(parser));
	case '(':
		lexer_take(&parser->lexer);
		node = parse_expression(parser);
		lexer_expect(&parser->lexer, ')', "')'");
		return node;
	default:
		token = lexer_expect(&parser->lexer, TOKEN_NUMBER, "a value");
		node = new_node(parser, NODE_NUMBER, &token);
		node->number = token.number;
		return node;
	}
}

static struct node *parse_product(struct parser *parser)
{
	struct node *node = parse_operand(parser);

	while (parser->lexer.token.kind == '*' || parser->lexer.token.kind == '/' ||
	       parser->lexer.token.kind == '%') {
		struct token token = lexer_take(&parser->lexer);

		node = new_binary(parser, &token, node, parse_operand(parser));
	}
	return node;
}

static struct node *parse_sum(struct parser *parser)
{
	struct node *node = parse_product(parser);

	while (parser->lexer.token.kind == '+' || parser->lexer.token.kind == '-') {
		struct token token = lexer_take(&parser->lexer);

		node = new_binary(parser, &token, node, parse_product(parser));
	}
	return node;
}

static struct node *parse_expression(struct parser *parser)
{
	struct node *node = parse_sum(parser);
	struct token token = parser->lexer.token;

	switch (token.kind) {
	case '<':
	case '>':
	case TOKEN_LESS_EQUAL:
	case TOKEN_GREATER_EQUAL:
	case TOKEN_EQUAL:
	case TOKEN_NOT_EQUAL:
		lexer_take(&parser->lexer);
		return new_binary(parser, &token, node, parse_sum(parser));
	default:
		return node;
	}
}

static struct node *parse_if(struct parser *parser)
{
	struct token token = lexer_expect(&parser->lexer, TOKEN_IF, "'if'");
	struct node *node = new_node(parser, NODE_IF, &token);

	node->left = parse_expression(parser);
	node->right = parse_block(parser);
	if (parser->lexer.token.kind == TOKEN_ELSE) {
		lexer_take(&parser->lexer);
		node->other = parser->lexer.token.kind == TOKEN_IF ? parse_if(parser)
								   : parse_block(parser);
	}
	return node;
}

static struct node *parse_while(struct parser *parser)
{
	struct token token = lexer_take(&parser->lexer);
	struct node *node = new_node(parser, NODE_WHILE, &token);

	node->left = parse_expression(parser);
	node->right = parse_block(parser);
	return node;
}

/* `=` and what follows it, into an old or a new local. */
static struct node *parse_assignment(struct parser *parser, const struct token *name, bool is_new)
{
	struct node *node = new_node(parser, NODE_ASSIGN, name);

	lexer_expect(&parser->lexer, '=', "'='");
	node->left = parse_expression(parser);
	node->number = is_new ? (int64_t)add_local(parser, name) : find_local(parser, name);
	return node;
}

static struct node *parse_simple_statement(struct parser *parser)
{
	struct token token = parser->lexer.token;
	struct node *node;

	if (token.kind == TOKEN_VAR) {
		lexer_take(&parser->lexer);
		token = lexer_expect(&parser->lexer, TOKEN_NAME, "a name");
		return parse_assignment(parser, &token, true);
	}
	if (token.kind == TOKEN_NAME && find_local(parser, &token) >= 0) {
		lexer_take(&parser->lexer);
		return parse_assignment(parser, &token, false);
	}
	if (token.kind == TOKEN_RETURN)
		lexer_take(&parser->lexer);
	node = new_node(parser, token.kind == TOKEN_RETURN ? NODE_RETURN : NODE_EVALUATE, &token);
	node->left = parse_expression(parser);
	return node;
}

static struct node *parse_statement(struct parser *parser)
{
	struct node *node;

	if (parser->lexer.token.kind == TOKEN_IF)
		return parse_if(parser);
	if (parser->lexer.token.kind == TOKEN_WHILE)
		return parse_while(parser);
	node = parse_simple_statement(parser);
	lexer_expect(&parser->lexer, ';', "';'");
	return node;
}

static struct node *parse_block(struct parser *parser)
{
	struct node *first = NULL, **end = &first;

	lexer_expect(&parser->lexer, '{', "'{'");
	while (parser->lexer.token.kind != '}') {
		*end = parse_statement(parser);
		end = &(*end)->next;
	}
	parser->block_end_line = lexer_take(&parser->lexer).line;
	return first;
}

static void parse_function(struct parser *parser)
{
	struct token func = lexer_expect(&parser->lexer, TOKEN_FUNC, "'func'");
	struct token name = lexer_expect(&parser->lexer, TOKEN_NAME, "a name");
	size_t number = function_number(parser->program, &name);
	struct function function = parser->program->functions[number];

	if (function.line != 0 || native_find(name.text, name.length))
		lexer_fail(&parser->lexer, "function '%s' is there already", function.name);
	function.line = func.line;
	parser->local_count = 0;
	lexer_expect(&parser->lexer, '(', "'('");
	while (parser->lexer.token.kind != ')') {
		struct token parameter;

		if (parser->local_count > 0)
			lexer_expect(&parser->lexer, ',', "','");
		parameter = lexer_expect(&parser->lexer, TOKEN_NAME, "a name");
		add_local(parser, &parameter);
	}
	lexer_take(&parser->lexer);
	if (parser->local_count > PROGRAM_MAX_PARAMETERS)
		lexer_fail(&parser->lexer, "more than %u parameters", PROGRAM_MAX_PARAMETERS);
	function.parameter_count = parser->local_count;
	function.body = parse_block(parser);
	function.end_line = parser->block_end_line;
	function.local_count = parser->local_count;
	parser->program->functions[number] = function;
}

static void fail_at(const struct program *program, unsigned line, const char *what,
		    const char *name)
{
	fprintf(stderr, "%s:%u: %s '%s'\n", program->path, line, what, name);
	exit(1);
}

static void check_calls(const struct program *program)
{
	for (size_t i = 0; i < program->function_count; i++) {
		if (program->functions[i].line == 0)
			fail_at(program, 1, "nowhere defined:", program->functions[i].name);
	}
	for (const struct node *node = program->owned; node; node = node->next_owned) {
		const struct function *callee;

		if (node->kind != NODE_CALL)
			continue;
		callee = &program->functions[node->number];
		if (node->argument_count != callee->parameter_count)
			fail_at(program, node->line, "wrong number of arguments for", callee->name);
	}
}

static char *read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	char *text = NULL;
	ssize_t size = -1;

	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		text = xcalloc(1, (size_t)status.st_size + 1);
		size = read(fd, text, (size_t)status.st_size);
	}
	if (size < 0) {
		fprintf(stderr, "toy_jit: cannot read %s: %s\n", path, strerror(errno));
		exit(1);
	}
	close(fd);
	return text;
}

void program_parse(struct program *program, const char *path)
{
	struct parser parser = { .program = program };
	char *text = read_text(path);

	*program = (struct program){ .path = realpath(path, NULL) };
	lexer_init(&parser.lexer, path, text);
	while (parser.lexer.token.kind != TOKEN_END)
		parse_function(&parser);
	check_calls(program);
	free(text);
}

void program_destroy(struct program *program)
{
	while (program->owned) {
		struct node *next = program->owned->next_owned;

		free(program->owned);
		program->owned = next;
	}
	for (size_t i = 0; i < program->function_count; i++)
		free(program->functions[i].name);
	free(program->functions);
	free(program->path);
	*program = (struct program){ 0 };
}

size_t program_find(const struct program *program, const char *name)
{
	size_t number = 0;

	while (number < program->function_count &&
	       strcmp(program->functions[number].name, name) != 0)
		number++;
	return number;
}
