#include "schema.h"

#define EMBED(symbol, file)                                                                                                                          \
    __asm__(".section .rodata\n"                                                                                                                     \
            ".global " #symbol "\n" #symbol ":\n"                                                                                                    \
            ".incbin \"" file "\"\n"                                                                                                                 \
            ".byte 0\n"                                                                                                                              \
            ".previous\n")

EMBED(schema_sql, SQL_DIRECTORY "/schema.sql");
EMBED(views_sql, SQL_DIRECTORY "/views.sql");
EMBED(migration_6_sql, SQL_DIRECTORY "/migration_6.sql");
