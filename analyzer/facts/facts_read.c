#include "facts_read.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "facts_format.h"
#include "spillscope/scope.h"

struct facts_place facts_place_read(struct facts_cursor *cursor, const struct facts_unit *unit) {
    struct facts_place place = {0};
    place.line = facts_cursor_number32(cursor);
    if (place.line) {
        place.column = facts_cursor_number32(cursor);
        place.file = facts_cursor_index(cursor, unit->file_count);
    }
    return place;
}

static void read_sources(struct facts_cursor *cursor, struct facts_unit *unit) {
    unit->main_file = facts_cursor_text(cursor);
    unit->target = facts_cursor_text(cursor);
    unit->pointer_size = facts_cursor_number32(cursor);
    if (unit->pointer_size == 0 || unit->pointer_size > 16) {
        facts_cursor_fail(cursor, "impossible pointer size");
    }
    size_t count = facts_cursor_count(cursor);
    struct facts_file *files = facts_cursor_take(cursor, count, sizeof(*files));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        files[i].path = facts_cursor_text(cursor);
        files[i].digest = facts_cursor_word(cursor);
    }
    unit->files = files;
    unit->file_count = count;
}

static void read_strings(struct facts_cursor *cursor) {
    size_t count = facts_cursor_count(cursor);
    const char **strings = facts_cursor_take(cursor, count, sizeof(*strings));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        strings[i] = facts_cursor_text(cursor);
    }
    cursor->strings = strings;
    cursor->string_count = count;
}

static void read_members(struct facts_cursor *cursor, struct facts_type *type, size_t type_count) {
    size_t count = facts_cursor_count(cursor);
    struct facts_member *members = facts_cursor_take(cursor, count, sizeof(*members));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        members[i].name = facts_cursor_string(cursor);
        members[i].type = facts_cursor_index(cursor, type_count);
        members[i].bit_offset = facts_cursor_number(cursor);
        members[i].bit_size = facts_cursor_number(cursor);
        members[i].bit_field = facts_cursor_byte(cursor) != 0;
    }
    type->members = members;
    type->member_count = count;
    if (count && type->kind != FACTS_RECORD && type->kind != FACTS_FUNCTION) {
        facts_cursor_fail(cursor, "members of a type that can have none");
    }
}

static void read_types(struct facts_cursor *cursor, struct facts_unit *unit) {
    size_t count = facts_cursor_count(cursor);
    struct facts_type *types = facts_cursor_take(cursor, count, sizeof(*types));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        struct facts_type *type = &types[i];
        unsigned kind = facts_cursor_byte(cursor);
        unsigned flags = facts_cursor_byte(cursor);
        if (kind > FACTS_FUNCTION) {
            facts_cursor_fail(cursor, "unknown kind of type");
            return;
        }
        type->kind = (enum facts_type_kind)kind;
        type->is_union = flags & FACTS_TYPE_UNION;
        type->is_variadic = flags & FACTS_TYPE_VARIADIC;
        type->is_incomplete = flags & FACTS_TYPE_INCOMPLETE;
        type->name = facts_cursor_string(cursor);
        type->target = facts_cursor_optional(cursor, count);
        type->size = facts_cursor_number(cursor);
        type->count = facts_cursor_number(cursor);
        type->place = facts_place_read(cursor, unit);
        bool wants_target = kind == FACTS_POINTER || kind == FACTS_ARRAY || kind == FACTS_FUNCTION;
        if (wants_target != (type->target != FACTS_NONE)) {
            facts_cursor_fail(cursor, "target of a type missing or out of place");
        }
        read_members(cursor, type, count);
    }
    unit->types = types;
    unit->type_count = count;
    const char *wrong = cursor->failure ? NULL : facts_check_types(unit);
    if (wrong) {
        facts_cursor_fail(cursor, wrong);
    }
}

static void read_objects(struct facts_cursor *cursor, struct facts_unit *unit) {
    size_t count = facts_cursor_count(cursor);
    struct facts_object *objects = facts_cursor_take(cursor, count, sizeof(*objects));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        struct facts_object *object = &objects[i];
        unsigned kind = facts_cursor_byte(cursor);
        if (kind > FACTS_CODE) {
            facts_cursor_fail(cursor, "unknown kind of object");
            return;
        }
        object->kind = (enum facts_object_kind)kind;
        object->name = facts_cursor_string(cursor);
        object->function = facts_cursor_string(cursor);
        object->type = facts_cursor_index(cursor, unit->type_count);
        object->flags = facts_cursor_number32(cursor);
        object->alias_of = facts_cursor_optional(cursor, count);
        object->alias_offset = object->alias_of == FACTS_NONE ? 0 : facts_cursor_signed(cursor);
        object->section = facts_cursor_string(cursor);
        object->annotations = facts_cursor_string(cursor);
        object->place = facts_place_read(cursor, unit);
    }
    unit->objects = objects;
    unit->object_count = count;
    const char *wrong = cursor->failure ? NULL : facts_check_objects(unit);
    if (wrong) {
        facts_cursor_fail(cursor, wrong);
    }
}

static void read_initialisers(struct facts_cursor *cursor, struct facts_unit *unit) {
    size_t count = facts_cursor_count(cursor);
    struct facts_initialiser *initialisers = facts_cursor_take(cursor, count, sizeof(*initialisers));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        initialisers[i].object = facts_cursor_index(cursor, unit->object_count);
        initialisers[i].offset = facts_cursor_number(cursor);
        initialisers[i].target = facts_cursor_index(cursor, unit->object_count);
        initialisers[i].target_offset = facts_cursor_signed(cursor);
    }
    unit->initialisers = initialisers;
    unit->initialiser_count = count;
}

static void read_assembly(struct facts_cursor *cursor, struct facts_unit *unit) {
    size_t count = facts_cursor_count(cursor);
    const char **assembly = facts_cursor_take(cursor, count, sizeof(*assembly));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        assembly[i] = facts_cursor_string(cursor);
    }
    unit->assembly = assembly;
    unit->assembly_count = count;
}

static void read_findings(struct facts_cursor *cursor, struct facts_unit *unit) {
    size_t count = facts_cursor_count(cursor);
    struct facts_finding *findings = facts_cursor_take(cursor, count, sizeof(*findings));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        findings[i].rule = facts_cursor_string(cursor);
        findings[i].function = facts_cursor_string(cursor);
        findings[i].message = facts_cursor_string(cursor);
        findings[i].place = facts_place_read(cursor, unit);
        findings[i].note_count = facts_cursor_count(cursor);
        struct facts_note *notes = facts_cursor_take(cursor, findings[i].note_count, sizeof(*notes));
        for (size_t k = 0; k < findings[i].note_count && !cursor->failure; k++) {
            notes[k].message = facts_cursor_string(cursor);
            notes[k].place = facts_place_read(cursor, unit);
        }
        findings[i].notes = notes;
    }
    unit->findings = findings;
    unit->finding_count = count;
}

struct error *facts_read_payload(const unsigned char *bytes, size_t count, bool sources_only, struct facts_unit **out_unit) {
    struct facts_memory memory = {0};
    struct facts_owned_unit *owned = facts_memory_take(&memory, 1, sizeof(*owned));
    if (!owned) {
        return error_out_of_memory();
    }
    struct facts_cursor cursor = {.bytes = bytes, .count = count, .memory = &memory};
    struct facts_unit *unit = &owned->unit;
    read_sources(&cursor, unit);
    if (!sources_only) {
        read_strings(&cursor);
        read_types(&cursor, unit);
        read_objects(&cursor, unit);
        read_initialisers(&cursor, unit);
        facts_body_read(&cursor, unit);
        read_assembly(&cursor, unit);
        read_findings(&cursor, unit);
        if (!cursor.failure && cursor.at != cursor.count) {
            facts_cursor_fail(&cursor, "bytes after the end");
        }
    }
    if (cursor.failure) {
        struct error *error = cursor.failure[0] == '\0' ? error_out_of_memory()
                                                        : error_create(ERROR_FORMAT, "malformed facts: %s at byte %zu", cursor.failure,
                                                                       cursor.failure_at + FACTS_HEADER_SIZE);
        facts_memory_deinit(&memory);
        return error;
    }
    owned->memory = memory;
    *out_unit = unit;
    return NULL;
}

static struct error *check_header(const unsigned char *bytes, size_t count) {
    if (count < FACTS_HEADER_SIZE || memcmp(bytes, FACTS_MAGIC, FACTS_MAGIC_SIZE) != 0) {
        return error_create(ERROR_FORMAT, "malformed facts: not a facts file (byte 0)");
    }
    if (bytes[FACTS_MAGIC_SIZE] != FACTS_FORMAT_VERSION) {
        return error_create(ERROR_FORMAT, "malformed facts: format version %u instead of %u (byte %d)", bytes[FACTS_MAGIC_SIZE], FACTS_FORMAT_VERSION,
                            FACTS_MAGIC_SIZE);
    }
    uint64_t digest = 0;
    for (unsigned i = 0; i < 8; i++) {
        digest |= (uint64_t)bytes[FACTS_MAGIC_SIZE + 1 + i] << (8 * i);
    }
    if (digest != facts_digest_bytes(bytes + FACTS_HEADER_SIZE, count - FACTS_HEADER_SIZE, 0)) {
        return error_create(ERROR_FORMAT, "malformed facts: content does not match its digest (byte %d)", FACTS_MAGIC_SIZE + 1);
    }
    return NULL;
}

struct error *facts_read(const unsigned char *bytes, size_t count, struct facts_unit **out_unit) {
    struct error *error = check_header(bytes, count);
    return error ? error : facts_read_payload(bytes + FACTS_HEADER_SIZE, count - FACTS_HEADER_SIZE, false, out_unit);
}

struct error *facts_read_sources(const unsigned char *bytes, size_t count, struct facts_unit **out_unit) {
    struct error *error = check_header(bytes, count);
    return error ? error : facts_read_payload(bytes + FACTS_HEADER_SIZE, count - FACTS_HEADER_SIZE, true, out_unit);
}

struct error *facts_read_file(const char *path, struct facts_unit **out_unit) {
    FILE *stream SCOPE_FCLOSE = fopen(path, "rbe");
    if (!stream) {
        return error_create_errno("%s", path);
    }
    if (fseek(stream, 0, SEEK_END) != 0) {
        return error_create_errno("%s", path);
    }
    long size = ftell(stream);
    if (size < 0 || fseek(stream, 0, SEEK_SET) != 0) {
        return error_create_errno("%s", path);
    }
    unsigned char *bytes SCOPE_FREE = malloc(size > 0 ? (size_t)size : 1);
    if (!bytes) {
        return error_out_of_memory();
    }
    if (fread(bytes, 1, (size_t)size, stream) != (size_t)size) {
        return ferror(stream) ? error_create_errno("%s", path) : error_create(ERROR_IO, "%s: shrank while it was read", path);
    }
    return error_wrap(facts_read(bytes, (size_t)size, out_unit), "%s", path);
}
