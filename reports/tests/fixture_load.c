/* fixture_load DATABASE FILE.sql...: makes a database with the current schema and runs the files in it, as one transaction. */
#include <stdio.h>
#include <stdlib.h>

#include "spillscope/store.h"
#include "spillscope/text.h"

static struct error *file_read(const char *path, struct text *out) {
    FILE *stream SCOPE_FCLOSE = fopen(path, "r");
    if (!stream) {
        return error_create_errno("%s", path);
    }
    char buffer[65536];
    size_t count = 0;
    while ((count = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        text_append_bytes(out, buffer, count);
    }
    return ferror(stream) ? error_create_errno("%s", path) : NULL;
}

static struct error *load(int argc, char **argv) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct error *error = store_open(argv[1], STORE_CREATE, &store);
    if (!error) {
        error = store_begin(store);
    }
    for (int index = 2; index < argc && !error; index++) {
        struct text sql __attribute__((cleanup(text_deinit))) = {0};
        error = file_read(argv[index], &sql);
        if (!error) {
            error = store_execute(store, text_string(&sql));
        }
        if (error) {
            error = error_wrap(error, "%s", argv[index]);
        }
    }
    return error ? error : store_commit(store);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: fixture_load DATABASE FILE.sql...\n");
        return 2;
    }
    struct error *error = load(argc, argv);
    if (error) {
        fprintf(stderr, "fixture_load: %s\n", error_message(error));
        error_destroy(error);
        return 2;
    }
    return 0;
}
