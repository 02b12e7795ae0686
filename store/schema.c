#include "schema.h"

#define EMBED(symbol, file)                                                                                                                          \
    __asm__(".section .rodata\n"                                                                                                                     \
            ".global " #symbol "\n" #symbol ":\n"                                                                                                    \
            ".incbin \"" file "\"\n"                                                                                                                 \
            ".byte 0\n"                                                                                                                              \
            ".previous\n")

EMBED(schema_sql, SCHEMA_FILE);
EMBED(views_sql, VIEWS_FILE);
