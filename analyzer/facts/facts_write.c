#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "facts_format.h"
#include "spillscope/facts.h"
#include "spillscope/scope.h"
#include "spillscope/text.h"

/* A string of the table. */
struct string_slot {
    const char *string; /* borrowed from the unit; NULL = empty slot */
    uint32_t index;
};

/* One unit being written: the string table comes before its uses in the file, so the body is kept apart until the end. */
struct writer {
    struct text body;
    struct text strings;
    struct string_slot *slots; /* open addressing, at most half full */
    size_t slot_count;         /* a power of two, or 0 */
    uint32_t string_count;
    bool failed; /* out of memory */
};

static void put_number(struct text *out, uint64_t number) {
    char bytes[10];
    size_t count = 0;
    do {
        unsigned char byte = (unsigned char)(number & 0x7f);
        number >>= 7;
        bytes[count++] = (char)(number ? byte | 0x80U : byte);
    } while (number);
    text_append_bytes(out, bytes, count);
}

static void put_signed(struct text *out, int64_t number) {
    put_number(out, ((uint64_t)number << 1) ^ (uint64_t)(number >> 63));
}

static void put_index(struct text *out, uint32_t index) {
    put_number(out, index == FACTS_NONE ? 0 : (uint64_t)index + 1);
}

static void put_byte(struct text *out, unsigned byte) {
    text_append_char(out, (char)(unsigned char)byte);
}

static void put_word(struct text *out, uint64_t word) {
    for (unsigned i = 0; i < 8; i++) {
        put_byte(out, (unsigned)(word >> (8 * i)) & 0xffU);
    }
}

static void put_text(struct text *out, const char *string) {
    size_t length = strlen(string);
    put_number(out, length);
    text_append_bytes(out, string, length);
}

/* The slot that holds the string, or the empty one where it belongs. */
static struct string_slot *string_slot_find(struct string_slot *slots, size_t slot_count, const char *string) {
    size_t at = (size_t)facts_digest_bytes(string, strlen(string), 0) & (slot_count - 1);
    while (slots[at].string && strcmp(slots[at].string, string) != 0) {
        at = (at + 1) & (slot_count - 1);
    }
    return &slots[at];
}

static bool string_slots_grow(struct writer *writer) {
    size_t count = writer->slot_count ? writer->slot_count * 2 : 1024;
    struct string_slot *slots = calloc(count, sizeof(*slots));
    if (!slots) {
        return false;
    }
    for (size_t i = 0; i < writer->slot_count; i++) {
        if (writer->slots[i].string) {
            *string_slot_find(slots, count, writer->slots[i].string) = writer->slots[i];
        }
    }
    free(writer->slots);
    writer->slots = slots;
    writer->slot_count = count;
    return true;
}

static void put_string(struct writer *writer, const char *string) {
    if ((size_t)writer->string_count * 2 >= writer->slot_count && !string_slots_grow(writer)) {
        writer->failed = true;
        return;
    }
    struct string_slot *slot = string_slot_find(writer->slots, writer->slot_count, string);
    if (!slot->string) {
        *slot = (struct string_slot){.string = string, .index = writer->string_count++};
        put_text(&writer->strings, string);
    }
    put_number(&writer->body, slot->index);
}

static void put_place(struct writer *writer, struct facts_place place) {
    put_number(&writer->body, place.line);
    if (place.line) {
        put_number(&writer->body, place.column);
        put_number(&writer->body, place.file);
    }
}

static void put_types(struct writer *writer, const struct facts_unit *unit) {
    struct text *body = &writer->body;
    put_number(body, unit->type_count);
    for (size_t i = 0; i < unit->type_count; i++) {
        const struct facts_type *type = &unit->types[i];
        put_byte(body, (unsigned)type->kind);
        put_byte(body, (type->is_union ? FACTS_TYPE_UNION : 0U) | (type->is_variadic ? FACTS_TYPE_VARIADIC : 0U) |
                           (type->is_incomplete ? FACTS_TYPE_INCOMPLETE : 0U));
        put_string(writer, type->name);
        put_index(body, type->target);
        put_number(body, type->size);
        put_number(body, type->count);
        put_place(writer, type->place);
        put_number(body, type->member_count);
        for (size_t j = 0; j < type->member_count; j++) {
            const struct facts_member *member = &type->members[j];
            put_string(writer, member->name);
            put_number(body, member->type);
            put_number(body, member->bit_offset);
            put_number(body, member->bit_size);
            put_byte(body, member->bit_field);
        }
    }
}

static void put_objects(struct writer *writer, const struct facts_unit *unit) {
    struct text *body = &writer->body;
    put_number(body, unit->object_count);
    for (size_t i = 0; i < unit->object_count; i++) {
        const struct facts_object *object = &unit->objects[i];
        put_byte(body, (unsigned)object->kind);
        put_string(writer, object->name);
        put_string(writer, object->function);
        put_number(body, object->type);
        put_number(body, object->flags);
        put_index(body, object->alias_of);
        if (object->alias_of != FACTS_NONE) {
            put_signed(body, object->alias_offset);
        }
        put_string(writer, object->section);
        put_string(writer, object->annotations);
        put_place(writer, object->place);
    }
    put_number(body, unit->initialiser_count);
    for (size_t i = 0; i < unit->initialiser_count; i++) {
        const struct facts_initialiser *initialiser = &unit->initialisers[i];
        put_number(body, initialiser->object);
        put_number(body, initialiser->offset);
        put_number(body, initialiser->target);
        put_signed(body, initialiser->target_offset);
    }
}

static unsigned instruction_fields(const struct facts_instruction *instruction, bool new_file) {
    unsigned fields = 0;
    fields |= instruction->result != FACTS_NONE ? FACTS_FIELD_RESULT : 0U;
    fields |= instruction->a != FACTS_NONE ? FACTS_FIELD_A : 0U;
    fields |= instruction->b != FACTS_NONE ? FACTS_FIELD_B : 0U;
    fields |= instruction->object != FACTS_NONE ? FACTS_FIELD_OBJECT : 0U;
    fields |= instruction->offset != 0 ? FACTS_FIELD_OFFSET : 0U;
    fields |= instruction->size != 0 ? FACTS_FIELD_SIZE : 0U;
    fields |= instruction->bit_offset != 0 || instruction->bit_size != 0 ? FACTS_FIELD_BITS : 0U;
    fields |= instruction->type != FACTS_NONE ? FACTS_FIELD_TYPE : 0U;
    fields |= instruction->record != FACTS_NONE ? FACTS_FIELD_MEMBER : 0U;
    fields |= instruction->hint != FACTS_NONE ? FACTS_FIELD_HINT : 0U;
    fields |= instruction->flags != 0 ? FACTS_FIELD_FLAGS : 0U;
    fields |= instruction->text[0] != '\0' ? FACTS_FIELD_TEXT : 0U;
    fields |= instruction->argument_count != 0 ? FACTS_FIELD_ARGUMENTS : 0U;
    fields |= instruction->operand_count != 0 ? FACTS_FIELD_OPERANDS : 0U;
    fields |= new_file ? FACTS_FIELD_FILE : 0U;
    return fields;
}

static void put_operands(struct writer *writer, const struct facts_instruction *instruction) {
    struct text *body = &writer->body;
    put_number(body, instruction->operand_count);
    for (size_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        put_string(writer, operand->constraint);
        put_index(body, operand->value);
        put_index(body, operand->type);
        put_byte(body, (operand->is_output ? 1U : 0U) | (operand->is_memory ? 2U : 0U));
    }
}

static void put_instruction(struct writer *writer, const struct facts_instruction *instruction, struct facts_place *place) {
    struct text *body = &writer->body;
    unsigned fields = instruction_fields(instruction, instruction->place.file != place->file);
    put_byte(body, (unsigned)instruction->op);
    put_number(body, fields);
    if (fields & FACTS_FIELD_RESULT) {
        put_number(body, instruction->result);
    }
    if (fields & FACTS_FIELD_A) {
        put_number(body, instruction->a);
    }
    if (fields & FACTS_FIELD_B) {
        put_number(body, instruction->b);
    }
    if (fields & FACTS_FIELD_OBJECT) {
        put_number(body, instruction->object);
    }
    if (fields & FACTS_FIELD_OFFSET) {
        put_signed(body, instruction->offset);
    }
    if (fields & FACTS_FIELD_SIZE) {
        put_number(body, instruction->size);
    }
    if (fields & FACTS_FIELD_BITS) {
        put_number(body, instruction->bit_offset);
        put_number(body, instruction->bit_size);
    }
    if (fields & FACTS_FIELD_TYPE) {
        put_number(body, instruction->type);
    }
    if (fields & FACTS_FIELD_MEMBER) {
        put_number(body, instruction->record);
        put_index(body, instruction->member);
    }
    if (fields & FACTS_FIELD_HINT) {
        put_number(body, instruction->hint);
    }
    if (fields & FACTS_FIELD_FLAGS) {
        put_number(body, instruction->flags);
    }
    if (fields & FACTS_FIELD_TEXT) {
        put_string(writer, instruction->text);
    }
    if (fields & FACTS_FIELD_ARGUMENTS) {
        put_number(body, instruction->argument_count);
        for (size_t i = 0; i < instruction->argument_count; i++) {
            put_index(body, instruction->arguments[i]);
            put_signed(body, instruction->constants[i]);
        }
    }
    if (fields & FACTS_FIELD_OPERANDS) {
        put_operands(writer, instruction);
    }
    put_signed(body, (int64_t)instruction->place.line - (int64_t)place->line);
    put_number(body, instruction->place.column);
    if (fields & FACTS_FIELD_FILE) {
        put_number(body, instruction->place.file);
    }
    *place = instruction->place;
}

static void put_functions(struct writer *writer, const struct facts_unit *unit) {
    struct text *body = &writer->body;
    put_number(body, unit->function_count);
    for (size_t i = 0; i < unit->function_count; i++) {
        const struct facts_function *function = &unit->functions[i];
        put_number(body, function->object);
        put_word(body, function->digest);
        put_number(body, function->end_line);
        put_index(body, function->varargs);
        put_place(writer, function->place);
        put_number(body, function->value_count);
        for (size_t j = 0; j < function->value_count; j++) {
            put_string(writer, function->value_names[j]);
            put_index(body, function->value_types[j]);
        }
        put_number(body, function->parameter_count);
        for (size_t j = 0; j < function->parameter_count; j++) {
            put_number(body, function->parameters[j]);
        }
        put_number(body, function->instruction_count);
        struct facts_place place = function->place;
        for (size_t j = 0; j < function->instruction_count; j++) {
            put_instruction(writer, &function->instructions[j], &place);
        }
    }
    put_number(body, unit->assembly_count);
    for (size_t i = 0; i < unit->assembly_count; i++) {
        put_string(writer, unit->assembly[i]);
    }
    put_number(body, unit->finding_count);
    for (size_t i = 0; i < unit->finding_count; i++) {
        const struct facts_finding *finding = &unit->findings[i];
        put_string(writer, finding->rule);
        put_string(writer, finding->function);
        put_string(writer, finding->message);
        put_place(writer, finding->place);
        put_number(body, finding->note_count);
        for (size_t k = 0; k < finding->note_count; k++) {
            put_string(writer, finding->notes[k].message);
            put_place(writer, finding->notes[k].place);
        }
    }
}

static void put_sources(struct text *out, const struct facts_unit *unit) {
    put_text(out, unit->main_file);
    put_text(out, unit->target);
    put_number(out, unit->pointer_size);
    put_number(out, unit->file_count);
    for (size_t i = 0; i < unit->file_count; i++) {
        put_text(out, unit->files[i].path);
        put_word(out, unit->files[i].digest);
    }
}

static void writer_deinit(struct writer *writer) {
    free(writer->slots);
    text_deinit(&writer->body);
    text_deinit(&writer->strings);
}

static struct error *write_whole(const char *path, const char *header, const struct text *payload) {
    struct text temporary = {0};
    text_append_format(&temporary, "%s.%ld.tmp", path, (long)getpid());
    char *name SCOPE_FREE = NULL;
    struct error *error = text_take(&temporary, &name);
    if (error) {
        return error;
    }
    FILE *stream = fopen(name, "wbe");
    if (!stream) {
        return error_create_errno("%s", name);
    }
    bool written = fwrite(header, 1, FACTS_HEADER_SIZE, stream) == FACTS_HEADER_SIZE &&
                   fwrite(text_string(payload), 1, payload->length, stream) == payload->length && fflush(stream) == 0;
    int reason = errno;
    if (fclose(stream) != 0 && written) {
        written = false;
        reason = errno;
    }
    if (written && rename(name, path) != 0) {
        written = false;
        reason = errno;
    }
    if (!written) {
        unlink(name);
        errno = reason;
        return error_create_errno("%s", path);
    }
    return NULL;
}

struct error *facts_write(const struct facts_unit *unit, const char *path) {
    struct writer writer = {0};
    put_types(&writer, unit);
    put_objects(&writer, unit);
    put_functions(&writer, unit);

    struct text payload = {0};
    put_sources(&payload, unit);
    put_number(&payload, writer.string_count);
    text_append_bytes(&payload, text_string(&writer.strings), writer.strings.length);
    text_append_bytes(&payload, text_string(&writer.body), writer.body.length);

    struct error *error = NULL;
    if (writer.failed || writer.body.failed || writer.strings.failed || payload.failed) {
        error = error_out_of_memory();
    } else {
        struct text header = {0};
        text_append(&header, FACTS_MAGIC);
        put_byte(&header, FACTS_FORMAT_VERSION);
        put_word(&header, facts_digest_bytes(text_string(&payload), payload.length, 0));
        error = header.failed ? error_out_of_memory() : write_whole(path, text_string(&header), &payload);
        text_deinit(&header);
    }
    text_deinit(&payload);
    writer_deinit(&writer);
    return error;
}
