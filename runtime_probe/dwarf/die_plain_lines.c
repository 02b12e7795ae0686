/* File tables and line programs. Source: DWARF 5, section 6.2; DWARF 2 to 4 where they differ. */
#include "die_reader.h"

enum { OPCODES = 256 };

/* The header of a line program. */
struct line_header {
    uint16_t version;
    uint8_t least_instruction; /* bytes that addresses advance by */
    uint8_t operations;        /* in one instruction, at most */
    int8_t line_base;
    uint8_t line_range;
    uint8_t opcode_base;
    uint8_t operands[OPCODES]; /* of the standard opcodes */
};

/* The registers of the program that matter here. */
struct line_state {
    uint64_t address;
    uint64_t operation; /* index in an instruction of several */
    uint64_t file;
    uint64_t line;
    bool first;     /* of its sequence */
    bool discarded; /* the linker dropped this function's section */
};

static void files_add(struct die_reader *reader, const char *name, uint64_t directory) {
    *(struct die_plain_file *)vector_push(&reader->plain.files) = (struct die_plain_file){name, directory};
    *(uint32_t *)vector_push(&reader->files) = FILE_UNKNOWN;
}

/* Before DWARF 5: strings, ended by an empty one. */
static void tables_old(struct die_reader *reader, struct die_cursor *cursor) {
    struct die_plain *plain = &reader->plain;
    *(const char **)vector_push(&plain->directories) = plain->directory; /* number 0 is the unit's own */
    for (const char *name = die_cursor_string(cursor); *name; name = die_cursor_string(cursor)) {
        *(const char **)vector_push(&plain->directories) = name;
    }
    for (const char *name = die_cursor_string(cursor); *name; name = die_cursor_string(cursor)) {
        uint64_t directory = die_cursor_uleb(cursor);
        die_cursor_uleb(cursor);
        die_cursor_uleb(cursor);
        files_add(reader, name, directory);
    }
}

/* Since DWARF 5: a description of the entries, then so many of them. False when they are of no known form. */
static bool table_new(struct die_reader *reader, struct die_cursor *cursor, bool directories) {
    struct die_plain *plain = &reader->plain;
    struct die_form forms[OPCODES];
    unsigned form_count = (unsigned)die_cursor_fixed(cursor, 1);
    for (unsigned i = 0; i < form_count; i++) {
        forms[i] = (struct die_form){.name = (uint16_t)die_cursor_uleb(cursor), .form = (uint16_t)die_cursor_uleb(cursor)};
    }
    uint64_t count = die_cursor_uleb(cursor);
    for (uint64_t i = 0; i < count && !cursor->failed; i++) {
        const unsigned char *start = cursor->at;
        const char *name = "";
        uint64_t directory = 0;
        for (unsigned k = 0; k < form_count; k++) {
            struct die_value value = die_plain_value(plain, cursor, &forms[k]);
            name = forms[k].name == DW_LNCT_path && value.kind == VALUE_STRING ? value.string : name;
            directory = forms[k].name == DW_LNCT_directory_index && value.kind == VALUE_NUMBER ? value.number : directory;
        }
        if (cursor->at == start) {
            return false; /* entries of no bytes would never end */
        }
        if (directories) {
            *(const char **)vector_push(&plain->directories) = name;
        } else {
            files_add(reader, name, directory);
        }
    }
    return !cursor->failed;
}

/* Leaves the cursor at the first opcode, with the program's end. */
static bool lines_header(struct die_reader *reader, struct die_cursor *cursor, struct line_header *header) {
    uint64_t length = die_cursor_fixed(cursor, 4);
    bool wide = length == DWARF_LENGTH_LONG;
    length = wide ? die_cursor_fixed(cursor, 8) : length;
    if (cursor->failed || length > (uint64_t)(cursor->end - cursor->at)) {
        return false;
    }
    cursor->end = cursor->at + length;
    header->version = (uint16_t)die_cursor_fixed(cursor, 2);
    if (header->version < 2 || header->version > 5) {
        return false;
    }
    die_cursor_skip(cursor, header->version >= 5 ? 2 : 0); /* sizes of addresses and segments */
    length = die_cursor_fixed(cursor, wide ? 8 : 4);
    struct die_cursor program = *cursor;
    die_cursor_skip(&program, length);
    header->least_instruction = (uint8_t)die_cursor_fixed(cursor, 1);
    header->operations = header->version >= 4 ? (uint8_t)die_cursor_fixed(cursor, 1) : 1;
    die_cursor_skip(cursor, 1); /* whether rows are statements by default */
    header->line_base = (int8_t)die_cursor_fixed(cursor, 1);
    header->line_range = (uint8_t)die_cursor_fixed(cursor, 1);
    header->opcode_base = (uint8_t)die_cursor_fixed(cursor, 1);
    for (unsigned i = 1; i < header->opcode_base; i++) {
        header->operands[i] = (uint8_t)die_cursor_fixed(cursor, 1);
    }
    bool known = true;
    if (header->version >= 5) {
        known = table_new(reader, cursor, true) && table_new(reader, cursor, false);
    } else {
        tables_old(reader, cursor);
    }
    known = known && !cursor->failed && !program.failed && header->line_range && header->operations && header->opcode_base;
    *cursor = program;
    return known;
}

static void state_reset(struct line_state *state) {
    *state = (struct line_state){.file = 1, .line = 1, .first = true};
}

static void state_advance(struct line_state *state, const struct line_header *header, uint64_t by) {
    state->address += header->least_instruction * ((state->operation + by) / header->operations);
    state->operation = (state->operation + by) % header->operations;
}

static void state_emit(struct die_reader *reader, struct line_state *state, bool end) {
    if (state->first) {
        state->discarded = state->address == 0;
    }
    state->first = false;
    if (!state->discarded && elf_file_is_code(reader->file, end ? state->address - 1 : state->address)) {
        index_builder_line(reader->builder, state->address, die_lines_file(reader, state->file), (uint32_t)state->line, end);
    }
}

static void state_extended(struct die_reader *reader, struct die_cursor *cursor, struct line_state *state) {
    uint64_t length = die_cursor_uleb(cursor);
    struct die_cursor operands = *cursor;
    die_cursor_skip(cursor, length);
    if (!length || cursor->failed) {
        return;
    }
    operands.end = cursor->at;
    switch (die_cursor_fixed(&operands, 1)) {
    case DW_LNE_end_sequence:
        state_emit(reader, state, true);
        state_reset(state);
        break;
    case DW_LNE_set_address:
        state->address = die_cursor_fixed(&operands, length - 1 < 8 ? (size_t)length - 1 : 8);
        state->operation = 0;
        break;
    case DW_LNE_define_file: {
        const char *name = die_cursor_string(&operands);
        files_add(reader, name, die_cursor_uleb(&operands));
        break;
    }
    default:
        break;
    }
}

static void state_standard(struct die_reader *reader, struct die_cursor *cursor, const struct line_header *header, unsigned opcode,
                           struct line_state *state) {
    switch (opcode) {
    case DW_LNS_copy:
        state_emit(reader, state, false);
        break;
    case DW_LNS_advance_pc:
        state_advance(state, header, die_cursor_uleb(cursor));
        break;
    case DW_LNS_advance_line:
        state->line += (uint64_t)die_cursor_sleb(cursor);
        break;
    case DW_LNS_set_file:
        state->file = die_cursor_uleb(cursor);
        break;
    case DW_LNS_const_add_pc:
        state_advance(state, header, (255U - header->opcode_base) / header->line_range);
        break;
    case DW_LNS_fixed_advance_pc:
        state->address += die_cursor_fixed(cursor, 2);
        state->operation = 0;
        break;
    default:
        for (unsigned i = 0; i < header->operands[opcode]; i++) {
            die_cursor_uleb(cursor);
        }
        break;
    }
}

static void lines_run(struct die_reader *reader, struct die_cursor *cursor, const struct line_header *header) {
    struct line_state state;
    state_reset(&state);
    while (cursor->at < cursor->end && !cursor->failed) {
        unsigned opcode = *cursor->at++;
        if (opcode >= header->opcode_base) {
            unsigned special = opcode - header->opcode_base;
            state_advance(&state, header, special / header->line_range);
            state.line += (uint64_t)(int64_t)(header->line_base + (int)(special % header->line_range));
            state_emit(reader, &state, false);
        } else if (opcode) {
            state_standard(reader, cursor, header, opcode, &state);
        } else {
            state_extended(reader, cursor, &state);
        }
    }
}

struct error *die_plain_lines(struct die_reader *reader, uint64_t place) {
    struct line_header header = {0};
    struct die_cursor cursor = reader->plain.lines;
    die_cursor_skip(&cursor, place);
    bool known = !cursor.failed && lines_header(reader, &cursor, &header);
    if (known) {
        reader->file_base = header.version >= 5 ? 0 : 1;
        lines_run(reader, &cursor, &header);
    }
    return known && !cursor.failed ? NULL : die_reader_error(reader, NULL, "line table", reader->plain.unit);
}

/* Where a file lies: below its directory, which lies below the unit's. */
uint32_t die_plain_file(struct die_reader *reader, size_t index) {
    const struct die_plain *plain = &reader->plain;
    const struct die_plain_file *file = VECTOR_AT(&plain->files, struct die_plain_file, index);
    const char *below = file->directory < plain->directories.count ? *VECTOR_AT(&plain->directories, const char *, file->directory) : "";
    struct text path = {0};
    if (file->name[0] != '/') {
        if (below[0] != '/' && plain->directory[0] && strcmp(below, plain->directory) != 0) {
            text_append_format(&path, "%s/", plain->directory);
        }
        text_append_format(&path, "%s%s", below, below[0] ? "/" : "");
    }
    text_append(&path, file->name);
    reader->builder->strings.failed |= path.failed;
    uint32_t number = die_lines_intern(reader, text_string(&path));
    text_deinit(&path);
    return number;
}
