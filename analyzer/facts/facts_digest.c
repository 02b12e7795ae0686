#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "spillscope/facts.h"
#include "spillscope/scope.h"

#define PRIME_ONE 0x9e3779b97f4a7c15U
#define PRIME_TWO 0xd6e8feb86659fd93U

__extension__ typedef unsigned __int128 wide;

/* A multiplication of 64 by 64 bits, folded: every input bit reaches about half of the output bits. */
static uint64_t mix(uint64_t one, uint64_t other) {
    wide product = (wide)(one ^ PRIME_ONE) * (other ^ PRIME_TWO);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_at(const unsigned char *bytes) {
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) {
        word |= (uint64_t)bytes[i] << (8 * i);
    }
    return word;
}

uint64_t facts_digest_bytes(const void *bytes, size_t count, uint64_t seed) {
    const unsigned char *at = bytes;
    uint64_t state = mix(seed, count);
    size_t left = count;
    for (; left >= 16; left -= 16, at += 16) {
        state = mix(state ^ word_at(at), word_at(at + 8) + state);
    }
    unsigned char tail[16] = {0};
    if (left > 0) {
        memcpy(tail, at, left);
        state = mix(state ^ word_at(tail), word_at(tail + 8) + state);
    }
    return mix(state, PRIME_ONE);
}

struct error *facts_digest_file(const char *path, uint64_t *out_digest) {
    int descriptor SCOPE_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return error_create_errno("%s", path);
    }
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        return error_create_errno("%s", path);
    }
    if (!S_ISREG(status.st_mode)) {
        return error_create(ERROR_IO, "%s: not a regular file", path);
    }
    size_t size = (size_t)status.st_size;
    if (size == 0) {
        *out_digest = facts_digest_bytes("", 0, 0);
        return NULL;
    }
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED) {
        return error_create_errno("%s", path);
    }
    *out_digest = facts_digest_bytes(bytes, size, 0);
    munmap(bytes, size);
    return NULL;
}

/* State of one function's digest. */
struct digest {
    const struct facts_unit *unit;
    uint64_t state;
};

static void add_number(struct digest *digest, uint64_t number) {
    digest->state = mix(digest->state, number);
}

static void add_string(struct digest *digest, const char *string) {
    digest->state = facts_digest_bytes(string, strlen(string), digest->state);
}

static void add_place(struct digest *digest, struct facts_place place) {
    if (place.line == 0) {
        add_number(digest, 0);
        return;
    }
    add_string(digest, digest->unit->files[place.file].path);
    add_number(digest, ((uint64_t)place.line << 32) | place.column);
}

/* A type by what an access through it depends on: a record's layout, but only the name of what a pointer points to. */
static void add_type(struct digest *digest, uint32_t index) {
    for (unsigned depth = 0; index != FACTS_NONE; depth++) {
        const struct facts_type *type = &digest->unit->types[index];
        add_number(digest, (uint64_t)type->kind);
        add_string(digest, type->name);
        add_number(digest, type->count);
        bool behind_pointer = depth > 0;
        if (type->kind == FACTS_RECORD && behind_pointer) {
            return;
        }
        add_number(digest, type->size);
        if (type->kind == FACTS_RECORD) {
            for (size_t i = 0; i < type->member_count; i++) {
                add_string(digest, type->members[i].name);
                add_number(digest, type->members[i].bit_offset);
                add_number(digest, type->members[i].bit_size);
            }
        } else if (type->kind == FACTS_FUNCTION) {
            add_number(digest, type->member_count);
            add_number(digest, type->is_variadic);
        }
        index = type->target;
    }
}

static void add_object(struct digest *digest, uint32_t index) {
    if (index == FACTS_NONE) {
        add_number(digest, 0);
        return;
    }
    const struct facts_object *object = &digest->unit->objects[index];
    add_number(digest, (uint64_t)object->kind + 1);
    add_string(digest, object->name);
    add_string(digest, object->function);
    bool internal = object->kind == FACTS_STATIC || object->kind == FACTS_LOCAL || (object->flags & FACTS_INLINE_HEADER);
    if (internal) {
        add_place(digest, object->place);
        add_type(digest, object->type);
    }
}

static void add_instruction(struct digest *digest, const struct facts_instruction *instruction) {
    add_number(digest, ((uint64_t)instruction->op << 32) | instruction->flags);
    add_number(digest, ((uint64_t)instruction->result << 32) | instruction->a);
    add_number(digest, ((uint64_t)instruction->b << 32) | instruction->member);
    add_object(digest, instruction->object);
    add_number(digest, (uint64_t)instruction->offset);
    add_number(digest, instruction->size);
    add_number(digest, ((uint64_t)instruction->bit_offset << 32) | instruction->bit_size);
    add_type(digest, instruction->type);
    add_type(digest, instruction->record);
    add_type(digest, instruction->hint);
    add_string(digest, instruction->text);
    for (size_t i = 0; i < instruction->argument_count; i++) {
        add_number(digest, instruction->arguments[i]);
        add_number(digest, (uint64_t)instruction->constants[i]);
    }
    for (size_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        add_string(digest, operand->constraint);
        add_number(digest, ((uint64_t)operand->value << 2) | (operand->is_output ? 2U : 0U) | (operand->is_memory ? 1U : 0U));
        add_type(digest, operand->type);
    }
    add_place(digest, instruction->place);
}

uint64_t facts_function_digest(const struct facts_unit *unit, const struct facts_function *function) {
    struct digest digest = {.unit = unit, .state = 0};
    add_object(&digest, function->object);
    add_type(&digest, unit->objects[function->object].type);
    add_number(&digest, function->varargs);
    add_number(&digest, function->end_line);
    add_place(&digest, function->place);
    for (size_t i = 0; i < function->value_count; i++) {
        add_string(&digest, function->value_names[i]);
        add_type(&digest, function->value_types[i]);
    }
    for (size_t i = 0; i < function->parameter_count; i++) {
        add_number(&digest, function->parameters[i]);
    }
    for (size_t i = 0; i < function->instruction_count; i++) {
        add_instruction(&digest, &function->instructions[i]);
    }
    return digest.state;
}
