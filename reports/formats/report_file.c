#include "spillscope/report_file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "spillscope/scope.h"

static struct error *stream_write(FILE *stream, const char *path, const struct text *text) {
    if (fwrite(text_string(text), 1, text->length, stream) != text->length || fflush(stream) != 0) {
        return error_create_errno("%s", path);
    }
    return NULL;
}

/* Writes beside the file, and takes its place when all is written. Errors name the file that was asked for. */
static struct error *file_replace(const char *path, const struct text *text) {
    struct text beside __attribute__((cleanup(text_deinit))) = {0};
    text_append_format(&beside, "%s.%ld.part", path, (long)getpid());
    const char *name = text_string(&beside);
    FILE *stream = fopen(name, "wx");
    if (!stream) {
        return error_create_errno("%s", path);
    }
    struct error *error = stream_write(stream, path, text);
    if (fclose(stream) != 0 && !error) {
        error = error_create_errno("%s", path);
    }
    if (!error && rename(name, path) != 0) {
        error = error_create_errno("%s", path);
    }
    if (error) {
        unlink(name);
    }
    return error;
}

struct error *report_file_write(const char *path, const struct text *text) {
    struct stat status;
    if (strcmp(path, "-") == 0) {
        return stream_write(stdout, "standard output", text);
    }
    /* A device or a pipe cannot be replaced by a file. */
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        FILE *stream SCOPE_FCLOSE = fopen(path, "w");
        return stream ? stream_write(stream, path, text) : error_create_errno("%s", path);
    }
    /* Who ends the program now ends it when the file is whole: nothing half is left, at the place or beside it. */
    sigset_t ending, before;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    sigprocmask(SIG_BLOCK, &ending, &before);
    struct error *error = file_replace(path, text);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return error;
}
