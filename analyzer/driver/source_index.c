#include "source_index.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "spillscope/facts.h"
#include "spillscope/scope.h"
#include "spillscope/text.h"

/* A file as it was when its digest was taken. */
struct source_entry {
    char *path; /* owned; NULL = empty slot */
    uint64_t digest;
    int64_t size;
    int64_t modified; /* nanoseconds */
    bool checked;     /* compared with the file system in this run */
    bool exists;
};

struct source_index {
    char *path;
    struct source_entry *slots; /* open addressing, at most half full */
    size_t slot_count;          /* a power of two */
    size_t count;
    bool changed;
};

static struct source_entry *slot_find(struct source_entry *slots, size_t slot_count, const char *path) {
    size_t at = (size_t)facts_digest_bytes(path, strlen(path), 0) & (slot_count - 1);
    while (slots[at].path && strcmp(slots[at].path, path) != 0) {
        at = (at + 1) & (slot_count - 1);
    }
    return &slots[at];
}

static bool slots_grow(struct source_index *index) {
    size_t slot_count = index->slot_count ? index->slot_count * 2 : 1024;
    struct source_entry *slots = calloc(slot_count, sizeof(*slots));
    if (!slots) {
        return false;
    }
    for (size_t i = 0; i < index->slot_count; i++) {
        if (index->slots[i].path) {
            *slot_find(slots, slot_count, index->slots[i].path) = index->slots[i];
        }
    }
    free(index->slots);
    index->slots = slots;
    index->slot_count = slot_count;
    return true;
}

/* The entry of a path, made when new; NULL when memory is short. */
static struct source_entry *index_entry(struct source_index *index, const char *path) {
    if (index->count * 2 >= index->slot_count && !slots_grow(index)) {
        return NULL;
    }
    struct source_entry *entry = slot_find(index->slots, index->slot_count, path);
    if (!entry->path) {
        entry->path = strdup(path);
        if (!entry->path) {
            return NULL;
        }
        entry->size = -1;
        index->count++;
    }
    return entry;
}

void source_index_destroy(struct source_index *index) {
    if (!index) {
        return;
    }
    for (size_t i = 0; i < index->slot_count; i++) {
        free(index->slots[i].path);
    }
    free(index->slots);
    free(index->path);
    free(index);
}

struct error *source_index_open(const char *path, struct source_index **out_index) {
    struct source_index *index = calloc(1, sizeof(*index));
    if (!index || !(index->path = strdup(path))) {
        free(index);
        return error_out_of_memory();
    }
    FILE *stream SCOPE_FCLOSE = fopen(path, "re");
    char *line SCOPE_FREE = NULL;
    size_t capacity = 0;
    for (ssize_t length = 0; stream && (length = getline(&line, &capacity, stream)) > 0;) {
        uint64_t digest = 0;
        int64_t size = 0;
        int64_t modified = 0;
        int used = 0;
        bool whole = line[length - 1] == '\n' && sscanf(line, "%" SCNx64 " %" SCNd64 " %" SCNd64 " %n", &digest, &size, &modified, &used) == 3;
        if (!whole || used <= 0 || line[used] != '/') {
            continue;
        }
        line[length - 1] = '\0';
        struct source_entry *entry = index_entry(index, line + used);
        if (!entry) {
            source_index_destroy(index);
            return error_out_of_memory();
        }
        entry->digest = digest;
        entry->size = size;
        entry->modified = modified;
    }
    *out_index = index;
    return NULL;
}

bool source_index_holds(struct source_index *index, const char *path, uint64_t digest) {
    struct source_entry *entry = index_entry(index, path);
    if (!entry) {
        return false; /* without memory the unit is simply parsed again */
    }
    if (!entry->checked) {
        struct stat status;
        entry->checked = true;
        entry->exists = stat(path, &status) == 0;
        int64_t modified = entry->exists ? (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec : 0;
        if (entry->exists && (entry->size != (int64_t)status.st_size || entry->modified != modified)) {
            struct error *error = facts_digest_file(path, &entry->digest);
            entry->exists = error == NULL;
            error_destroy(error);
            entry->size = (int64_t)status.st_size;
            entry->modified = modified;
            index->changed = true;
        }
    }
    return entry->exists && entry->digest == digest;
}

static int compare_paths(const void *one, const void *other) {
    return strcmp((*(struct source_entry *const *)one)->path, (*(struct source_entry *const *)other)->path);
}

struct error *source_index_save(struct source_index *index) {
    if (!index->changed) {
        return NULL;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t settled = ((int64_t)now.tv_sec - 2) * 1000000000 + now.tv_nsec;
    struct source_entry **sorted SCOPE_FREE = calloc(index->count + 1, sizeof(struct source_entry *));
    char *temporary SCOPE_FREE = NULL;
    if (!sorted || asprintf(&temporary, "%s.%ld.tmp", index->path, (long)getpid()) < 0) {
        return error_out_of_memory();
    }
    size_t count = 0;
    for (size_t i = 0; i < index->slot_count; i++) {
        if (index->slots[i].path && index->slots[i].size >= 0 && !strchr(index->slots[i].path, '\n')) {
            sorted[count++] = &index->slots[i];
        }
    }
    qsort(sorted, count, sizeof(*sorted), compare_paths);
    FILE *stream = fopen(temporary, "we");
    if (!stream) {
        return error_create_errno("%s", temporary);
    }
    for (size_t i = 0; i < count; i++) {
        if (sorted[i]->modified < settled) {
            fprintf(stream, "%016" PRIx64 " %" PRId64 " %" PRId64 " %s\n", sorted[i]->digest, sorted[i]->size, sorted[i]->modified, sorted[i]->path);
        }
    }
    bool written = !ferror(stream);
    written = fclose(stream) == 0 && written && rename(temporary, index->path) == 0;
    if (!written) {
        struct error *error = error_create_errno("%s", index->path);
        unlink(temporary);
        return error;
    }
    return NULL;
}
