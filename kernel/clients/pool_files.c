#include <clients/pool.h>
#include <clients/text.h>

static const char *const paths[] = {"/a",         "/b",
                                    "/c",         "/d",
                                    "/d/a",       "/d/b",
                                    "/d/e",       "/d/e/f",
                                    "/e",         "/e/a",
                                    "/",          "",
                                    "relative",   "/a/x",
                                    "/none/x",    "/d/",
                                    "//a",        "/sixteen-letters!",
                                    "/d/e/f/g/h", "/a-path-that-is-longer-than-any-path-may-be-and-has-no-end-at-all-so-far"};

static uint64_t below(struct pool *pool, uint64_t limit) {
    return worker_random(&pool->worker, limit);
}

/* Mostly one of the first, which may exist. */
static const char *path(struct pool *pool) {
    return paths[below(pool, below(pool, 4) == 0 ? sizeof paths / sizeof paths[0] : 10)];
}

static void content(struct pool *pool) {
    struct file *file = &pool->files[below(pool, POOL)];
    struct file_status status;
    uint8_t data[300] = {1};
    uint64_t position;
    size_t done;
    static const int64_t offsets[] = {0, 1, 200, FILE_SIZE_MAX - 100, FILE_SIZE_MAX, FILE_SIZE_MAX + 1, -1, -50, INT64_MIN, INT64_MAX};
    static const uint64_t sizes[] = {0, 1, 100, 5000, FILE_SIZE_MAX, FILE_SIZE_MAX + 1, UINT64_MAX};
    switch (below(pool, 9)) {
    case 0:
    case 1:
        ASK(pool, file_write(file, data, below(pool, sizeof data), &done));
        break;
    case 2:
    case 3:
        ASK(pool, file_read(file, data, below(pool, sizeof data), &done));
        break;
    case 4:
    case 5:
        ASK(pool, file_seek(file, offsets[below(pool, 10)], (enum file_whence)below(pool, 3), &position));
        break;
    case 6:
        ASK(pool, file_stat(file, &status));
        break;
    case 7:
        ASK(pool, file_truncate(file, sizes[below(pool, 7)]));
        break;
    default:
        ASK(pool, file_close(file));
        break;
    }
}

static void names(struct pool *pool, struct volume *volume) {
    struct file *file = &pool->files[below(pool, POOL)];
    struct directory *directory = &pool->directories[below(pool, 2)];
    struct directory_entry entry;
    uint32_t flags = below(pool, 3) == 0 ? (uint32_t)below(pool, 33) : FILE_READ | FILE_WRITE | FILE_CREATE;
    switch (below(pool, 9)) {
    case 0:
    case 1:
        ASK(pool, file_close(file));
        ASK(pool, file_open(volume, file, path(pool), flags));
        break;
    case 2:
        ASK(pool, file_unlink(volume, path(pool)));
        break;
    case 3:
        ASK(pool, file_rename(volume, path(pool), path(pool)));
        break;
    case 4:
        ASK(pool, directory_create(volume, path(pool)));
        break;
    case 5:
        ASK(pool, directory_remove(volume, path(pool)));
        break;
    case 6:
        ASK(pool, directory_close(directory));
        ASK(pool, directory_open(volume, directory, path(pool)));
        break;
    case 7:
        ASK(pool, directory_next(directory, &entry));
        break;
    default:
        ASK(pool, directory_close(directory));
        break;
    }
}

void pool_files(struct pool *pool) {
    struct volume *ours = &pool->volumes[below(pool, 2)];
    struct volume *volume = below(pool, 3) == 0 ? &pool->worker.start->volume : ours;
    switch (below(pool, 12)) {
    case 0:
        ASK(pool, volume_close(ours));
        ASK(pool, volume_create(ours));
        break;
    case 1:
        ASK(pool, volume_close(ours));
        break;
    case 2:
    case 3:
    case 4:
    case 5:
        content(pool);
        break;
    default:
        names(pool, volume);
        break;
    }
}

void pool_empty(struct pool *pool) {
    for (int i = 0; i < POOL; i++) {
        child_drop(&pool->children[i]);
        memory_region_drop(&pool->regions[i]);
        channel_end_drop(&pool->ends[2 * i]);
        channel_end_drop(&pool->ends[2 * i + 1]);
        file_drop(&pool->files[i]);
        timer_drop(&pool->timers[i]);
        semaphore_drop(&pool->semaphores[i]);
        queue_drop(&pool->queues[i]);
        subscription_drop(&pool->subscriptions[i]);
    }
    for (int i = 0; i < 2; i++) {
        directory_drop(&pool->directories[i]);
        volume_drop(&pool->volumes[i]);
        timer_set_drop(&pool->sets[i]);
        topic_drop(&pool->topics[i]);
        device_drop(&pool->devices[i]);
        interrupt_line_drop(&pool->lines[i]);
    }
}
