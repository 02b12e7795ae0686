#ifndef SPILLSCOPE_SCHEMA_H
#define SPILLSCOPE_SCHEMA_H
/* store/schema.sql, store/views.sql and the longer migrations as NUL-terminated strings, so that the installed program needs no file of its own. */
extern const char schema_sql[];
extern const char views_sql[];
extern const char migration_6_sql[];
#endif
