/* SPDX-License-Identifier: MIT */
#include "compiler.h"

#include <stdlib.h>

#include "lexer.h"
#include "logged_call.h"
#include "natives.h"
#include "shadow.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const enum reg homes[] = { RBP, RBX, R12, R13, R14 };
static const enum reg parameters[] = { RDI, RSI, RDX, RCX, R8, R9 };

struct compiler {
	struct emitter *emitter;
	const struct function *function;
	const struct linkage *linkage;
	int64_t frame_cfa_offset; /* where no temporaries are on the stack */
};

static void compile_expression(struct compiler *compiler, const struct node *node);

static unsigned saved_count(const struct function *function)
{
	return function->local_count < ARRAY_SIZE(homes) ? function->local_count
							 : (unsigned)ARRAY_SIZE(homes);
}

static unsigned slot_count(const struct function *function)
{
	return function->local_count - saved_count(function);
}

/* From rsp as it is here, with its temporaries, to a local that has no register. */
static int64_t slot_displacement(const struct compiler *compiler, int64_t local)
{
	return compiler->emitter->cfa_offset - compiler->frame_cfa_offset +
	       8 * (local - (int64_t)ARRAY_SIZE(homes));
}

static void load_local(struct compiler *compiler, enum reg to, int64_t local)
{
	if (local < (int64_t)ARRAY_SIZE(homes))
		emit_move(compiler->emitter, to, homes[local]);
	else
		emit_load(compiler->emitter, to, slot_displacement(compiler, local));
}

static void store_local(struct compiler *compiler, int64_t local, enum reg from)
{
	if (local < (int64_t)ARRAY_SIZE(homes))
		emit_move(compiler->emitter, homes[local], from);
	else
		emit_store(compiler->emitter, slot_displacement(compiler, local), from);
}

static void combine(struct emitter *emitter, int sign)
{
	switch (sign) {
	case '+':
		emit_add(emitter);
		break;
	case '-':
		emit_subtract(emitter);
		break;
	case '*':
		emit_multiply(emitter);
		break;
	case '/':
		emit_divide(emitter);
		break;
	case '%':
		emit_remainder(emitter);
		break;
	case '<':
		emit_compare(emitter, CONDITION_LESS);
		break;
	case '>':
		emit_compare(emitter, CONDITION_GREATER);
		break;
	case TOKEN_LESS_EQUAL:
		emit_compare(emitter, CONDITION_LESS_EQUAL);
		break;
	case TOKEN_GREATER_EQUAL:
		emit_compare(emitter, CONDITION_GREATER_EQUAL);
		break;
	case TOKEN_EQUAL:
		emit_compare(emitter, CONDITION_EQUAL);
		break;
	default:
		emit_compare(emitter, CONDITION_NOT_EQUAL);
		break;
	}
}

static void compile_binary(struct compiler *compiler, const struct node *node)
{
	struct emitter *emitter = compiler->emitter;

	compile_expression(compiler, node->left);
	if (node->right->kind == NODE_NUMBER) {
		emit_number(emitter, RCX, node->right->number);
	} else if (node->right->kind == NODE_LOCAL) {
		load_local(compiler, RCX, node->right->number);
	} else {
		emit_push(emitter, RAX);
		compile_expression(compiler, node->right);
		emit_move(emitter, RCX, RAX);
		emit_pop(emitter, RAX);
	}
	combine(emitter, node->sign);
}

static void compile_call(struct compiler *compiler, const struct node *node)
{
	struct emitter *emitter = compiler->emitter;
	bool is_padded = emit_is_misaligned(emitter);
	unsigned first = node->native ? 1 : 0, count = 0; /* natives get the thread first */
	struct logged_call call;

	if (is_padded)
		emit_reserve(emitter, 1);
	for (const struct node *argument = node->left; argument; argument = argument->next) {
		compile_expression(compiler, argument);
		emit_push(emitter, RAX);
		count++;
	}
	call = logged_call_begin(emitter, compiler->linkage->keeps_shadow,
				 CALLED_BY_GENERATED_CODE);
	while (count-- > 0)
		emit_pop(emitter, parameters[first + count]);
	if (node->native) {
		emit_move(emitter, RDI, R15);
		emit_call_native(emitter, node->native->function);
		logged_call_end(emitter, &call, node->native->symbol);
	} else {
		emit_call_slot(emitter, compiler->linkage->slots, (size_t)node->number);
		logged_call_end(emitter, &call, NULL);
	}
	if (is_padded)
		emit_release(emitter, 1);
}

static void compile_touch(struct compiler *compiler)
{
	struct emitter *emitter = compiler->emitter;
	size_t touch;

	if (!compiler->linkage->keeps_shadow)
		return;
	emit_move(emitter, RDI, R15);
	quiet_call(emitter, (const void *)shadow_touch_begin);
	touch = emitter->size;
	emit_touch_rax(emitter);
	emit_move(emitter, RDI, R15);
	emit_address_back(emitter, RSI, touch);
	quiet_call(emitter, (const void *)shadow_touch_end);
}

static void compile_expression(struct compiler *compiler, const struct node *node)
{
	switch (node->kind) {
	case NODE_NUMBER:
		emit_number(compiler->emitter, RAX, node->number);
		break;
	case NODE_LOCAL:
		load_local(compiler, RAX, node->number);
		break;
	case NODE_BINARY:
		compile_binary(compiler, node);
		break;
	case NODE_CALL:
	case NODE_NATIVE_CALL:
		compile_call(compiler, node);
		break;
	case NODE_TOUCH:
		compile_touch(compiler);
		break;
	default:
		abort(); /* a statement */
	}
}

static void compile_epilogue(struct compiler *compiler)
{
	struct emitter *emitter = compiler->emitter;

	if (slot_count(compiler->function) > 0)
		emit_release(emitter, slot_count(compiler->function));
	for (unsigned i = saved_count(compiler->function); i-- > 0;)
		emit_restore(emitter, homes[i]);
	emit_return(emitter);
}

static void compile_prologue(struct compiler *compiler)
{
	struct emitter *emitter = compiler->emitter;

	for (unsigned i = 0; i < saved_count(compiler->function); i++)
		emit_save(emitter, homes[i]);
	if (slot_count(compiler->function) > 0)
		emit_reserve(emitter, slot_count(compiler->function));
	compiler->frame_cfa_offset = emitter->cfa_offset;
	for (unsigned i = 0; i < compiler->function->parameter_count; i++)
		store_local(compiler, i, parameters[i]);
}

static void compile_statements(struct compiler *compiler, const struct node *statement);

static void compile_if(struct compiler *compiler, const struct node *node)
{
	size_t to_other, to_end;

	compile_expression(compiler, node->left);
	to_other = emit_jump_if_zero(compiler->emitter);
	compile_statements(compiler, node->right);
	if (!node->other) {
		emit_land(compiler->emitter, to_other);
		return;
	}
	to_end = emit_jump(compiler->emitter);
	emit_land(compiler->emitter, to_other);
	compile_statements(compiler, node->other);
	emit_land(compiler->emitter, to_end);
}

static void compile_while(struct compiler *compiler, const struct node *node)
{
	size_t again = compiler->emitter->size;
	size_t to_end;

	compile_expression(compiler, node->left);
	to_end = emit_jump_if_zero(compiler->emitter);
	compile_statements(compiler, node->right);
	emit_line(compiler->emitter, node->line, node->column);
	emit_jump_back(compiler->emitter, again);
	emit_land(compiler->emitter, to_end);
}

static void compile_statement(struct compiler *compiler, const struct node *node)
{
	emit_line(compiler->emitter, node->line, node->column);
	switch (node->kind) {
	case NODE_IF:
		compile_if(compiler, node);
		break;
	case NODE_WHILE:
		compile_while(compiler, node);
		break;
	case NODE_ASSIGN:
		compile_expression(compiler, node->left);
		store_local(compiler, node->number, RAX);
		break;
	case NODE_RETURN:
		compile_expression(compiler, node->left);
		emit_remember(compiler->emitter);
		compile_epilogue(compiler);
		emit_recall(compiler->emitter);
		break;
	default:
		compile_expression(compiler, node->left);
		break;
	}
}

static void compile_statements(struct compiler *compiler, const struct node *statement)
{
	for (; statement; statement = statement->next)
		compile_statement(compiler, statement);
}

void compile_function(struct emitter *emitter, const struct program *program, size_t number,
		      const struct linkage *linkage)
{
	const struct function *function = &program->functions[number];
	struct compiler compiler = { .emitter = emitter, .function = function, .linkage = linkage };

	emitter_init(emitter, program->path);
	emit_line(emitter, function->line, 1);
	compile_prologue(&compiler);
	compile_statements(&compiler, function->body);
	/* A function whose end is reached returns 0. */
	emit_line(emitter, function->end_line, 1);
	emit_number(emitter, RAX, 0);
	compile_epilogue(&compiler);
}

void compile_enter_stub(struct emitter *emitter, const struct linkage *linkage)
{
	static const enum reg kept[] = { RBP, RBX, R12, R13, R14, R15 };
	struct logged_call call;

	emitter_init(emitter, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		emit_save(emitter, kept[i]);
	emit_reserve(emitter, 1);
	emit_move(emitter, R15, RDI);
	emit_move(emitter, RBP, RSI);
	emit_move(emitter, RBX, RDX);
	emit_move(emitter, R12, RCX);
	call = logged_call_begin(emitter, linkage->keeps_shadow, CALLED_BY_NATIVE_CODE);
	emit_move(emitter, RDI, RBX);
	emit_move(emitter, RSI, R12);
	emit_move(emitter, RAX, RBP);
	emit_call_slot_rax(emitter, linkage->slots);
	logged_call_end(emitter, &call, NULL);
	emit_release(emitter, 1);
	for (size_t i = ARRAY_SIZE(kept); i-- > 0;)
		emit_restore(emitter, kept[i]);
	emit_return(emitter);
}

void compile_compile_stub(struct emitter *emitter, const void *compile)
{
	emitter_init(emitter, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++)
		emit_push(emitter, parameters[i]);
	emit_move(emitter, RDI, R15);
	emit_move(emitter, RSI, RAX);
	quiet_call(emitter, compile);
	emit_move(emitter, R11, RAX);
	for (size_t i = ARRAY_SIZE(parameters); i-- > 0;)
		emit_pop(emitter, parameters[i]);
	emit_jump_r11(emitter);
}
