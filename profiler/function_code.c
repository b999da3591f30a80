/* SPDX-License-Identifier: MIT */
#include "profiler/function_code.h"

#include "jitdump/text.h"
#include "jitdump/xalloc.h"
#include "profiler/kernel_code.h"
#include "profiler/nameless_code.h"
#include "profiler/session_state.h"
#include "symbolize/image_excerpt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* No compiler writes larger functions; tables that a wrong symbol covers are larger. */
enum { CODE_BYTES_MAX = 1 << 20 };

struct reading {
	struct function_code *code;
	struct session *session;
	struct image *image;
	const struct jit_version *version; /* NULL: it is no JIT code */
	struct jit_code *owner;		   /* of the version */
	const uint8_t *version_bytes;	   /* its code; NULL: there is none */
	uint8_t *read_again;		   /* that, where the dump had to be asked; or NULL */
	const char *name;
	struct disassembler *disassembler; /* NULL: the machine is not known */
	const struct function_code_options *options;
	const char *kernel_lack; /* "", or why the kernel's code is not to be had */
	size_t place;		 /* the next of the options' that had no bytes yet */
	size_t near;		 /* see is_wanted() */
};

static void set_bounds(struct reading *reading, uint64_t start, uint64_t size, const char *name)
{
	reading->code->start.image_address = reading->code->shown_start = start;
	reading->code->size = size;
	reading->name = name;
}

static void find_version_bytes(struct reading *reading)
{
	const struct jitdump_entry *load = reading->version->load;
	const struct jitdump_log *log = jit_code_log(reading->owner);

	reading->version_bytes = load->code;
	if (load->code || !log)
		return;
	reading->read_again = jitdump_log_read_code(log, load);
	reading->version_bytes = reading->read_again;
}

static bool find_function(struct reading *reading, struct location location)
{
	struct function_code *code = reading->code;
	struct nameless_code nameless;
	struct symbol symbol;

	reading->image = symbolizer_image(reading->session->symbolizer, location.image_id);
	code->start = location;
	if (reading->image->kind == IMAGE_JIT) {
		reading->version = session_jit_version(reading->session, location, &reading->owner);
		if (!reading->version || !reading->version->load ||
		    reading->version->is_provisional)
			return false;
		code->start.image_address -= jit_version_offset(location.image_address);
		code->size = reading->version->size;
		reading->name = reading->version->load->name;
		find_version_bytes(reading);
		return true;
	}
	if (reading->image->kind == IMAGE_UNKNOWN)
		return false;
	if (image_symbol(reading->image, location.image_address, &symbol)) {
		set_bounds(reading, symbol.start, symbol.size, symbol.name);
		return true;
	}
	if (!nameless_code_find(reading->session, location, &nameless))
		return false;
	set_bounds(reading, nameless.start, nameless.size, nameless.name);
	return true;
}

/* How many bytes there are from `offset` on, at most `size`. */
static size_t read_bytes(const struct reading *reading, uint64_t offset, uint8_t *bytes,
			 size_t size)
{
	const struct jit_version *version = reading->version;

	if (*reading->kernel_lack)
		return 0;
	if (!version)
		return image_read(reading->image, reading->code->start.image_address + offset,
				  bytes, size);
	if (!reading->version_bytes || offset >= version->load->size)
		return 0;
	if (size > version->load->size - offset)
		size = version->load->size - offset;
	memcpy(bytes, reading->version_bytes + offset, size);
	return size;
}

static void set_line(const struct reading *reading, struct code_instruction *instruction)
{
	uint64_t image_address = reading->code->start.image_address + instruction->offset;
	struct jitdump_source_line row = { 0 };
	struct frame frame = { 0 };

	if (reading->version) {
		if (jit_code_line(reading->owner, reading->version, instruction->offset, &row) &&
		    *row.file)
			frame = (struct frame){ .file = row.file, .line = row.line };
	} else if (!image_line(reading->image, image_address, &frame)) {
		frame.file = NULL;
	}
	if (!frame.file)
		return;
	instruction->file = string_pool_add(reading->session->strings, frame.file);
	instruction->line = frame.line;
}

static struct code_instruction *add_instruction(const struct reading *reading, uint64_t offset,
						const char *text)
{
	struct function_code *code = reading->code;
	struct code_instruction *added;

	code->instructions = xgrow(code->instructions, code->count, &code->capacity,
				   sizeof(*code->instructions));
	added = &code->instructions[code->count++];
	*added = (struct code_instruction){
		.offset = offset,
		.text = string_pool_add_printable(code->texts, text, strlen(text)),
		.jump_target = CODE_NO_TARGET,
		.callee_address = CODE_NO_TARGET,
	};
	set_line(reading, added);
	return added;
}

/* Where sampled places have no bytes, up to `end`. */
static void add_places(struct reading *reading, uint64_t end)
{
	for (; reading->place < reading->options->place_count &&
	       reading->options->places[reading->place] < end;
	     reading->place++)
		add_instruction(reading, reading->options->places[reading->place], "");
}

static void pass_places(struct reading *reading, uint64_t end)
{
	while (reading->place < reading->options->place_count &&
	       reading->options->places[reading->place] < end)
		reading->place++;
}

/* Where the code runs: its bytes are as the JIT wrote them, for the version's address. */
static uint64_t base_of(const struct reading *reading)
{
	return reading->version ? reading->version->address : reading->code->start.image_address;
}

/* `address` is of the process in JIT code. An excerpt knows its own places, and its file is not to
 * be looked for because of a name. */
static bool name_address(const struct reading *reading, uint64_t address, struct symbol *symbol)
{
	const struct jit_version *version;

	if (!reading->version) {
		if (reading->image->excerpt &&
		    !image_excerpt_place(reading->image->excerpt, address))
			return false;
		return image_symbol(reading->image, address, symbol) ||
		       image_data_symbol(reading->image, address, symbol);
	}
	version = jit_code_find(reading->owner, address, reading->version->time_ns);
	if (!version)
		version = jit_code_find_later(reading->owner, address, reading->version->time_ns);
	if (!version || !version->load || version->is_provisional)
		return false;
	*symbol = (struct symbol){ .name = version->load->name, .start = version->address };
	return true;
}

/* "1136", "1040 <memcpy@plt>", "4018 <table+0x8>": as the addresses beside instructions are. */
static void write_address(const struct reading *reading, uint64_t address, bool is_bare_inside,
			  char *text, size_t room)
{
	uint64_t base = base_of(reading), shown = address;
	bool is_inside = address - base < reading->code->size;
	struct symbol symbol = { .name = reading->name, .start = base };

	if (is_inside)
		shown += reading->code->shown_start - base;
	if (is_inside ? is_bare_inside : !name_address(reading, address, &symbol))
		snprintf(text, room, "%" PRIx64, shown);
	else if (symbol.start == address)
		snprintf(text, room, "%" PRIx64 " <%s>", shown, symbol.name);
	else
		snprintf(text, room, "%" PRIx64 " <%s+0x%" PRIx64 ">", shown, symbol.name,
			 address - symbol.start);
}

/* "jne    1136", "callq  *0x2fe2(%rip)  # 3fd8 <memcpy@got>" */
static void write_addresses(const struct reading *reading, struct instruction *decoded)
{
	size_t at = decoded->target_at;

	if (decoded->has_target)
		write_address(reading, decoded->target, decoded->kind == INSTRUCTION_JUMP,
			      decoded->text + at, sizeof(decoded->text) - at);
	if (!decoded->has_data)
		return;
	at = strlen(decoded->text);
	at += (size_t)snprintf(decoded->text + at, sizeof(decoded->text) - at, "  # ");
	if (at < sizeof(decoded->text))
		write_address(reading, decoded->data, false, decoded->text + at,
			      sizeof(decoded->text) - at);
}

/* Whether an instruction is near enough to a sampled place, where only such are wanted. Offsets
 * ascend from call to call: reading->near is the first place that is not too far behind. */
static bool is_wanted(struct reading *reading, uint64_t offset)
{
	const struct function_code_options *options = reading->options;

	if (!options->around_bytes)
		return true;
	while (reading->near < options->place_count &&
	       options->places[reading->near] + options->around_bytes < offset)
		reading->near++;
	return reading->near < options->place_count &&
	       options->places[reading->near] <= offset + options->around_bytes;
}

/* Where it calls, or jumps to outside of the function. */
static void set_callee(const struct reading *reading, const struct instruction *decoded,
		       struct code_instruction *added)
{
	bool is_inside =
		decoded->has_target && decoded->target - base_of(reading) < reading->code->size;
	uint64_t named = decoded->has_target ? decoded->target : decoded->data;
	struct symbol symbol = { .name = reading->name };

	if (decoded->kind != INSTRUCTION_CALL && (decoded->kind != INSTRUCTION_JUMP || is_inside))
		return;
	if (decoded->has_target)
		added->callee_address = decoded->target;
	else if (!decoded->has_data)
		return;
	if (is_inside || name_address(reading, named, &symbol))
		added->callee = string_pool_add(reading->session->strings, symbol.name);
}

/* Large functions need not be decoded to their end. */
static bool is_past_all(const struct reading *reading, uint64_t offset)
{
	const struct function_code_options *options = reading->options;

	return options->around_bytes && options->place_count &&
	       options->places[options->place_count - 1] + options->around_bytes < offset;
}

static void decode(struct reading *reading, uint64_t offset, const uint8_t *bytes, size_t size)
{
	uint64_t base = base_of(reading);
	struct instruction decoded;

	for (size_t at = 0; at < size && !is_past_all(reading, offset + at); at += decoded.size) {
		struct code_instruction *added;

		disassembler_next(reading->disassembler, bytes + at, size - at, base + offset + at,
				  &decoded);
		if (!is_wanted(reading, offset + at))
			continue;
		write_addresses(reading, &decoded);
		added = add_instruction(reading, offset + at, decoded.text);
		added->size = decoded.size;
		added->kind = decoded.kind;
		set_callee(reading, &decoded, added);
		if (decoded.has_target && decoded.kind == INSTRUCTION_JUMP &&
		    decoded.target - base < reading->code->size)
			added->jump_target = decoded.target - base;
	}
}

/* A recording may keep a function in pieces. */
static uint64_t decode_all(struct reading *reading)
{
	uint64_t end = reading->code->size < CODE_BYTES_MAX ? reading->code->size : CODE_BYTES_MAX;
	uint8_t *bytes = xmalloc(end + 1);
	uint64_t known = 0;

	for (uint64_t offset = 0; offset < end;) {
		size_t size = read_bytes(reading, offset, bytes, end - offset);

		if (!size) {
			offset++;
			continue;
		}
		add_places(reading, offset);
		decode(reading, offset, bytes, size);
		pass_places(reading, offset + size);
		offset += size;
		known += size;
	}
	free(bytes);
	return known;
}

static const char *why_no_bytes(const struct reading *reading)
{
	const struct image *image = reading->image;

	switch (image->kind) {
	case IMAGE_JIT:
		return reading->session->options.is_live
			       ? "the dump has no bytes of this code"
			       : "the recording has no bytes of this code";
	case IMAGE_PERF_MAP:
		return "a perf map has names alone: there are no bytes of this code";
	case IMAGE_KERNEL:
		return *reading->kernel_lack ? reading->kernel_lack
					     : "the kernel has no code there by now";
	case IMAGE_ELF:
	case IMAGE_VDSO:
	case IMAGE_UNKNOWN:
		break;
	}
	return *image->status ? image->status : "the file has no bytes of this code";
}

static uint16_t machine_of(const struct reading *reading)
{
	uint16_t machine = image_machine(reading->image);
	const char *name = reading->options->machine;
	struct utsname here;

	if (!*name && uname(&here) == 0)
		name = here.machine;
	return machine ? machine : disassembler_machine(name);
}

bool function_code_read(struct function_code *code, struct session *session,
			struct location location, const struct function_code_options *options)
{
	struct reading reading = {
		.code = code,
		.session = session,
		.options = options,
		.kernel_lack = "",
	};
	uint64_t known = 0;

	*code = (struct function_code){ .lack = "" };
	if (!find_function(&reading, location))
		return false;
	code->texts = string_pool_create();
	if (reading.image->kind == IMAGE_KERNEL)
		reading.kernel_lack = kernel_code_use(session);
	/* What opens the file comes first: it may not be the machine of the recording. */
	code->image = reading.image;
	reading.disassembler = disassembler_create(machine_of(&reading), options->is_intel);
	if (reading.disassembler)
		known = decode_all(&reading);
	add_places(&reading, UINT64_MAX);
	if (!reading.disassembler)
		code->lack = "instructions of this machine are not known";
	else if (!known)
		code->lack = why_no_bytes(&reading);
	else if (known < code->size)
		code->lack = "a part of its code alone is known";
	disassembler_destroy(reading.disassembler);
	free(reading.read_again);
	return true;
}

void function_code_deinit(struct function_code *code)
{
	free(code->instructions);
	string_pool_destroy(code->texts);
	*code = (struct function_code){ 0 };
}
