#ifndef SPILLSCOPE_SCHEMA_H
#define SPILLSCOPE_SCHEMA_H
/* store/schema.sql and store/views.sql as NUL-terminated strings, so that the installed program needs no file of its own. */
extern const char schema_sql[];
extern const char views_sql[];
#endif
