#include "compile_database.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "build_options.h"
#include "json_reader.h"
#include "spillscope/facts.h"
#include "spillscope/scope.h"

char *path_normalise(const char *base, const char *path) {
    struct text joined = {0};
    if (path[0] != '/') {
        text_append(&joined, base);
        text_append_char(&joined, '/');
    }
    text_append(&joined, path);
    struct text result = {0};
    for (const char *at = text_string(&joined); *at;) {
        at += strspn(at, "/");
        size_t length = strcspn(at, "/");
        if (length == 2 && memcmp(at, "..", 2) == 0) {
            while (result.length > 0 && result.data[result.length - 1] != '/') {
                result.length--;
            }
            result.length -= result.length > 0 ? 1 : 0;
        } else if (length > 0 && !(length == 1 && at[0] == '.')) {
            text_append_char(&result, '/');
            text_append_bytes(&result, at, length);
        }
        at += length;
    }
    if (result.length == 0) {
        text_append_char(&result, '/');
    }
    char *copy = joined.failed || result.failed ? NULL : strndup(result.data, result.length);
    text_deinit(&joined);
    text_deinit(&result);
    return copy;
}

void compile_database_destroy(struct compile_database *database) {
    if (!database) {
        return;
    }
    for (size_t i = 0; i < database->count; i++) {
        free(database->entries[i].path);
        free(database->entries[i].output);
        free(database->entries[i].directory);
        free(database->entries[i].options);
    }
    for (size_t i = 0; i < database->other_count; i++) {
        free(database->others[i]);
    }
    free(database->others);
    free(database->entries);
    free(database->file);
    free(database->directory);
    free(database);
}

/* The texts of one entry while it is read; NUL-separated arguments. */
struct raw_entry {
    struct text directory;
    struct text file;
    struct text output;
    struct text command;
    bool has_file;
    bool has_command;
};

static void raw_entry_deinit(struct raw_entry *raw) {
    text_deinit(&raw->directory);
    text_deinit(&raw->file);
    text_deinit(&raw->output);
    text_deinit(&raw->command);
}

static void read_arguments(struct json_reader *reader, struct raw_entry *raw) {
    text_clear(&raw->command);
    bool first = true;
    for (bool more = json_array_begin(reader); more && json_array_next(reader, &first);) {
        json_string(reader, &raw->command);
        text_append_char(&raw->command, '\0');
    }
}

static void read_fields(struct json_reader *reader, struct raw_entry *raw) {
    struct text key = {0};
    bool first = true;
    for (bool more = json_object_begin(reader); more && json_object_next(reader, &first, &key);) {
        const char *name = text_string(&key);
        struct text *target = strcmp(name, "directory") == 0 ? &raw->directory
                              : strcmp(name, "file") == 0    ? &raw->file
                              : strcmp(name, "output") == 0  ? &raw->output
                                                             : NULL;
        if (target) {
            text_clear(target);
            json_string(reader, target);
            raw->has_file = raw->has_file || target == &raw->file;
        } else if (strcmp(name, "arguments") == 0) {
            read_arguments(reader, raw);
            raw->has_command = true;
        } else if (strcmp(name, "command") == 0 && !raw->has_command) {
            json_string(reader, &raw->command);
            raw->has_command = true;
        } else {
            json_skip(reader);
        }
    }
    text_deinit(&key);
}

static bool is_c_file(const char *path) {
    size_t length = strlen(path);
    return length > 2 && (strcmp(path + length - 2, ".c") == 0 || strcmp(path + length - 2, ".i") == 0);
}

/* The word after "-o" in a command (blanks or NULs between words), or "". Only tells equal outputs apart: quotes stay as they are. */
static char *command_output(const struct text *command) {
    const char *bytes = text_string(command);
    size_t count = command->length;
    for (size_t i = 0; i + 3 < count; i++) {
        bool blank_before = i > 0 && (bytes[i - 1] == ' ' || bytes[i - 1] == '\0');
        bool blank_after = bytes[i + 2] == ' ' || bytes[i + 2] == '\0';
        if (blank_before && blank_after && bytes[i] == '-' && bytes[i + 1] == 'o') {
            size_t start = i + 3;
            while (start < count && bytes[start] == ' ') {
                start++;
            }
            size_t end = start;
            while (end < count && bytes[end] != ' ' && bytes[end] != '\0') {
                end++;
            }
            return strndup(bytes + start, end - start);
        }
    }
    return strdup("");
}

static struct error *add_other(struct compile_database *database, const struct raw_entry *raw) {
    char **others = reallocarray(database->others, database->other_count + 1, sizeof *others);
    if (!others) {
        return error_out_of_memory();
    }
    database->others = others;
    char *directory SCOPE_FREE = path_normalise(database->directory, text_string(&raw->directory));
    char *path = directory ? path_normalise(directory, text_string(&raw->file)) : NULL;
    if (!path) {
        return error_out_of_memory();
    }
    others[database->other_count++] = path;
    return NULL;
}

static struct error *add_entry(struct compile_database *database, size_t *capacity, const struct raw_entry *raw, size_t index) {
    if (!is_c_file(text_string(&raw->file))) {
        return add_other(database, raw);
    }
    if (database->count == *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : 64;
        struct compile_entry *entries = realloc(database->entries, wanted * sizeof(*entries));
        if (!entries) {
            return error_out_of_memory();
        }
        database->entries = entries;
        *capacity = wanted;
    }
    char *directory SCOPE_FREE = path_normalise(database->directory, text_string(&raw->directory));
    char *path = directory ? path_normalise(directory, text_string(&raw->file)) : NULL;
    char *output = raw->output.length ? strdup(text_string(&raw->output)) : command_output(&raw->command);
    struct text options = {0};
    build_options_append(&options, &raw->command);
    if (!path || !output || raw->command.failed || options.failed) {
        free(path);
        free(output);
        text_deinit(&options);
        return error_out_of_memory();
    }
    uint64_t digest = facts_digest_bytes(directory, strlen(directory), 0);
    digest = facts_digest_bytes(text_string(&raw->file), raw->file.length, digest);
    digest = facts_digest_bytes(text_string(&raw->command), raw->command.length, digest);
    struct compile_entry *entry = &database->entries[database->count++];
    *entry = (struct compile_entry){.path = path, .output = output, .index = index, .digest = digest, .directory = directory};
    directory = NULL;
    return text_take(&options, &entry->options);
}

static struct error *read_entries(struct compile_database *database, const char *bytes, size_t count) {
    struct json_reader reader;
    json_reader_init(&reader, database->file, bytes, count);
    struct error *error = NULL;
    size_t capacity = 0;
    size_t index = 0;
    bool first = true;
    for (bool more = json_array_begin(&reader); more && !error && json_array_next(&reader, &first); index++) {
        struct raw_entry raw = {0};
        read_fields(&reader, &raw);
        if (!reader.error && !raw.has_file) {
            json_reader_fail(&reader, "entry without \"file\"");
        } else if (!reader.error && !raw.has_command) {
            json_reader_fail(&reader, "entry with neither \"command\" nor \"arguments\"");
        }
        if (!reader.error) {
            error = add_entry(database, &capacity, &raw, index);
        }
        raw_entry_deinit(&raw);
    }
    struct error *malformed = json_reader_finish(&reader);
    if (error) {
        error_destroy(malformed);
        return error;
    }
    if (malformed) {
        return malformed;
    }
    if (index == 0) {
        return error_create(ERROR_USAGE, "%s: holds no compile commands", database->file);
    }
    return database->count ? NULL : error_create(ERROR_USAGE, "%s: none of its %zu entries compiles a C file", database->file, index);
}

static int compare_entries(const void *one, const void *other) {
    const struct compile_entry *a = one;
    const struct compile_entry *b = other;
    int order = strcmp(a->path, b->path);
    if (order == 0) {
        order = strcmp(a->output, b->output);
    }
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static int compare_places(const void *one, const void *other) {
    const struct compile_entry *a = one;
    const struct compile_entry *b = other;
    int order = strcmp(a->path, b->path);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* Sorts, and of equal (file, output) keeps the last; with no output known, of equal commands. */
static void settle_entries(struct compile_database *database) {
    struct compile_entry *entries = database->entries;
    qsort(entries, database->count, sizeof(*entries), compare_entries);
    size_t kept = 0;
    for (size_t i = 0; i < database->count; i++) {
        bool same = kept > 0 && strcmp(entries[kept - 1].path, entries[i].path) == 0 && strcmp(entries[kept - 1].output, entries[i].output) == 0 &&
                    (entries[i].output[0] || entries[kept - 1].digest == entries[i].digest);
        if (same) {
            free(entries[kept - 1].path);
            free(entries[kept - 1].output);
            free(entries[kept - 1].directory);
            free(entries[kept - 1].options);
            kept--;
        }
        entries[kept++] = entries[i];
    }
    database->count = kept;
    qsort(entries, database->count, sizeof(*entries), compare_places);
}

static struct error *read_file(const char *path, char **out_bytes, size_t *out_count) {
    FILE *stream SCOPE_FCLOSE = fopen(path, "rbe");
    if (!stream) {
        return error_create_errno("%s", path);
    }
    struct text content = {0};
    char block[65536];
    for (size_t got = 0; (got = fread(block, 1, sizeof(block), stream)) > 0;) {
        text_append_bytes(&content, block, got);
    }
    if (ferror(stream)) {
        text_deinit(&content);
        return error_create_errno("%s", path);
    }
    *out_count = content.length;
    return text_take(&content, out_bytes);
}

/* Finds the file behind what the user gave. */
static struct error *locate(const char *path, struct compile_database *database) {
    char *here SCOPE_FREE = get_current_dir_name();
    if (!here) {
        return error_create_errno("current directory");
    }
    char *file = path_normalise(here, path);
    if (!file) {
        return error_out_of_memory();
    }
    struct stat status;
    if (stat(file, &status) != 0) {
        struct error *error =
            errno == ENOENT
                ? error_create(ERROR_USAGE, "%s: no such file or directory (wanted: compile_commands.json, or the directory that holds it)", path)
                : error_create_errno("%s", path);
        free(file);
        return error;
    }
    if (S_ISDIR(status.st_mode)) {
        char *inside = path_normalise(file, "compile_commands.json");
        free(file);
        if (!inside) {
            return error_out_of_memory();
        }
        file = inside;
        if (stat(file, &status) != 0) {
            struct error *error =
                error_create(ERROR_USAGE, "%s: no compile_commands.json there (CMake: -DCMAKE_EXPORT_COMPILE_COMMANDS=ON; make: bear -- make)", path);
            free(file);
            return error;
        }
    }
    database->file = file;
    database->directory = path_normalise(file, "..");
    return database->directory ? NULL : error_out_of_memory();
}

struct error *compile_database_read(const char *path, struct compile_database **out_database) {
    struct compile_database *database = calloc(1, sizeof(*database));
    if (!database) {
        return error_out_of_memory();
    }
    char *bytes SCOPE_FREE = NULL;
    size_t count = 0;
    struct error *error = locate(path, database);
    if (!error) {
        error = read_file(database->file, &bytes, &count);
    }
    if (!error) {
        error = read_entries(database, bytes, count);
    }
    if (error) {
        compile_database_destroy(database);
        return error;
    }
    settle_entries(database);
    *out_database = database;
    return NULL;
}
