#ifndef ORACLE_TESTS_SCENE_H
#define ORACLE_TESTS_SCENE_H
/* A small guest, compiled and run in QEMU with the recorder, and a database that describes it, made by hand. */
#include "spillscope/image.h"
#include "spillscope/oracle.h"
#include "spillscope/store.h"

struct scene {
    char folder[64];
    char elf[128];
    char database[128];
    struct image *image;
    struct store *store;
    struct oracle_summary summary;
};

/* False, with a printed reason, when gcc or QEMU is missing; any failure fails the test. */
bool scene_make(struct scene *scene);
void scene_clean(struct scene *scene);
void scene_execute(struct scene *scene, const char *sql);
/* First column of the first row. */
int64_t scene_number(struct scene *scene, const char *sql);
/* All rows, columns separated by blanks; the caller frees it. */
char *scene_rows(struct scene *scene, const char *sql, int columns);

#endif
