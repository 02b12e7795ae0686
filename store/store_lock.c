#include "store_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TRIES 40 /* times LOCK_PAUSE_NANOSECONDS: two seconds */
#define LOCK_PAUSE_NANOSECONDS 50000000L

static struct error *lock_path(const char *database, char path[static PATH_MAX]) {
    int length = snprintf(path, PATH_MAX, "%s-lock", database);
    return length < PATH_MAX ? NULL : error_create(ERROR_USAGE, "%s: path too long", database);
}

/* A releaser removes the file: a lock on a removed file is worth nothing. */
static bool lock_is_current(const char *path, int descriptor) {
    struct stat held;
    struct stat named;
    return fstat(descriptor, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

struct error *store_lock_acquire(const char *database, int *out_descriptor) {
    char path[PATH_MAX];
    struct error *error = lock_path(database, path);
    for (int attempt = 0; !error && attempt < LOCK_TRIES; attempt++) {
        int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor < 0) {
            return error_create_errno("cannot create lock file %s", path);
        }
        if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && lock_is_current(path, descriptor)) {
            *out_descriptor = descriptor;
            return NULL;
        }
        close(descriptor);
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NANOSECONDS}, NULL);
    }
    return error ? error : error_create(ERROR_DATABASE, "%s: another spillscope is writing to it; wait for it or choose another --db", database);
}

void store_lock_release(const char *database, int descriptor) {
    char path[PATH_MAX];
    struct error *error = lock_path(database, path);
    if (descriptor >= 0 && !error) {
        unlink(path);
        close(descriptor);
    }
    error_destroy(error);
}
