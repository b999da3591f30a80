/* SPDX-License-Identifier: MIT */
#include "lexer.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	int kind;
} keywords[] = {
	{ "func", TOKEN_FUNC }, { "var", TOKEN_VAR },	  { "if", TOKEN_IF },
	{ "else", TOKEN_ELSE }, { "while", TOKEN_WHILE }, { "return", TOKEN_RETURN },
};

static const struct {
	char text[3];
	int kind;
} pairs[] = {
	{ "<=", TOKEN_LESS_EQUAL },
	{ ">=", TOKEN_GREATER_EQUAL },
	{ "==", TOKEN_EQUAL },
	{ "!=", TOKEN_NOT_EQUAL },
};

void lexer_fail(const struct lexer *lexer, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s:%u: ", lexer->file, lexer->token.line);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static void skip_blanks_and_comments(struct lexer *lexer)
{
	for (;;) {
		if (*lexer->at == '#') {
			lexer->at += strcspn(lexer->at, "\n");
		} else if (*lexer->at == '\n') {
			lexer->at++;
			lexer->line++;
			lexer->line_start = lexer->at;
		} else if (isspace((unsigned char)*lexer->at)) {
			lexer->at++;
		} else {
			return;
		}
	}
}

static void read_word(struct token *token)
{
	while (isalnum((unsigned char)token->text[token->length]) ||
	       token->text[token->length] == '_')
		token->length++;
	token->kind = TOKEN_NAME;
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (strlen(keywords[i].text) == token->length &&
		    memcmp(keywords[i].text, token->text, token->length) == 0)
			token->kind = keywords[i].kind;
	}
}

static void read_sign(struct lexer *lexer)
{
	struct token *token = &lexer->token;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (strncmp(token->text, pairs[i].text, 2) == 0) {
			token->kind = pairs[i].kind;
			token->length = 2;
			return;
		}
	}
	if (*token->text == '\0')
		return;
	if (!strchr("+-*/%<>=(){},;", *token->text))
		lexer_fail(lexer, "unexpected character '%c'", *token->text);
	token->kind = (unsigned char)*token->text;
	token->length = 1;
}

static void read_token(struct lexer *lexer)
{
	struct token *token = &lexer->token;

	skip_blanks_and_comments(lexer);
	*token = (struct token){ .kind = TOKEN_END,
				 .line = lexer->line,
				 .column = (unsigned)(lexer->at - lexer->line_start) + 1,
				 .text = lexer->at };
	if (isdigit((unsigned char)*token->text)) {
		char *end;

		token->kind = TOKEN_NUMBER;
		token->number = (int64_t)strtoll(token->text, &end, 10);
		token->length = (size_t)(end - token->text);
	} else if (isalpha((unsigned char)*token->text) || *token->text == '_') {
		read_word(token);
	} else {
		read_sign(lexer);
	}
	lexer->at += token->length;
}

void lexer_init(struct lexer *lexer, const char *file, const char *text)
{
	*lexer = (struct lexer){ .file = file, .at = text, .line_start = text, .line = 1 };
	read_token(lexer);
}

struct token lexer_take(struct lexer *lexer)
{
	struct token taken = lexer->token;

	read_token(lexer);
	return taken;
}

struct token lexer_expect(struct lexer *lexer, int kind, const char *what)
{
	if (lexer->token.kind != kind)
		lexer_fail(lexer, "expected %s before '%.*s'", what, (int)lexer->token.length,
			   lexer->token.text);
	return lexer_take(lexer);
}
