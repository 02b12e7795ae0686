#ifndef SPILLSCOPE_FACTS_H
#define SPILLSCOPE_FACTS_H
/*
 * Facts: all that the solver knows of one translation unit. The frontend (C++) makes them from a Clang AST, the solver (C) links
 * them. A facts file is a pure function of the unit's compile command and its sources, so it is cached by content.
 *
 * A function body is a list of instructions over values (registers). Facts are flow-insensitive: the order of instructions only
 * gives places. Scalars whose address is never taken are values; everything else that a body names is an object in memory. Any
 * value may hold a pointer, integers of pointer size included. Offsets and sizes are in bytes unless a name says bits.
 *
 * In memory all arrays belong to the unit (one arena); indices refer into the unit's own arrays. FACTS_NONE = no index.
 *
 * Conventions of the frontend:
 * - Only functions that can run are here: definitions with external linkage, and the static or inline ones that these, a global's
 *   initialiser, or an attribute (used, constructor) lead to. Branches whose condition is a constant 0 are left out.
 * - Integers narrower than a pointer and floats cannot hold a pointer: they have no value. A LOAD or CALL of such a thing has
 *   result FACTS_NONE, a STORE has b FACTS_NONE, an argument or RETURN is FACTS_NONE. So has whatever is a plain constant.
 * - Records (and arrays) as rvalues are represented by the address of memory that holds them. An assignment is a COPYMEM. A call
 *   passes the address of a copy in a local object of the caller, and the callee starts with a COPYMEM from the parameter's
 *   value to its own object. A function that returns a record RETURNs its address, the CALL's result is that address, from which the
 *   caller copies at once; RETURN and CALL have FACTS_BY_VALUE then, so neither lets a local object escape.
 * - A va_list holds the varargs value: va_start is a STORE (or COPY), va_arg a LOAD (or COPY).
 * - A local variable's LOCAL object lives from entry to return. Aggregates with initialisers get FILL and STOREs.
 * - An access through an address that is a plain constant goes through an UNKNOWN ("constant-address").
 * - The cleanup attribute is a CALL at the variable's declaration.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "spillscope/error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FACTS_NONE UINT32_MAX
#define FACTS_FORMAT_VERSION 3

/* A source place. `file` indexes facts_unit.files; the expansion place of macros; line and column from 1 (0 = no place). */
struct facts_place {
    uint32_t file;
    uint32_t line;
    uint32_t column;
};

enum facts_type_kind {
    FACTS_VOID,
    FACTS_SCALAR,  /* integers, enums, floats: `name` is the spelling */
    FACTS_POINTER, /* `target` */
    FACTS_ARRAY,   /* `target` the element, `count` elements; count 0 = flexible or unknown */
    FACTS_RECORD,  /* struct or union */
    FACTS_FUNCTION /* `target` the result, members[].type the parameters */
};

struct facts_member {
    const char *name; /* "" for an anonymous member and for parameters */
    uint32_t type;
    uint64_t bit_offset; /* from the start of the record */
    uint64_t bit_size;   /* of the member; bit-fields: their width */
    bool bit_field;
};

struct facts_type {
    enum facts_type_kind kind;
    const char *name; /* record: "struct task", "union u"; untagged with a typedef: the typedef's name; else "struct <FILE:LINE:COL>" */
    uint32_t target;  /* pointer, array, function result; FACTS_NONE otherwise */
    uint64_t size;    /* bytes; 0 = incomplete or void */
    uint64_t count;   /* array elements */
    bool is_union;
    bool is_variadic;         /* function */
    bool is_incomplete;       /* record without definition in this unit, or that no code of this unit looks into */
    struct facts_place place; /* record: its definition */
    const struct facts_member *members;
    size_t member_count;
};

enum facts_object_kind {
    FACTS_GLOBAL,  /* file-scope variable */
    FACTS_STATIC,  /* file-scope or function-scope variable with internal linkage */
    FACTS_LOCAL,   /* variable, parameter or compound literal on the stack whose address matters, or an aggregate */
    FACTS_LITERAL, /* string literal: never written */
    FACTS_CODE     /* function */
};

/* Flags of an object. */
enum {
    FACTS_DEFINED = 1, /* defined in this unit, not only declared (tentative definitions count) */
    FACTS_WEAK = 2,
    FACTS_CONST = 4, /* const-qualified all over: cannot be written */
    FACTS_THREAD_LOCAL = 8,
    FACTS_PER_CPU = 16,   /* lives in a per-CPU section */
    FACTS_INIT_TEXT = 32, /* function in an init section, or a constructor */
    FACTS_NORETURN = 64,
    FACTS_USED = 128,            /* attribute used/retain */
    FACTS_INLINE_HEADER = 256,   /* static function defined in a header: equal copies stand in many units */
    FACTS_TRANSPARENT_ASM = 512, /* declared only, and a file-scope asm of this unit defines the name */
    FACTS_VARIADIC = 1024,
    FACTS_ENTRY_SYSCALL = 2048, /* made by a SYSCALL_DEFINE-like macro: alias_of tells for which function (never an alias by itself) */
    FACTS_SETJMP = 4096,        /* returns twice */
    FACTS_INTERNAL = 8192       /* FACTS_CODE: internal linkage (static function), wherever it stands */
};

/* A name that assembly computes from an object's: it may lie anywhere in the object. */
#define FACTS_OFFSET_UNKNOWN INT64_MIN

struct facts_object {
    enum facts_object_kind kind;
    const char *name;     /* linkage or local name; literal: "" */
    const char *function; /* enclosing function of a static local or local, else "" */
    uint32_t type;
    uint32_t flags;
    uint32_t alias_of;        /* object that this one aliases (attribute alias, ifunc, asm label), FACTS_NONE */
    int64_t alias_offset;     /* bytes behind that object's beginning, for names that assembly gives to a part of it; FACTS_OFFSET_UNKNOWN */
    const char *section;      /* "" = default */
    const char *annotations;  /* annotate() attributes joined by '\n', "" = none */
    struct facts_place place; /* definition, else first declaration */
};

/* A static initialiser's pointer: object + offset holds the address target + target_offset. */
struct facts_initialiser {
    uint32_t object;
    uint64_t offset;
    uint32_t target;
    int64_t target_offset;
};

enum facts_op {
    FACTS_ADDRESS, /* result = &object + offset */
    FACTS_COPY,    /* result = a (assignment, cast, argument, phi: several COPYs to one value are all possible) */
    FACTS_OFFSET,  /* result = a + offset: field address, container_of (negative), constant array index */
    FACTS_INDEX,   /* result = a + i * offset for unknown i within the array at hand; `size` = bytes of the whole array, 0 = unknown */
    FACTS_ARITH,   /* result = a arithmetic b (b may be FACTS_NONE): keeps what a or b point to, offset unknown (masks, tags, differences);
                      `text` the operator ("&", "|", "-", "<<" ...), `offset` the constant operand when FACTS_CONSTANT is in `flags` */
    FACTS_LOAD,    /* result = *a, access of `type` at `bit_offset`/`bit_size` when a bit-field */
    FACTS_STORE,   /* *a = b (b FACTS_NONE: a value that holds no pointer) */
    FACTS_COPYMEM, /* *a = *b, size bytes (0 = unknown) of `type` (FACTS_NONE: untyped); struct assignment, memcpy, memmove */
    FACTS_FILL,    /* *a = bytes, size bytes (0 = unknown); memset */
    FACTS_CALL,    /* result = callee(arguments): `object` the callee when direct, else `a` */
    FACTS_RETURN,  /* return a (FACTS_NONE: nothing) */
    FACTS_ASM,     /* inline assembly: arguments below, `text` the template, `flags` */
    FACTS_UNKNOWN, /* result = a value from nowhere: `text` the cause (int-to-pointer, va_arg ...) */
    FACTS_FREE_END /* the object's storage ends here: reserved */
};

/* An operand of inline assembly. */
struct facts_operand {
    const char *constraint; /* "=m", "+r", "r", "0" ... */
    uint32_t value;         /* register operand: the value read and/or written; memory operand: the address */
    uint32_t type;          /* of the operand; a memory operand's: of what lies there */
    bool is_output;
    bool is_memory; /* `value` is an address; the asm reads/writes *value */
};

/* Flags of a FACTS_ASM instruction. */
enum { FACTS_ASM_MEMORY = 1, FACTS_ASM_VOLATILE = 2, FACTS_ASM_GOTO = 4 };

/* Flags of other instructions. */
enum {
    FACTS_BY_VALUE = 8,  /* CALL, RETURN: the result is a record, represented by its address */
    FACTS_CONSTANT = 16, /* ARITH: `offset` holds the second operand */
    FACTS_ATOMIC = 32,   /* LOAD, STORE: part of an atomic builtin */
    FACTS_VOLATILE = 64  /* LOAD, STORE: volatile access */
};

struct facts_instruction {
    enum facts_op op;
    uint32_t result; /* value, FACTS_NONE */
    uint32_t a;
    uint32_t b;
    uint32_t object;     /* ADDRESS; direct CALL */
    int64_t offset;      /* ADDRESS, OFFSET; INDEX: stride */
    uint64_t size;       /* INDEX, COPYMEM, FILL; LOAD, STORE: bytes accessed */
    uint32_t bit_offset; /* LOAD, STORE of a bit-field: bits from the address in a (the frontend keeps it below 8); size is then the bytes it spans */
    uint32_t bit_size;   /* 0 = no bit-field */
    uint32_t type;   /* LOAD, STORE: accessed type; CALL: callee's function type; COPY by a pointer cast: new type; COPYMEM; OFFSET of a member: the
                        member's type */
    uint32_t record; /* LOAD, STORE, CALL through a member, OFFSET of a member: the record the member belongs to, FACTS_NONE */
    uint32_t member; /* index into that record's members, FACTS_NONE */
    uint32_t
        hint; /* CALL: what a void* result becomes: the type T in an implicit or explicit cast to T*, or in sizeof(T) of an argument; FACTS_NONE */
    uint32_t flags;
    const char *text;          /* ASM, UNKNOWN, ARITH; "" otherwise */
    const uint32_t *arguments; /* CALL: values, FACTS_NONE for a plain constant */
    size_t argument_count;
    const int64_t *constants;             /* CALL: value of each argument that is an integer constant, INT64_MIN = not one; same count */
    const struct facts_operand *operands; /* ASM */
    size_t operand_count;
    struct facts_place place;
};

/* A function defined in this unit. */
struct facts_function {
    uint32_t object;                /* its FACTS_CODE object */
    uint64_t digest;                /* of the body's facts, places included: equal digest and name = the same function */
    const uint32_t *parameters;     /* one value each; the value of a parameter whose address is taken is stored to its object first */
    const char *const *value_names; /* variable behind each value, "" for temporaries; value_count entries */
    const uint32_t *value_types;    /* declared type of each value, FACTS_NONE = unknown */
    size_t parameter_count;
    size_t value_count;
    uint32_t varargs; /* value that stands for all variadic arguments, FACTS_NONE */
    const struct facts_instruction *instructions;
    size_t instruction_count;
    struct facts_place place;
    uint32_t end_line;
};

/* A file that the unit was made from, with its content digest, so that a cache can tell whether the facts still hold. */
struct facts_file {
    const char *path; /* as compiled, made absolute and normalised */
    uint64_t digest;
};

/* A step that leads to a finding. */
struct facts_note {
    const char *message;
    struct facts_place place;
};

/* Where this unit breaks a contract that its annotations make (docs/checks/): decided by the frontend, which alone sees the source's flow. */
struct facts_finding {
    const char *rule;     /* "opaque-access", "second-owner", "unreleased"; "unchecked": the rules cannot tell, so the result is incomplete */
    const char *function; /* "" = none */
    const char *message;
    struct facts_place place;
    const struct facts_note *notes;
    size_t note_count;
};

struct facts_unit {
    const char *main_file; /* absolute, normalised */
    const char *target;    /* triple */
    uint32_t pointer_size; /* bytes */
    const struct facts_file *files;
    size_t file_count;
    const struct facts_type *types;
    size_t type_count;
    const struct facts_object *objects;
    size_t object_count;
    const struct facts_initialiser *initialisers;
    size_t initialiser_count;
    const struct facts_function *functions;
    size_t function_count;
    const char *const *assembly; /* file-scope asm statements */
    size_t assembly_count;
    const struct facts_finding *findings; /* by place */
    size_t finding_count;
};

/* 64-bit content digest, the one used for files and functions; `seed` chains pieces. */
uint64_t facts_digest_bytes(const void *bytes, size_t count, uint64_t seed);
/* ERROR_IO when it cannot be read. */
struct error *facts_digest_file(const char *path, uint64_t *out_digest);

/* Digest of a function's body as facts_function.digest wants it: names, layouts and places instead of indices. */
uint64_t facts_function_digest(const struct facts_unit *unit, const struct facts_function *function);

/* Writes a unit (which may live anywhere) to a file, atomically (temporary file, then rename). */
struct error *facts_write(const struct facts_unit *unit, const char *path);

/*
 * Reads a unit from bytes; the unit and all it points to are one allocation tree, freed by facts_destroy. Malformed input is
 * ERROR_FORMAT with the byte offset; every index is checked, so a unit that was read can be walked without checks.
 */
struct error *facts_read(const unsigned char *bytes, size_t count, struct facts_unit **out_unit);
struct error *facts_read_file(const char *path, struct facts_unit **out_unit);
void facts_destroy(struct facts_unit *unit); /* NULL is fine */

/* Reads only the list of files, for cache checks: a unit with main_file, target and files, all else empty. */
struct error *facts_read_sources(const unsigned char *bytes, size_t count, struct facts_unit **out_unit);

/* Readable form, deterministic, one instruction a line: for tests and people. */
void facts_print(const struct facts_unit *unit, FILE *stream);

#ifdef __cplusplus
}
#endif
#endif
