#include <inttypes.h>
#include <string.h>
#include "spillscope/facts.h"

/* What facts_print is at: the function in hand gives names to values. */
struct printer {
    const struct facts_unit *unit;
    const struct facts_function *function;
    FILE *stream;
};

static const char *const op_names[] = {
    [FACTS_ADDRESS] = "address", [FACTS_COPY] = "copy",   [FACTS_OFFSET] = "offset",   [FACTS_INDEX] = "index",       [FACTS_ARITH] = "arith",
    [FACTS_LOAD] = "load",       [FACTS_STORE] = "store", [FACTS_COPYMEM] = "copymem", [FACTS_FILL] = "fill",         [FACTS_CALL] = "call",
    [FACTS_RETURN] = "return",   [FACTS_ASM] = "asm",     [FACTS_UNKNOWN] = "unknown", [FACTS_FREE_END] = "free_end",
};
static const char *const object_kind_names[] = {
    [FACTS_GLOBAL] = "global", [FACTS_STATIC] = "static", [FACTS_LOCAL] = "local", [FACTS_LITERAL] = "literal", [FACTS_CODE] = "code",
};

struct flag_name {
    uint32_t flag;
    const char *name;
};
static const struct flag_name object_flag_names[] = {
    {FACTS_DEFINED, "defined"},
    {FACTS_WEAK, "weak"},
    {FACTS_CONST, "const"},
    {FACTS_THREAD_LOCAL, "thread-local"},
    {FACTS_PER_CPU, "per-cpu"},
    {FACTS_INIT_TEXT, "init-text"},
    {FACTS_NORETURN, "noreturn"},
    {FACTS_USED, "used"},
    {FACTS_INLINE_HEADER, "inline-header"},
    {FACTS_TRANSPARENT_ASM, "asm-defined"},
    {FACTS_VARIADIC, "variadic"},
    {FACTS_ENTRY_SYSCALL, "syscall"},
    {FACTS_SETJMP, "setjmp"},
    {FACTS_INTERNAL, "internal"},
    {0, NULL},
};
static const struct flag_name instruction_flag_names[] = {
    {FACTS_ASM_MEMORY, "memory"}, {FACTS_ASM_VOLATILE, "asm-volatile"},
    {FACTS_ASM_GOTO, "goto"},     {FACTS_BY_VALUE, "by-value"},
    {FACTS_CONSTANT, "constant"}, {FACTS_ATOMIC, "atomic"},
    {FACTS_VOLATILE, "volatile"}, {0, NULL},
};

static void print_flags(FILE *stream, uint32_t flags, const struct flag_name *names) {
    for (; names->name; names++) {
        if (flags & names->flag) {
            fprintf(stream, " %s", names->name);
        }
    }
}

/* Text as a C string literal. */
static void print_quoted(FILE *stream, const char *text) {
    fputc('"', stream);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            fprintf(stream, "\\%c", byte);
        } else if (byte == '\n') {
            fputs("\\n", stream);
        } else if (byte == '\t') {
            fputs("\\t", stream);
        } else if (byte < 0x20 || byte == 0x7f) {
            fprintf(stream, "\\x%02x", byte);
        } else {
            fputc(byte, stream);
        }
    }
    fputc('"', stream);
}

/* Postfix spelling: "struct task*[4]", "fn(int, ...)->void". The reader bounds the depth. */
static void print_type(struct printer *printer, uint32_t index) {
    if (index == FACTS_NONE) {
        fputs("?", printer->stream);
        return;
    }
    const struct facts_type *type = &printer->unit->types[index];
    switch (type->kind) {
    case FACTS_VOID:
        fputs("void", printer->stream);
        return;
    case FACTS_SCALAR:
    case FACTS_RECORD:
        fputs(type->name, printer->stream);
        return;
    case FACTS_POINTER:
        print_type(printer, type->target);
        fputc('*', printer->stream);
        return;
    case FACTS_ARRAY:
        print_type(printer, type->target);
        fprintf(printer->stream, "[%" PRIu64 "]", type->count);
        return;
    case FACTS_FUNCTION:
        fputs("fn(", printer->stream);
        for (size_t i = 0; i < type->member_count; i++) {
            fputs(i ? ", " : "", printer->stream);
            print_type(printer, type->members[i].type);
        }
        fputs(type->is_variadic ? (type->member_count ? ", ...)->" : "...)->") : ")->", printer->stream);
        print_type(printer, type->target);
        return;
    }
}

static void print_place(struct printer *printer, struct facts_place place) {
    if (place.line) {
        fprintf(printer->stream, " @%s:%u:%u", printer->unit->files[place.file].path, place.line, place.column);
    }
}

static void print_value(struct printer *printer, uint32_t value) {
    if (value == FACTS_NONE) {
        fputs("none", printer->stream);
        return;
    }
    const char *name = printer->function->value_names[value];
    if (name[0]) {
        fprintf(printer->stream, "%%%s#%u", name, value);
    } else {
        fprintf(printer->stream, "%%%u", value);
    }
}

static void print_object(struct printer *printer, uint32_t index) {
    const struct facts_object *object = &printer->unit->objects[index];
    if (object->kind == FACTS_LITERAL) {
        fputs("literal", printer->stream);
    } else if (object->kind == FACTS_LOCAL || (object->kind == FACTS_STATIC && object->function[0])) {
        fprintf(printer->stream, "%s:%s", object->function, object->name);
    } else {
        fputs(object->name, printer->stream);
    }
}

static void print_arguments(struct printer *printer, const struct facts_instruction *instruction) {
    fputc('(', printer->stream);
    for (size_t i = 0; i < instruction->argument_count; i++) {
        fputs(i ? ", " : "", printer->stream);
        if (instruction->constants[i] != INT64_MIN) {
            fprintf(printer->stream, "%" PRId64, instruction->constants[i]);
        } else {
            print_value(printer, instruction->arguments[i]);
        }
    }
    fputc(')', printer->stream);
}

static void print_operands(struct printer *printer, const struct facts_instruction *instruction) {
    for (size_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        fputs(operand->is_output ? " out(" : " in(", printer->stream);
        print_quoted(printer->stream, operand->constraint);
        fputs(operand->is_memory ? " memory " : " ", printer->stream);
        print_value(printer, operand->value);
        fputs(": ", printer->stream);
        print_type(printer, operand->type);
        fputc(')', printer->stream);
    }
}

static void print_extras(struct printer *printer, const struct facts_instruction *instruction) {
    FILE *stream = printer->stream;
    if (instruction->size) {
        fprintf(stream, " size %" PRIu64, instruction->size);
    }
    if (instruction->bit_size) {
        fprintf(stream, " bits %u+%u", instruction->bit_offset, instruction->bit_size);
    }
    if (instruction->type != FACTS_NONE) {
        fputs(" type ", stream);
        print_type(printer, instruction->type);
    }
    if (instruction->record != FACTS_NONE) {
        const struct facts_type *record = &printer->unit->types[instruction->record];
        fprintf(stream, " member %s", record->name);
        if (instruction->member != FACTS_NONE) {
            const char *name = record->members[instruction->member].name;
            fprintf(stream, ".%s", name[0] ? name : "(anonymous)");
        }
    }
    if (instruction->hint != FACTS_NONE) {
        fputs(" hint ", stream);
        print_type(printer, instruction->hint);
    }
    print_flags(stream, instruction->flags, instruction_flag_names);
}

static void print_instruction(struct printer *printer, const struct facts_instruction *instruction) {
    FILE *stream = printer->stream;
    fputs("  ", stream);
    if (instruction->result != FACTS_NONE) {
        print_value(printer, instruction->result);
        fputs(" = ", stream);
    }
    fputs(op_names[instruction->op], stream);
    if (instruction->object != FACTS_NONE) {
        fputc(' ', stream);
        print_object(printer, instruction->object);
    }
    if (instruction->a != FACTS_NONE) {
        fputc(' ', stream);
        print_value(printer, instruction->a);
    }
    if (instruction->op == FACTS_STORE || instruction->op == FACTS_COPYMEM || instruction->b != FACTS_NONE) {
        fputs(instruction->op == FACTS_ARITH ? " " : " <- ", stream);
        print_value(printer, instruction->b);
    }
    if (instruction->text[0]) {
        fputc(' ', stream);
        print_quoted(stream, instruction->text);
    }
    if (instruction->offset || (instruction->flags & FACTS_CONSTANT)) {
        fprintf(stream, " %+" PRId64, instruction->offset);
    }
    if (instruction->op == FACTS_CALL) {
        print_arguments(printer, instruction);
    }
    print_operands(printer, instruction);
    print_extras(printer, instruction);
    if (instruction->place.line) {
        if (instruction->place.file != printer->function->place.file) {
            print_place(printer, instruction->place);
        } else {
            fprintf(stream, " @%u:%u", instruction->place.line, instruction->place.column);
        }
    }
    fputc('\n', stream);
}

static void print_function(struct printer *printer, const struct facts_function *function) {
    FILE *stream = printer->stream;
    printer->function = function;
    fprintf(stream, "function %s(", printer->unit->objects[function->object].name);
    for (size_t i = 0; i < function->parameter_count; i++) {
        fputs(i ? ", " : "", stream);
        print_value(printer, function->parameters[i]);
        fputs(": ", stream);
        print_type(printer, function->value_types[function->parameters[i]]);
    }
    if (function->varargs != FACTS_NONE) {
        fputs(function->parameter_count ? ", ... = " : "... = ", stream);
        print_value(printer, function->varargs);
    }
    fputc(')', stream);
    print_place(printer, function->place);
    fprintf(stream, " to %u\n", function->end_line);
    for (size_t i = 0; i < function->instruction_count; i++) {
        print_instruction(printer, &function->instructions[i]);
    }
}

static void print_record(struct printer *printer, const struct facts_type *type) {
    FILE *stream = printer->stream;
    fprintf(stream, "record %s size %" PRIu64 "%s%s", type->name, type->size, type->is_union ? " union" : "",
            type->is_incomplete ? " incomplete" : "");
    print_place(printer, type->place);
    fputc('\n', stream);
    for (size_t i = 0; i < type->member_count; i++) {
        const struct facts_member *member = &type->members[i];
        fprintf(stream, "  +%" PRIu64, member->bit_offset / 8);
        if (member->bit_field) {
            fprintf(stream, ".%" PRIu64 " bits %" PRIu64, member->bit_offset % 8, member->bit_size);
        }
        fprintf(stream, " %s: ", member->name[0] ? member->name : "(anonymous)");
        print_type(printer, member->type);
        fputc('\n', stream);
    }
}

static void print_declaration(struct printer *printer, const struct facts_object *object) {
    FILE *stream = printer->stream;
    fprintf(stream, "%s ", object_kind_names[object->kind]);
    print_object(printer, (uint32_t)(object - printer->unit->objects));
    fputs(": ", stream);
    print_type(printer, object->type);
    print_flags(stream, object->flags, object_flag_names);
    if (object->alias_of != FACTS_NONE) {
        fprintf(stream, " %s %s", object->flags & FACTS_ENTRY_SYSCALL ? "entry of" : "alias of", printer->unit->objects[object->alias_of].name);
        if (object->alias_offset == FACTS_OFFSET_UNKNOWN) {
            fputs(" + unknown", stream);
        } else if (object->alias_offset) {
            fprintf(stream, " %+" PRId64, object->alias_offset);
        }
    }
    if (object->section[0]) {
        fputs(" section ", stream);
        print_quoted(stream, object->section);
    }
    if (object->annotations[0]) {
        fputs(" annotations ", stream);
        print_quoted(stream, object->annotations);
    }
    print_place(printer, object->place);
    fputc('\n', stream);
}

void facts_print(const struct facts_unit *unit, FILE *stream) {
    struct printer printer = {.unit = unit, .stream = stream};
    fprintf(stream, "unit %s target %s pointer %u\n", unit->main_file, unit->target, unit->pointer_size);
    for (size_t i = 0; i < unit->file_count; i++) {
        fprintf(stream, "file %s\n", unit->files[i].path);
    }
    for (size_t i = 0; i < unit->type_count; i++) {
        if (unit->types[i].kind == FACTS_RECORD) {
            print_record(&printer, &unit->types[i]);
        }
    }
    for (size_t i = 0; i < unit->object_count; i++) {
        print_declaration(&printer, &unit->objects[i]);
    }
    for (size_t i = 0; i < unit->initialiser_count; i++) {
        const struct facts_initialiser *initialiser = &unit->initialisers[i];
        fputs("init ", stream);
        print_object(&printer, initialiser->object);
        fprintf(stream, "+%" PRIu64 " = &", initialiser->offset);
        print_object(&printer, initialiser->target);
        fprintf(stream, "%+" PRId64 "\n", initialiser->target_offset);
    }
    for (size_t i = 0; i < unit->function_count; i++) {
        print_function(&printer, &unit->functions[i]);
    }
    for (size_t i = 0; i < unit->assembly_count; i++) {
        fputs("assembly ", stream);
        print_quoted(stream, unit->assembly[i]);
        fputc('\n', stream);
    }
    for (size_t i = 0; i < unit->finding_count; i++) {
        const struct facts_finding *finding = &unit->findings[i];
        fprintf(stream, "finding [%s] %s: %s", finding->rule, finding->function, finding->message);
        print_place(&printer, finding->place);
        fputc('\n', stream);
        for (size_t k = 0; k < finding->note_count; k++) {
            fprintf(stream, "  note %s", finding->notes[k].message);
            print_place(&printer, finding->notes[k].place);
            fputc('\n', stream);
        }
    }
}
