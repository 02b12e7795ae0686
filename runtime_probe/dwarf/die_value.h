#ifndef DWARF_DIE_VALUE_H
#define DWARF_DIE_VALUE_H
/* The value of an attribute, whoever read it: die_plain.c from the bytes, die_library.c through libdwarf. */
#include <stdint.h>

enum die_value_kind {
    VALUE_NONE,
    VALUE_NUMBER,    /* a constant or a flag */
    VALUE_ADDRESS,   /* in the program */
    VALUE_REFERENCE, /* offset of an entry in .debug_info */
    VALUE_PLACE,     /* offset in another section */
    VALUE_LIST,      /* number of a list in such a section */
    VALUE_STRING,
    VALUE_BLOCK /* an expression or other bytes */
};

struct die_value {
    enum die_value_kind kind;
    uint64_t number; /* of a block: its bytes */
    union {
        const char *string;
        const unsigned char *bytes;
    };
};

#endif
