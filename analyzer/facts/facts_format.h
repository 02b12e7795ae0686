#ifndef FACTS_FORMAT_H
#define FACTS_FORMAT_H
/*
 * The facts file, version 3. Numbers are LEB128 varints (N), signed ones zigzag (Z); a string is an index into the table (S); an
 * index that may be FACTS_NONE is stored plus one (I).
 *
 *     file     := "SPFACTS" version:u8 digest:u64le payload          digest = facts_digest_bytes(payload)
 *     payload  := sources strings types objects initialisers functions assembly findings
 *     sources  := main:text target:text pointer_size:N count:N (path:text digest:u64le)*     text := length:N bytes
 *     strings  := count:N text*
 *     types    := count:N (kind:u8 flags:u8 name:S target:I size:N count:N place members:N (name:S type:N bit_offset:N bit_size:N flags:u8)*)*
 *     objects  := count:N (kind:u8 name:S function:S type:N flags:N alias_of:I [alias_offset:Z] section:S annotations:S place)*
 *                    alias_offset is there when alias_of is
 *     initialisers := count:N (object:N offset:N target:N target_offset:Z)*
 *     functions := count:N (object:N digest:u64le end_line:N varargs:I place values:N (name:S type:I)* parameters:N value:N*
 *                           instructions:N instruction*)*
 *     instruction := op:u8 fields:N field* line:Z column:N [file:N]  `fields` is a set of FACTS_FIELD_ bits, fields in their order;
 *                    line counts from the instruction before; file is there when FACTS_FIELD_FILE is set
 *     assembly := count:N S*
 *     findings := count:N (rule:S function:S message:S place notes:N (message:S place)*)*
 */
#include <stddef.h>
#include <stdint.h>

#define FACTS_MAGIC "SPFACTS"
#define FACTS_MAGIC_SIZE 7
#define FACTS_HEADER_SIZE 16

enum { FACTS_TYPE_UNION = 1, FACTS_TYPE_VARIADIC = 2, FACTS_TYPE_INCOMPLETE = 4 };

enum {
    FACTS_FIELD_RESULT = 1 << 0,
    FACTS_FIELD_A = 1 << 1,
    FACTS_FIELD_B = 1 << 2,
    FACTS_FIELD_OBJECT = 1 << 3,
    FACTS_FIELD_OFFSET = 1 << 4,
    FACTS_FIELD_SIZE = 1 << 5,
    FACTS_FIELD_BITS = 1 << 6,
    FACTS_FIELD_TYPE = 1 << 7,
    FACTS_FIELD_MEMBER = 1 << 8,
    FACTS_FIELD_HINT = 1 << 9,
    FACTS_FIELD_FLAGS = 1 << 10,
    FACTS_FIELD_TEXT = 1 << 11,
    FACTS_FIELD_ARGUMENTS = 1 << 12,
    FACTS_FIELD_OPERANDS = 1 << 13,
    FACTS_FIELD_FILE = 1 << 14
};

/* Containment of types deeper than this is refused, so that walkers may recurse. Clang's own limit of nesting is 256. */
#define FACTS_TYPE_DEPTH 1024

#endif
