/* Files: named byte sequences in a volume, a RAM file system that exists as long as a client holds it.
 * Paths are absolute, at most FILE_PATH_MAX - 1 characters, parts at most FILE_NAME_MAX - 1. */
#ifndef API_FILE_H
#define API_FILE_H

#include <api/status.h>
#include <objects/file.h>
#include <spillscope_contracts.h>
#include <stddef.h>

enum {
    FILE_PATH_MAX = 64,
    FILE_NAME_MAX = 16,
    FILE_SIZE_MAX = 16384 /* bytes */
};

/* Flags of file_open. */
enum {
    FILE_READ = 1,
    FILE_WRITE = 2,
    FILE_CREATE = 4,    /* make it if it does not exist */
    FILE_EXCLUSIVE = 8, /* with FILE_CREATE: fail if it exists */
    FILE_APPEND = 16    /* every write goes to the end */
};

enum file_whence { FILE_FROM_START, FILE_FROM_HERE, FILE_FROM_END };
enum file_kind { FILE_REGULAR = 1, FILE_DIRECTORY = 2 };

struct file_status {
    uint32_t kind;    /* enum file_kind */
    uint32_t version; /* grows with every change of the contents */
    uint64_t size;    /* bytes; of a directory: entries */
};

struct directory_entry {
    char name[FILE_NAME_MAX];
    uint32_t kind;
};

/* A new, empty volume. */
status_t volume_create(struct volume *volume SPILLSCOPE_ACQUIRES);
/* Gives the client's share of it up; the volume ends with its last client and open file. */
status_t volume_close(struct volume *volume SPILLSCOPE_RELEASES);

status_t file_open(struct volume *volume, struct file *file SPILLSCOPE_ACQUIRES, const char *path, uint32_t flags);
status_t file_close(struct file *file SPILLSCOPE_RELEASES);
/* Reads from the position on; `done` may be less than `size`, and is 0 at the end. */
status_t file_read(struct file *file, void *data, size_t size, size_t *done);
/* Writes at the position; STATUS_FULL if FILE_SIZE_MAX would be passed. */
status_t file_write(struct file *file, const void *data, size_t size, size_t *done);
status_t file_seek(struct file *file, int64_t offset, enum file_whence whence, uint64_t *position);
status_t file_stat(struct file *file, struct file_status *result);
/* Cuts or extends (with zeros) to `size` bytes. */
status_t file_truncate(struct file *file, uint64_t size);

status_t file_unlink(struct volume *volume, const char *path);
status_t file_rename(struct volume *volume, const char *from, const char *to);

status_t directory_create(struct volume *volume, const char *path);
status_t directory_remove(struct volume *volume, const char *path);
status_t directory_open(struct volume *volume, struct directory *directory SPILLSCOPE_ACQUIRES, const char *path);
/* The next entry in order of creation; STATUS_EMPTY after the last. */
status_t directory_next(struct directory *directory, struct directory_entry *entry);
status_t directory_close(struct directory *directory SPILLSCOPE_RELEASES);

static indivisible void volume_drop(struct volume *volume SPILLSCOPE_RELEASES) {
    (void)volume_close(volume);
}

static indivisible void file_drop(struct file *file SPILLSCOPE_RELEASES) {
    (void)file_close(file);
}

static indivisible void directory_drop(struct directory *directory SPILLSCOPE_RELEASES) {
    (void)directory_close(directory);
}

#endif
