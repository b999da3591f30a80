/* SPDX-License-Identifier: MIT */
#include "profiler/cfi_row.h"

#include "profiler/arch.h"
#include "profiler/cfi_reader.h"

/* What is said of one register; zeroed: nothing, it is as it was. */
struct rule {
	enum cfi_operation operation;
	int64_t offset;
};

/* The registers whose rules are followed. */
enum { RULE_FP, RULE_SP, RULE_IP, RULE_COUNT };

struct state {
	enum cfi_operation cfa; /* CFI_DEFINE, CFI_DEFINE_EXPRESSION, or 0: not defined */
	unsigned cfa_number;
	int64_t cfa_offset;
	const uint8_t *expression;
	size_t expression_size;
	struct rule rules[RULE_COUNT];
};

struct run {
	struct state state, initial;
	struct state remembered[CFI_REMEMBER_LIMIT];
	size_t remembered_count;
};

static int rule_number(unsigned number)
{
	switch (number) {
	case REGISTER_FP:
		return RULE_FP;
	case REGISTER_SP:
		return RULE_SP;
	case REGISTER_IP:
		return RULE_IP;
	default:
		return -1;
	}
}

static void set_rule(struct run *run, const struct cfi_instruction *instruction)
{
	int number = rule_number(instruction->number);

	if (number < 0)
		return;
	if (instruction->operation == CFI_RESTORE)
		run->state.rules[number] = run->initial.rules[number];
	else
		run->state.rules[number] =
			(struct rule){ instruction->operation, instruction->offset };
}

static void define_cfa(struct state *state, const struct cfi_instruction *instruction)
{
	if (instruction->operation == CFI_DEFINE_EXPRESSION) {
		state->cfa = CFI_DEFINE_EXPRESSION;
		state->expression = instruction->expression;
		state->expression_size = instruction->expression_size;
		return;
	}
	state->cfa = CFI_DEFINE;
	if (instruction->operation != CFI_DEFINE_OFFSET)
		state->cfa_number = instruction->number;
	if (instruction->operation != CFI_DEFINE_REGISTER)
		state->cfa_offset = instruction->offset;
}

/* The reader has made sure that there is room and that there is something to go back to. */
static void apply(struct run *run, const struct cfi_instruction *instruction)
{
	switch (instruction->operation) {
	case CFI_DEFINE:
	case CFI_DEFINE_REGISTER:
	case CFI_DEFINE_OFFSET:
	case CFI_DEFINE_EXPRESSION:
		define_cfa(&run->state, instruction);
		break;
	case CFI_REMEMBER:
		run->remembered[run->remembered_count++] = run->state;
		break;
	case CFI_RESTORE_STATE:
		run->state = run->remembered[--run->remembered_count];
		break;
	case CFI_NOTHING:
		break;
	default:
		set_rule(run, instruction);
	}
}

static bool run_program(struct run *run, struct cfi_reader reader)
{
	struct cfi_instruction instruction = { 0 };

	while (cfi_reader_next(&reader, &instruction))
		apply(run, &instruction);
	return !reader.in.failed;
}

static bool take_cfa(const struct state *state, uint64_t address, struct cfi_row *row)
{
	int64_t offset = state->cfa_offset;

	if (state->cfa == CFI_DEFINE_EXPRESSION) {
		row->kind = ROW_CFA_SP;
		return arch_linkage_table_cfa(state->expression, state->expression_size, address,
					      &row->cfa_offset);
	}
	row->kind = state->cfa_number == REGISTER_FP ? ROW_CFA_FP : ROW_CFA_SP;
	row->cfa_offset = (int32_t)offset;
	return state->cfa == CFI_DEFINE && row->cfa_offset == offset &&
	       (state->cfa_number == REGISTER_FP || state->cfa_number == REGISTER_SP);
}

static bool take_frame_pointer(const struct rule *rule, struct cfi_row *row)
{
	switch ((int)rule->operation) {
	case 0:
	case CFI_SAME:
		row->fp = ROW_FP_SAME;
		return true;
	case CFI_UNDEFINED:
		row->fp = ROW_FP_UNDEFINED;
		return true;
	case CFI_AT_OFFSET:
		row->fp = ROW_FP_SAVED;
		row->fp_offset = (int16_t)rule->offset;
		return row->fp_offset == rule->offset;
	default:
		return false;
	}
}

static struct cfi_row compact(const struct state *state, uint64_t address)
{
	static const struct cfi_row unfit = { .kind = ROW_UNFIT };
	const struct rule *rules = state->rules;
	struct cfi_row row = { 0 };

	if (rules[RULE_IP].operation == CFI_UNDEFINED)
		return (struct cfi_row){ .kind = ROW_OUTERMOST };
	if (rules[RULE_IP].operation != CFI_AT_OFFSET ||
	    rules[RULE_IP].offset != ARCH_RETURN_OFFSET || rules[RULE_SP].operation != 0 ||
	    !take_cfa(state, address, &row) || !take_frame_pointer(&rules[RULE_FP], &row))
		return unfit;
	return row;
}

struct cfi_row cfi_row_find(const struct cfi_function *function, uint64_t address)
{
	static const struct cfi_row unfit = { .kind = ROW_UNFIT };
	struct run run;

	run.state = (struct state){ 0 };
	run.initial = run.state;
	run.remembered_count = 0;
	if (function->return_register != REGISTER_IP || function->is_signal_frame ||
	    !run_program(&run, cfi_reader_initial(function)))
		return unfit;
	run.initial = run.state;
	run.remembered_count = 0;
	if (!run_program(&run, cfi_reader_at(function, address)))
		return unfit;
	return compact(&run.state, address);
}
