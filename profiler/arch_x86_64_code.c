/* SPDX-License-Identifier: MIT */
/* What x86-64 instructions say about a frame (encodings: Intel SDM volume 2). */
#include "profiler/arch.h"

#include <string.h>

static bool matches(const uint8_t *bytes, size_t size, const char *pattern, size_t pattern_size)
{
	return size >= pattern_size && memcmp(bytes, pattern, pattern_size) == 0;
}

#define MATCHES(bytes, size, pattern) matches(bytes, size, pattern, sizeof(pattern) - 1)

#define PUSH_RBP		"\x55"
#define MOV_RBP_RSP		"\x48\x89\xe5"
#define MOV_RBP_RSP_ALTERNATIVE "\x48\x8b\xec"
#define ENDBR64			"\xf3\x0f\x1e\xfa"
#define BND			"\xf2"

static void skip_prefix(const uint8_t **at, size_t *size, const char *prefix)
{
	size_t length = strlen(prefix);

	if (matches(*at, *size, prefix, length)) {
		*at += length;
		*size -= length;
	}
}

static bool sets_frame_pointer(const uint8_t *bytes, size_t size)
{
	return MATCHES(bytes, size, MOV_RBP_RSP) || MATCHES(bytes, size, MOV_RBP_RSP_ALTERNATIVE);
}

static bool makes_frame(const uint8_t *bytes, size_t size)
{
	return size > 1 && MATCHES(bytes, size, PUSH_RBP) &&
	       sets_frame_pointer(bytes + 1, size - 1);
}

/*
 * The two kinds of procedure linkage table entries, which linkers other than GNU ld leave without
 * CFI (System V ABI, AMD64 supplement 1.0, figure 5.2):
 *
 *     ff 25 ....     jmp *GOT[n](%rip)        ff 35 ....    push GOT[1](%rip)
 *     68 ....        push $n                  ff 25 ....    jmp *GOT[2](%rip)
 *     e9 ....        jmp  first entry
 */
static bool is_in_linkage_table(const struct code_bytes *code, uint32_t *sp_offset)
{
	const uint8_t *at = code->at, *end = code->before + code->before_size;
	size_t size = code->at_size;
	bool after_index = code->before_size >= 5 && end[-5] == 0x68;
	bool after_push = code->before_size >= 6 && end[-6] == 0xff && end[-5] == 0x35;
	bool at_index, at_first, at_end_of_first;

	skip_prefix(&at, &size, ENDBR64);
	at_index = MATCHES(at, size, "\x68") && size > 5 && (at[5] == 0xe9 || at[5] == 0xf2);
	at_first = MATCHES(at, size, "\xff\x35") && size > 7 && at[6] == 0xff && at[7] == 0x25;
	skip_prefix(&at, &size, BND);
	at_end_of_first = MATCHES(at, size, "\xff\x25") && after_push;
	if (at_first || (MATCHES(at, size, "\xe9") && after_index))
		*sp_offset = 8;
	else if (at_end_of_first)
		*sp_offset = 16;
	else if (at_index || MATCHES(at, size, "\xff\x25"))
		*sp_offset = 0;
	else
		return false;
	return true;
}

/* True if the head of the function holds the instructions that make a frame. */
static bool has_made_frame(const struct code_bytes *code)
{
	for (size_t i = 0; i + 4 <= code->head_size; i++)
		if (makes_frame(code->head + i, code->head_size - i))
			return true;
	return false;
}

/* The length of an instruction that adds to (0xc4) or subtracts from (0xec) the stack pointer, with
 * its operand; 0 if it is another. */
static size_t read_sp_change(const uint8_t *bytes, size_t size, uint8_t operation, uint32_t *change)
{
	if (size >= 4 && bytes[0] == 0x48 && bytes[1] == 0x83 && bytes[2] == operation) {
		*change = bytes[3] & 0x7f;
		return bytes[3] < 0x80 ? 4 : 0;
	}
	if (size >= 7 && bytes[0] == 0x48 && bytes[1] == 0x81 && bytes[2] == operation) {
		memcpy(change, bytes + 3, sizeof(*change));
		return *change < 1u << 24 ? 7 : 0;
	}
	return 0;
}

/* The length of a push (0x50) or pop (0x58) of any register; 0 if it is another. */
static size_t read_stack_operation(const uint8_t *bytes, size_t size, uint8_t operation,
				   uint8_t *number)
{
	/* The numbers that instructions have for ax cx dx bx sp bp si di, in DWARF's. */
	static const uint8_t numbers[8] = { 0, 2, 1, 3, 7, 6, 4, 5 };
	size_t prefix = size > 0 && bytes[0] == 0x41;

	if (size <= prefix || (bytes[prefix] & 0xf8) != operation)
		return 0;
	*number = prefix ? 8 + (bytes[1] & 7) : numbers[bytes[0] & 7];
	return prefix + 1;
}

/* One push, pop or change of the stack pointer at *at, which moves behind it. A register that is
 * pushed or popped lies `sp_offset` above the stack pointer then. */
static bool read_stack_step(const uint8_t **at, const uint8_t *end, bool is_push,
			    struct return_rule *rule, uint32_t *change)
{
	size_t size = (size_t)(end - *at), length;
	uint8_t number;

	length = read_stack_operation(*at, size, is_push ? 0x50 : 0x58, &number);
	if (length > 0) {
		*change = 8;
		rule->saved |= 1u << number;
		if (number == REGISTER_FP)
			rule->fp_offset = rule->sp_offset;
	} else {
		length = read_sp_change(*at, size, is_push ? 0xec : 0xc4, change);
	}
	*at += length;
	return length > 0;
}

/* What the instructions up to the pc have pushed and reserved, if they begin with nothing else. */
static void read_pushes(const struct code_bytes *code, struct return_rule *rule)
{
	const uint8_t *at = code->head, *end = at + code->head_size;
	uint32_t change;

	if (MATCHES(at, code->head_size, ENDBR64))
		at += 4;
	rule->place = RETURN_MAYBE_AT_SP;
	while (read_stack_step(&at, end, true, rule, &change))
		rule->sp_offset += change;
	/* The slots were counted from the return address down; they count from below now. */
	rule->fp_offset = rule->sp_offset - rule->fp_offset - 8;
}

/* True if the pc is in an epilogue: nothing but pops and a return. */
static bool is_in_epilogue(const struct code_bytes *code, struct return_rule *rule)
{
	const uint8_t *at = code->at, *end = at + code->at_size;
	struct return_rule found = { .place = RETURN_AT_SP };
	uint32_t change;

	while (read_stack_step(&at, end, false, &found, &change))
		found.sp_offset += change;
	if (at < end && (*at == 0xf3 || *at == 0xf2)) /* rep, bnd */
		at++;
	if (at == end || (*at != 0xc3 && *at != 0xc2))
		return false;
	*rule = found;
	return true;
}

/* V8 drops arguments by taking the return address off the stack and pushing it again:
 * pop r10; lea rsp, [rsp + 8 * rcx]; push r10; ret. */
static bool is_in_register(const struct code_bytes *code, uint8_t *number)
{
	const uint8_t *at = code->at;
	size_t size = code->at_size, length;

	if (size > 4 && (at[0] & 0xf8) == 0x48 && at[1] == 0x8d && at[2] == 0x24) {
		at += 4;
		size -= 4;
	}
	length = read_stack_operation(at, size, 0x50, number);
	return length > 0 && MATCHES(at + length, size - length, "\xc3");
}

/* The places that are right only while the frame is not whole: not behind a call. */
static bool find_interrupted_return(const struct code_bytes *code, struct return_rule *rule)
{
	const uint8_t *at = code->at;
	size_t size = code->at_size;

	skip_prefix(&at, &size, ENDBR64);
	if (makes_frame(at, size))
		rule->place = RETURN_AT_SP;
	if (sets_frame_pointer(at, size) && code->before_size > 0 &&
	    code->before[code->before_size - 1] == 0x55) {
		rule->place = RETURN_AT_SP;
		rule->sp_offset = 8; /* rbp is the caller's still */
	}
	if (is_in_linkage_table(code, &rule->sp_offset))
		rule->place = RETURN_AT_SP;
	if (is_in_register(code, &rule->number))
		rule->place = RETURN_IN_REGISTER;
	return rule->place != RETURN_BY_FRAME_POINTER;
}

struct return_rule arch_find_return(const struct code_bytes *code)
{
	struct return_rule rule = { .place = RETURN_BY_FRAME_POINTER };

	if ((!code->is_return && find_interrupted_return(code, &rule)) ||
	    is_in_epilogue(code, &rule))
		return rule;
	if (code->has_head && !has_made_frame(code))
		read_pushes(code, &rule);
	return rule;
}

/* e8 and a 32-bit distance, or ff /2 with any addressing (Intel SDM volume 2A, CALL). */
bool arch_is_system_call(const uint8_t bytes[2])
{
	return bytes[0] == 0x0f && bytes[1] == 0x05;
}

bool arch_ends_with_call(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = bytes + size;

	if (size >= 5 && end[-5] == 0xe8)
		return true;
	for (size_t length = 2; length <= 7 && length <= size; length++) {
		const uint8_t *call = end - length;
		unsigned mode, base;
		size_t expected = 2;

		if (call[0] != 0xff || (call[1] >> 3 & 7) != 2)
			continue;
		mode = call[1] >> 6;
		base = call[1] & 7;
		if (mode != 3 && base == 4)
			expected++; /* a SIB byte */
		if (mode == 1)
			expected += 1;
		else if (mode == 2 || (mode == 0 && base == 5) ||
			 (mode == 0 && base == 4 && length > 2 && (call[2] & 7) == 5))
			expected += 4;
		if (expected == length)
			return true;
	}
	return false;
}
