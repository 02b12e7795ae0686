#include "schema.h"

__asm__(".section .rodata\n"
        ".global schema_sql\n"
        "schema_sql:\n"
        ".incbin \"" SCHEMA_FILE "\"\n"
        ".byte 0\n"
        ".previous\n");
