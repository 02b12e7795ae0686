#ifndef SPILLSCOPE_SCHEMA_H
#define SPILLSCOPE_SCHEMA_H
/* store/schema.sql as a NUL-terminated string, so that the installed program needs no file of its own. */
extern const char schema_sql[];
#endif
