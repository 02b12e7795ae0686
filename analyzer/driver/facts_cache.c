#include "spillscope/facts_cache.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compile_database.h"
#include "spillscope/scope.h"

#define LEFT_BEHIND_SECONDS (24 * 60 * 60)

struct cached {
    char *name;
    uint64_t bytes;
    struct timespec used;
};

struct cache {
    int directory; /* descriptor */
    struct cached *items;
    size_t count;
};

static void cache_deinit(struct cache *cache) {
    for (size_t i = 0; i < cache->count; i++) {
        free(cache->items[i].name);
    }
    free(cache->items);
    if (cache->directory >= 0) {
        close(cache->directory);
    }
}

static int compare_use(const void *one, const void *other) {
    const struct cached *a = one;
    const struct cached *b = other;
    if (a->used.tv_sec != b->used.tv_sec) {
        return a->used.tv_sec < b->used.tv_sec ? -1 : 1;
    }
    if (a->used.tv_nsec != b->used.tv_nsec) {
        return a->used.tv_nsec < b->used.tv_nsec ? -1 : 1;
    }
    return strcmp(a->name, b->name);
}

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name);
    return length > strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

/* Batches of workers and indices that were not finished. */
static bool is_scratch(const char *name) {
    return strncmp(name, "batch-", 6) == 0 || (strncmp(name, "index.", 6) == 0 && ends_with(name, ".tmp"));
}

static struct error *cache_add(struct cache *cache, const char *name, const struct stat *status) {
    if ((cache->count & (cache->count - 1)) == 0) {
        struct cached *grown = realloc(cache->items, (cache->count ? cache->count * 2 : 1) * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        cache->items = grown;
    }
    char *copy = strdup(name);
    if (!copy) {
        return error_out_of_memory();
    }
    bool read_later = status->st_atim.tv_sec > status->st_mtim.tv_sec;
    cache->items[cache->count++] = (struct cached){copy, (uint64_t)status->st_size, read_later ? status->st_atim : status->st_mtim};
    return NULL;
}

static struct error *cache_read(const char *path, bool dry, struct cache *cache) {
    cache->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = cache->directory >= 0 ? fdopendir(dup(cache->directory)) : NULL;
    if (!listing) {
        return errno == ENOENT || errno == ENOTDIR ? error_create(ERROR_USAGE, "%s: no cache of facts is there", path)
                                                   : error_create_errno("cache %s", path);
    }
    struct error *error = NULL;
    time_t now = time(NULL);
    for (const struct dirent *entry = NULL; !error && (entry = readdir(listing)) != NULL;) {
        struct stat status;
        if (fstatat(cache->directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) {
            continue;
        }
        if (is_scratch(entry->d_name) && status.st_mtime < now - LEFT_BEHIND_SECONDS) {
            if (!dry) {
                unlinkat(cache->directory, entry->d_name, 0);
            }
        } else if (ends_with(entry->d_name, ".facts")) {
            error = cache_add(cache, entry->d_name, &status);
        }
    }
    closedir(listing);
    if (cache->count) {
        qsort(cache->items, cache->count, sizeof *cache->items, compare_use);
    }
    return error;
}

struct error *facts_cache_directory(const char *compile_commands, char **out_directory) {
    char *here SCOPE_FREE = get_current_dir_name();
    char *path SCOPE_FREE = here ? path_normalise(here, compile_commands) : NULL;
    struct stat status;
    if (!path) {
        return error_out_of_memory();
    }
    bool is_file = stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
    *out_directory = path_normalise(path, is_file ? "../.spillscope/facts" : ".spillscope/facts");
    return *out_directory ? NULL : error_out_of_memory();
}

struct error *facts_cache_prune(const char *directory, uint64_t limit, time_t since, bool dry, struct facts_cache_usage *out_usage) {
    struct cache cache __attribute__((cleanup(cache_deinit))) = {.directory = -1};
    struct facts_cache_usage usage = {0};
    struct error *error = cache_read(directory, dry, &cache);
    for (size_t i = 0; !error && i < cache.count; i++) {
        usage.bytes += cache.items[i].bytes;
    }
    for (size_t i = 0; !error && i < cache.count; i++) {
        const struct cached *item = &cache.items[i];
        if (usage.bytes <= limit && limit) {
            break;
        }
        if (item->used.tv_sec >= since) {
            continue;
        }
        if (dry || unlinkat(cache.directory, item->name, 0) == 0) {
            usage.removed++;
            usage.removed_bytes += item->bytes;
            usage.bytes -= item->bytes;
        } else if (errno != ENOENT) {
            error = error_create_errno("cache %s: cannot remove %s", directory, item->name);
        }
    }
    if (!error && limit == 0 && !dry && unlinkat(cache.directory, "index", 0) != 0 && errno != ENOENT) {
        error = error_create_errno("cache %s: cannot remove the index", directory);
    }
    if (!error) {
        usage.files = cache.count - usage.removed;
        *out_usage = usage;
    }
    return error;
}

void facts_cache_use(const char *facts_path) {
    /* By the time of access, which mounts without it keep too when it is set: the other one tells when the facts were made. */
    const struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
    utimensat(AT_FDCWD, facts_path, times, 0); /* where it may not be written, it may not be pruned either */
}
