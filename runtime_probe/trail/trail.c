#include "spillscope/trail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spillscope/collection.h"

enum { SORT_MARGIN = 1 << 16 };

struct trail {
    struct vector steps; /* struct trail_step; the first `sorted` are, and differ */
    size_t sorted;
};

struct error *trail_create(struct trail **out_trail) {
    struct trail *trail = calloc(1, sizeof *trail);
    if (!trail) {
        return error_out_of_memory();
    }
    trail->steps = VECTOR_OF(struct trail_step);
    *out_trail = trail;
    return NULL;
}

void trail_destroy(struct trail *trail) {
    if (trail) {
        vector_deinit(&trail->steps);
        free(trail);
    }
}

static int step_compare(const void *one, const void *other) {
    const struct trail_step *a = one;
    const struct trail_step *b = other;
    if (a->pc != b->pc) {
        return a->pc < b->pc ? -1 : 1;
    }
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

static void trail_settle(struct trail *trail) {
    size_t kept = 0;
    vector_sort(&trail->steps, step_compare);
    for (size_t i = 0; i < trail->steps.count; i++) {
        struct trail_step step = *VECTOR_AT(&trail->steps, struct trail_step, i);
        if (kept == 0 || step_compare(&step, VECTOR_AT(&trail->steps, struct trail_step, kept - 1)) != 0) {
            *VECTOR_AT(&trail->steps, struct trail_step, kept++) = step;
        }
    }
    trail->steps.count = kept;
    trail->sorted = kept;
}

void trail_add(struct trail *trail, const struct trail_step *step) {
    vector_append(&trail->steps, step, 1);
    if (trail->steps.count > 2 * trail->sorted + SORT_MARGIN) {
        trail_settle(trail);
    }
}

struct error *trail_finish(struct trail *trail) {
    trail_settle(trail);
    return trail->steps.failed ? error_out_of_memory() : NULL;
}

const struct trail_step *trail_steps(const struct trail *trail, size_t *out_count) {
    *out_count = trail->steps.count;
    return trail->steps.items;
}

struct error *trail_read(struct trail *trail, const char *path, const char *build_id) {
    FILE *file SCOPE_FCLOSE = fopen(path, "r");
    if (!file) {
        return errno == ENOENT ? NULL : error_create_errno("cannot read %s", path);
    }
    char line[256];
    char id[128] = "";
    if (!fgets(line, sizeof line, file) || sscanf(line, "spillscope-trail 1 %127s", id) != 1) {
        return error_create(ERROR_FORMAT, "%s:1: no trail of version 1", path);
    }
    if (strcmp(id, build_id[0] ? build_id : "-") != 0) {
        return error_create(ERROR_MISMATCH, "%s is the trail of another kernel: build-id %s, not %s", path, id, build_id);
    }
    for (unsigned number = 2; fgets(line, sizeof line, file); number++) {
        unsigned long long from = 0;
        unsigned long long pc = 0;
        unsigned long long bytes = 0;
        char rest = 0;
        if (sscanf(line, "%llx %llx %llx%c", &from, &pc, &bytes, &rest) != 4 || rest != '\n' || bytes > 1 << 20) {
            return error_create(ERROR_FORMAT, "%s:%u: not FROM PC BYTES", path, number);
        }
        trail_add(trail, &(struct trail_step){from, pc, bytes});
    }
    return ferror(file) ? error_create_errno("cannot read %s", path) : NULL;
}

struct error *trail_write(const struct trail *trail, const char *path, const char *build_id) {
    char *fresh SCOPE_FREE = NULL;
    if (asprintf(&fresh, "%s.new", path) < 0) {
        fresh = NULL;
        return error_out_of_memory();
    }
    FILE *file = fopen(fresh, "w");
    if (!file) {
        return error_create_errno("cannot write %s", fresh);
    }
    fprintf(file, "spillscope-trail 1 %s\n", build_id[0] ? build_id : "-");
    for (size_t i = 0; i < trail->steps.count; i++) {
        const struct trail_step *step = VECTOR_AT(&trail->steps, struct trail_step, i);
        fprintf(file, "%llx %llx %llx\n", (unsigned long long)step->from, (unsigned long long)step->pc, (unsigned long long)step->bytes);
    }
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed || rename(fresh, path) != 0) {
        struct error *error = error_create_errno("cannot write %s", path);
        unlink(fresh);
        return error;
    }
    return NULL;
}
