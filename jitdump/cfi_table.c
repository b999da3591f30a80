/* SPDX-License-Identifier: MIT */
#include "jitdump/cfi_table.h"

#include "jitdump/cfi_bytes.h"
#include "jitdump/xalloc.h"

#include <stdlib.h>
#include <string.h>

/* One CIE or FDE: the bytes from behind its length field to its end. */
struct record {
	uint64_t offset;	/* of the record in the section */
	uint64_t next_offset;	/* of the record behind it */
	uint64_t cie_offset;	/* FDE: where its CIE is */
	struct cfi_bytes bytes; /* behind the CIE pointer */
	bool is_cie;
	bool is_terminator;
};

/* A decoded CIE, kept while its FDEs follow one another. */
struct cie {
	uint64_t offset;
	bool is_usable;
	bool has_augmentation_size;
	struct cfi_function function; /* what all its FDEs share */
};

static uint64_t address_of(const struct cfi_sections *sections, const uint8_t *at)
{
	return sections->address + (uint64_t)(at - sections->bytes);
}

static bool is_cie_id(enum cfi_format format, uint64_t id, size_t id_size)
{
	if (format == CFI_EH_FRAME)
		return id == 0;
	return id == (id_size == 8 ? UINT64_MAX : UINT32_MAX);
}

/*
 * The CIE pointer is 4 bytes in .eh_frame, also behind an extended length (LSB), and of the
 * format's size in .debug_frame. There it is an offset in the section; in .eh_frame it counts back
 * from itself.
 */
static bool read_record(const struct cfi_sections *sections, uint64_t offset, struct record *record)
{
	struct cfi_bytes bytes = { .end = sections->bytes + sections->size };
	size_t id_size = 4;
	uint64_t length, id, id_offset;

	if (offset >= sections->size)
		return false;
	bytes.at = sections->bytes + offset;
	length = cfi_read_unsigned(&bytes, 4);
	if (length == UINT32_MAX) {
		length = cfi_read_unsigned(&bytes, 8);
		id_size = sections->format == CFI_EH_FRAME ? 4 : 8;
	}
	if (bytes.failed || length > (uint64_t)(bytes.end - bytes.at))
		return false;
	bytes.end = bytes.at + length;
	*record = (struct record){ .offset = offset,
				   .next_offset = (uint64_t)(bytes.end - sections->bytes),
				   .is_terminator = length == 0 };
	if (length == 0)
		return true;
	id_offset = (uint64_t)(bytes.at - sections->bytes);
	id = cfi_read_unsigned(&bytes, id_size);
	record->is_cie = is_cie_id(sections->format, id, id_size);
	record->cie_offset = sections->format == CFI_EH_FRAME ? id_offset - id : id;
	record->bytes = bytes;
	return true;
}

static void skip_personality(const struct cfi_sections *sections, struct cfi_bytes *bytes)
{
	uint8_t encoding = (uint8_t)cfi_read_unsigned(bytes, 1);
	struct pointer_bases none = { 0 };

	if (encoding == POINTER_OMITTED)
		return;
	if ((encoding & POINTER_BASE) == 0x50) /* aligned */
		cfi_skip(bytes, -address_of(sections, bytes->at) & 7);
	cfi_read_pointer(bytes, encoding & POINTER_FORMAT, &none);
}

/* The letters behind 'z'. An unknown one ends what can be read; the size says where to go on. */
static void read_augmentation(const struct cfi_sections *sections, const char *letters,
			      struct cfi_bytes *bytes, struct cfi_function *function)
{
	uint64_t size = cfi_read_uleb(bytes);
	struct cfi_bytes data = *bytes;

	cfi_skip(bytes, size);
	data.end = bytes->at;
	for (; *letters; letters++) {
		switch (*letters) {
		case 'R':
			function->pointer_encoding = (uint8_t)cfi_read_unsigned(&data, 1);
			break;
		case 'P':
			skip_personality(sections, &data);
			break;
		case 'L':
			cfi_skip(&data, 1);
			break;
		case 'S':
			function->is_signal_frame = true;
			break;
		default:
			return;
		}
	}
	if (data.failed)
		bytes->failed = true;
}

/* An augmentation string; real ones have up to five letters. */
static const char *read_letters(struct cfi_bytes *bytes)
{
	const char *letters = (const char *)bytes->at;
	size_t left = (size_t)(bytes->end - bytes->at);
	const uint8_t *nul = memchr(bytes->at, 0, left < 16 ? left : 16);

	if (!nul) {
		bytes->failed = true;
		return "";
	}
	bytes->at = nul + 1;
	return letters;
}

static bool read_cie(const struct cfi_sections *sections, uint64_t offset, struct cie *cie)
{
	struct cfi_function *function = &cie->function;
	struct record record;
	struct cfi_bytes *bytes = &record.bytes;
	const char *letters;
	uint64_t version;

	if (!read_record(sections, offset, &record) || record.is_terminator || !record.is_cie)
		return false;
	*function = (struct cfi_function){ .pointer_encoding = POINTER_ABSOLUTE };
	version = cfi_read_unsigned(bytes, 1);
	letters = read_letters(bytes);
	if (strcmp(letters, "eh") == 0) /* of gcc 2: a pointer that nobody needs */
		cfi_skip(bytes, 8);
	else if (*letters && *letters != 'z')
		return false;
	if (version == 4 && cfi_read_unsigned(bytes, 1) != 8)
		return false;
	if (version == 4 && cfi_read_unsigned(bytes, 1) != 0)
		return false;
	if (version != 1 && version != 3 && version != 4)
		return false;
	function->code_alignment = cfi_read_uleb(bytes);
	function->data_alignment = cfi_read_sleb(bytes);
	function->return_register =
		version == 1 ? cfi_read_unsigned(bytes, 1) : cfi_read_uleb(bytes);
	cie->has_augmentation_size = *letters == 'z';
	if (cie->has_augmentation_size)
		read_augmentation(sections, letters + 1, bytes, function);
	function->initial_program = bytes->at;
	function->initial_program_size = (size_t)(bytes->end - bytes->at);
	return !bytes->failed;
}

/* `cie` is read anew only when the record belongs to another one than the last. */
static bool read_function(const struct cfi_sections *sections, struct record *record,
			  struct cie *cie, struct cfi_function *function)
{
	struct cfi_bytes *bytes = &record->bytes;
	struct pointer_bases bases = { address_of(sections, bytes->at), sections->text_address,
				       sections->data_address };
	uint64_t size;

	if (record->cie_offset != cie->offset) {
		cie->offset = record->cie_offset;
		cie->is_usable = read_cie(sections, cie->offset, cie);
	}
	if (!cie->is_usable)
		return false;
	*function = cie->function;
	function->start = cfi_read_pointer(bytes, function->pointer_encoding, &bases);
	size = cfi_read_pointer(bytes, function->pointer_encoding & POINTER_FORMAT, &bases);
	if (cie->has_augmentation_size)
		cfi_skip(bytes, cfi_read_uleb(bytes));
	function->end = function->start + size;
	function->program = bytes->at;
	function->program_size = (size_t)(bytes->end - bytes->at);
	function->program_address = address_of(sections, bytes->at);
	/* Linkers leave FDEs of removed functions in .debug_frame, at address 0. */
	if (function->start == 0 && sections->format == CFI_DEBUG_FRAME)
		return false;
	return !bytes->failed && function->end > function->start;
}

static bool read_function_at(const struct cfi_sections *sections, uint64_t offset,
			     struct cfi_function *function)
{
	struct cie cie = { .offset = UINT64_MAX };
	struct record record;

	return read_record(sections, offset, &record) && !record.is_terminator && !record.is_cie &&
	       read_function(sections, &record, &cie, function);
}

/* The rows of a header with the one table encoding that linkers write (i32, relative to the
 * header), if its first row tells the truth. */
static void use_header(struct cfi_table *table)
{
	const struct cfi_sections *sections = &table->sections;
	struct cfi_bytes bytes = { sections->header, sections->header + sections->header_size };
	struct pointer_bases bases = { sections->header_address + 4, 0, sections->header_address };
	uint8_t version = (uint8_t)cfi_read_unsigned(&bytes, 1);
	uint8_t frame_encoding = (uint8_t)cfi_read_unsigned(&bytes, 1);
	uint8_t count_encoding = (uint8_t)cfi_read_unsigned(&bytes, 1);
	uint8_t row_encoding = (uint8_t)cfi_read_unsigned(&bytes, 1);
	struct cfi_function first;
	int32_t row[2];
	uint64_t count;

	if (version != 1 || row_encoding != 0x3b || count_encoding == POINTER_OMITTED)
		return;
	if (frame_encoding != POINTER_OMITTED)
		cfi_read_pointer(&bytes, frame_encoding, &bases);
	count = cfi_read_pointer(&bytes, count_encoding, &bases);
	if (bytes.failed || count == 0 || count > (size_t)(bytes.end - bytes.at) / sizeof(row))
		return;
	memcpy(row, bytes.at, sizeof(row));
	if (!read_function_at(sections,
			      sections->header_address + (uint64_t)(int64_t)row[1] -
				      sections->address,
			      &first) ||
	    first.start != sections->header_address + (uint64_t)(int64_t)row[0])
		return;
	table->header_rows = bytes.at;
	table->header_row_count = count;
}

void cfi_table_init(struct cfi_table *table, const struct cfi_sections *sections)
{
	*table = (struct cfi_table){ .sections = *sections };
	if (sections->bytes && sections->header)
		use_header(table);
}

void cfi_table_deinit(struct cfi_table *table)
{
	free(table->entries);
	*table = (struct cfi_table){ 0 };
}

static bool covers(const struct cfi_function *function, uint64_t address)
{
	return address >= function->start && address < function->end;
}

static bool find_in_header(const struct cfi_table *table, uint64_t address,
			   struct cfi_function *function)
{
	const struct cfi_sections *sections = &table->sections;
	int64_t wanted = (int64_t)(address - sections->header_address);
	size_t low = 0, high = table->header_row_count;
	int32_t row[2];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		memcpy(row, table->header_rows + middle * sizeof(row), sizeof(row));
		if (wanted < row[0])
			high = middle;
		else
			low = middle + 1;
	}
	if (low == 0)
		return false;
	memcpy(row, table->header_rows + (low - 1) * sizeof(row), sizeof(row));
	return read_function_at(sections,
				sections->header_address + (uint64_t)(int64_t)row[1] -
					sections->address,
				function) &&
	       covers(function, address);
}

static int compare_entries(const void *left, const void *right)
{
	const struct cfi_entry *a = left, *b = right;

	return a->start < b->start ? -1 : a->start > b->start;
}

static void build_entries(struct cfi_table *table)
{
	struct cie cie = { .offset = UINT64_MAX };
	struct cfi_function function;
	struct record record;
	size_t capacity = 0;

	table->has_entries = true;
	for (uint64_t offset = 0; read_record(&table->sections, offset, &record);
	     offset = record.next_offset) {
		if (record.is_terminator || record.is_cie ||
		    !read_function(&table->sections, &record, &cie, &function))
			continue;
		table->entries = xgrow(table->entries, table->entry_count, &capacity,
				       sizeof(*table->entries));
		table->entries[table->entry_count++] =
			(struct cfi_entry){ function.start, record.offset };
	}
	if (table->entry_count > 0)
		qsort(table->entries, table->entry_count, sizeof(*table->entries), compare_entries);
}

static bool find_in_entries(const struct cfi_table *table, uint64_t address,
			    struct cfi_function *function)
{
	size_t low = 0, high = table->entry_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address < table->entries[middle].start)
			high = middle;
		else
			low = middle + 1;
	}
	return low > 0 &&
	       read_function_at(&table->sections, table->entries[low - 1].offset, function) &&
	       covers(function, address);
}

bool cfi_table_find(struct cfi_table *table, uint64_t address, struct cfi_function *function)
{
	if (!table->sections.bytes)
		return false;
	if (table->header_rows)
		return find_in_header(table, address, function);
	if (!table->has_entries)
		build_entries(table);
	return find_in_entries(table, address, function);
}

bool cfi_sections_find(const struct cfi_sections *sections, uint64_t address,
		       struct cfi_function *function)
{
	struct cie cie = { .offset = UINT64_MAX };
	struct record record;

	for (uint64_t offset = 0; sections->bytes && read_record(sections, offset, &record);
	     offset = record.next_offset) {
		if (!record.is_terminator && !record.is_cie &&
		    read_function(sections, &record, &cie, function) && covers(function, address))
			return true;
	}
	return false;
}
