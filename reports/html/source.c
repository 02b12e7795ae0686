#include "html/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "spillscope/escape.h"
#include "spillscope/scope.h"

#define SOURCE_LIMIT (8u << 20) /* a larger file is no source */
#define CACHE_FILES 64

/* A file and where its lines start. */
struct source_file {
    char *path;
    char *data;    /* NUL-terminated; NULL: not there */
    size_t *lines; /* offsets; line_count of them */
    size_t line_count;
};

struct source_cache {
    char *root;
    struct source_file files[CACHE_FILES]; /* a ring: the oldest makes room */
    size_t next;
};

static void source_file_deinit(struct source_file *file) {
    free(file->path);
    free(file->data);
    free(file->lines);
    *file = (struct source_file){0};
}

struct error *source_cache_create(const char *root, struct source_cache **out_cache) {
    struct source_cache *cache = calloc(1, sizeof *cache);
    if (!cache) {
        return error_out_of_memory();
    }
    if (root && *root) {
        cache->root = realpath(root, NULL);
    }
    *out_cache = cache;
    return NULL;
}

void source_cache_destroy(struct source_cache *cache) {
    if (cache) {
        for (size_t index = 0; index < CACHE_FILES; index++) {
            source_file_deinit(&cache->files[index]);
        }
        free(cache->root);
        free(cache);
    }
}

/* The database is not trusted to name files, nor always its root: only files with the names of source that really lie below it are read. */
static bool path_is_source(const char *file) {
    static const char *const suffixes[] = {".c", ".h", ".S", ".s", ".cc", ".cpp", ".hpp", ".inc", ".def", ".tbl"};
    size_t length = strlen(file);
    for (size_t index = 0; index < sizeof suffixes / sizeof suffixes[0]; index++) {
        size_t size = strlen(suffixes[index]);
        if (length > size && strcmp(file + length - size, suffixes[index]) == 0) {
            return true;
        }
    }
    return false;
}

static char *path_resolve(const struct source_cache *cache, const char *file) {
    struct text joined __attribute__((cleanup(text_deinit))) = {0};
    if (!path_is_source(file)) {
        return NULL;
    }
    text_append_format(&joined, "%s/%s", cache->root, file);
    char *resolved = realpath(text_string(&joined), NULL);
    size_t length = strlen(cache->root);
    if (resolved && (!path_is_source(resolved) || strncmp(resolved, cache->root, length) != 0 || (resolved[length] != '/' && length > 1))) {
        free(resolved);
        return NULL;
    }
    return resolved;
}

static void source_file_read(const struct source_cache *cache, struct source_file *file) {
    char *resolved SCOPE_FREE = path_resolve(cache, file->path);
    struct stat status;
    if (!resolved || stat(resolved, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > (off_t)SOURCE_LIMIT) {
        return;
    }
    FILE *stream SCOPE_FCLOSE = fopen(resolved, "r");
    size_t size = (size_t)status.st_size;
    char *data = stream ? malloc(size + 1) : NULL;
    if (!data) {
        return;
    }
    size = fread(data, 1, size, stream);
    data[size] = '\0';
    size_t count = 1;
    for (size_t index = 0; index < size; index++) {
        count += data[index] == '\n';
    }
    file->lines = calloc(count, sizeof *file->lines);
    if (!file->lines) {
        free(data);
        return;
    }
    file->data = data;
    file->line_count = 1;
    for (size_t index = 0; index < size; index++) {
        if (data[index] == '\n') {
            file->lines[file->line_count++] = index + 1;
            data[index] = '\0';
        }
    }
}

static struct source_file *source_find(struct source_cache *cache, const char *path) {
    for (size_t index = 0; index < CACHE_FILES; index++) {
        if (cache->files[index].path && strcmp(cache->files[index].path, path) == 0) {
            return &cache->files[index];
        }
    }
    struct source_file *file = &cache->files[cache->next];
    cache->next = (cache->next + 1) % CACHE_FILES;
    source_file_deinit(file);
    file->path = strdup(path);
    if (file->path) {
        source_file_read(cache, file);
    }
    return file;
}

bool source_write(struct source_cache *cache, const char *file, int64_t line, struct text *out) {
    if (!cache->root || !*file || line < 1) {
        return false;
    }
    const struct source_file *source = source_find(cache, file);
    if (!source->data || (uint64_t)line > source->line_count) {
        return false;
    }
    size_t at = (size_t)line;
    size_t first = at > SOURCE_CONTEXT ? at - SOURCE_CONTEXT : 1;
    size_t last = at + SOURCE_CONTEXT < source->line_count ? at + SOURCE_CONTEXT : source->line_count;
    text_append(out, "<pre class=\"source\" tabindex=\"0\"><code>");
    for (size_t number = first; number <= last; number++) {
        struct text spaced __attribute__((cleanup(text_deinit))) = {0};
        for (const char *from = source->data + source->lines[number - 1]; *from; from++) {
            text_append_bytes(&spaced, *from == '\t' ? "        " : from, *from == '\t' ? 8 : *from == '\r' ? 0 : 1);
        }
        text_append_format(out, "%s%5zu  ", number == at ? "<mark>" : "", number);
        escape_html(out, text_string(&spaced));
        text_append(out, number == at ? "</mark>\n" : "\n");
    }
    text_append(out, "</code></pre>\n");
    return true;
}
