/* SPDX-License-Identifier: MIT */
/*
 * A toy program as a tree.
 *
 * You give a source file; you get its functions. All values are 64-bit integers; the name of a
 * function, not called, is its number (natives take those). It never returns from an error in
 * the source: it prints one line and exits with 1.
 *
 *     program    = { "func" NAME "(" [ NAME { "," NAME } ] ")" block }
 *     block      = "{" { statement } "}"
 *     statement  = "var" NAME "=" expression ";" | NAME "=" expression ";"
 *                | "if" expression block [ "else" ( block | if ) ] | "while" expression block
 *                | "return" expression ";" | expression ";"
 *     expression = sum [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) sum ]
 *     sum        = product { ( "+" | "-" ) product }
 *     product    = operand { ( "*" | "/" | "%" ) operand }
 *     operand    = NUMBER | NAME | NAME "(" [ expression { "," expression } ] ")"
 *                | "-" operand | "(" expression ")"
 */
#ifndef TOY_JIT_PROGRAM_H
#define TOY_JIT_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define PROGRAM_MAX_LOCALS     32u
#define PROGRAM_MAX_PARAMETERS 6u

struct native;

enum node_kind {
	NODE_NUMBER,
	NODE_LOCAL,
	NODE_BINARY,	  /* left and right */
	NODE_CALL,	  /* left: the first of the arguments */
	NODE_NATIVE_CALL, /* likewise */
	NODE_TOUCH,	  /* `touch()`: generated code touches a fresh page */
	NODE_ASSIGN,	  /* left to the local `number` */
	NODE_IF,	  /* left: condition; right, other: lists of statements */
	NODE_WHILE,	  /* left: condition; right: list of statements */
	NODE_RETURN,	  /* left */
	NODE_EVALUATE,	  /* left, for its effects */
};

struct node {
	enum node_kind kind;
	unsigned line, column;
	int sign;		 /* NODE_BINARY: its token */
	unsigned argument_count; /* NODE_CALL */
	int64_t number;		 /* the value, or the number of the local or function */
	const struct native *native;
	struct node *left, *right, *other;
	struct node *next; /* of a list of arguments or statements */
	struct node *next_owned;
};

struct function {
	char *name;
	unsigned line; /* 0: called but not defined so far */
	unsigned end_line;
	unsigned parameter_count;
	unsigned local_count; /* the parameters come first */
	struct node *body;
};

struct program {
	char *path; /* absolute */
	struct function *functions;
	size_t function_count, function_capacity;
	struct node *owned; /* every node of the tree */
};

void program_parse(struct program *program, const char *path);
void program_destroy(struct program *program);

/* The number of a function, or function_count. */
size_t program_find(const struct program *program, const char *name);

#endif
