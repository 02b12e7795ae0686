#ifndef SPILLSCOPE_MIGRATION_H
#define SPILLSCOPE_MIGRATION_H
/* Migration of a database of an older schema, step by step, all in one transaction after a backup. */
#include <stddef.h>
#include "store_internal.h"

/* SQL that takes the tables of a database from schema version `from` to `from` + 1. Views are made anew after the last step. */
struct migration {
    int from;
    const char *sql;
};

/* The steps that exist; ended by a NULL sql. Never change a step that was released: add one. */
extern const struct migration migration_steps[];

/*
 * The version of an open database, and the copy "PATH.vN.bak" that migration_run would make first (caller frees): NULL when there is nothing to do.
 * An existing backup is refused, so that none is lost, and so is a version from which no steps lead to `target`.
 */
struct error *migration_plan(struct store *store, const struct migration *steps, int target, int *out_version, char **out_backup);

/*
 * Takes the open database from its version to `target` by the steps given, after the copy of migration_plan. On failure the database is as it was.
 * Views that came since without a new version are added. *out_backup (caller frees) is NULL when there was nothing else to do.
 */
struct error *migration_run(struct store *store, const struct migration *steps, int target, char **out_backup);

#endif
