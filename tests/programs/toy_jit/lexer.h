/* SPDX-License-Identifier: MIT */
/*
 * The words of a toy source text.
 *
 * You give a text that ends in NUL and the name of its file; you get one token after the other.
 * It never returns from an error: it prints `FILE:LINE: what is wrong` and exits with 1.
 */
#ifndef TOY_JIT_LEXER_H
#define TOY_JIT_LEXER_H

#include <stddef.h>
#include <stdint.h>

/* A token of one character is that character. */
enum token_kind {
	TOKEN_END = 0,
	TOKEN_NUMBER = 256,
	TOKEN_NAME,
	TOKEN_FUNC,
	TOKEN_VAR,
	TOKEN_IF,
	TOKEN_ELSE,
	TOKEN_WHILE,
	TOKEN_RETURN,
	TOKEN_LESS_EQUAL,
	TOKEN_GREATER_EQUAL,
	TOKEN_EQUAL,
	TOKEN_NOT_EQUAL,
};

struct token {
	int kind;
	unsigned line, column;
	const char *text; /* in the source text */
	size_t length;
	int64_t number; /* TOKEN_NUMBER */
};

struct lexer {
	const char *file;
	const char *at;
	const char *line_start;
	unsigned line;
	struct token token; /* the next one that is not yet taken */
};

/* Both texts stay the caller's and must outlive the lexer. The first token is there at once. */
void lexer_init(struct lexer *lexer, const char *file, const char *text);

/* Takes the token and returns it; the next one is in lexer->token. */
struct token lexer_take(struct lexer *lexer);

/* Takes a token that must be of this kind; `what` is its name in the error. */
struct token lexer_expect(struct lexer *lexer, int kind, const char *what);

void lexer_fail(const struct lexer *lexer, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

#endif
