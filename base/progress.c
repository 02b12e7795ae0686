#include "spillscope/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_QUIET_SECONDS 2.0    /* nothing is drawn before */
#define PROGRESS_TERMINAL_SECONDS 0.1 /* between redraws on a terminal */
#define PROGRESS_PLAIN_SECONDS 10.0   /* between lines elsewhere */

struct progress {
    char *what;
    size_t total;
    bool terminal;
    bool drawn;     /* a line stands on the terminal */
    double started; /* seconds, monotonic */
    double shown;   /* when the last line was drawn */
};

static double now_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct progress *progress_create(const char *what, size_t total) {
    struct progress *progress = calloc(1, sizeof *progress);
    if (!progress) {
        return NULL;
    }
    progress->what = strdup(what);
    if (!progress->what) {
        free(progress);
        return NULL;
    }
    const char *term = getenv("TERM");
    progress->total = total;
    progress->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    progress->started = now_seconds();
    return progress;
}

void progress_step(struct progress *progress, size_t done) {
    if (!progress) {
        return;
    }
    double now = now_seconds();
    double elapsed = now - progress->started;
    double pause = progress->terminal ? PROGRESS_TERMINAL_SECONDS : PROGRESS_PLAIN_SECONDS;
    if (elapsed < PROGRESS_QUIET_SECONDS || now - progress->shown < pause) {
        return;
    }
    progress->shown = now;
    char count[96];
    if (progress->total) {
        double left = done ? elapsed * (double)(progress->total - done) / (double)done : 0;
        snprintf(count, sizeof count, "%zu/%zu (%zu%%), %.0f s left", done, progress->total, done * 100 / progress->total, left);
    } else {
        snprintf(count, sizeof count, "%zu, %.0f s", done, elapsed);
    }
    fprintf(stderr, progress->terminal ? "\r\033[K%s: %s" : "%s: %s\n", progress->what, count);
    fflush(stderr);
    progress->drawn = progress->terminal;
}

void progress_destroy(struct progress *progress) {
    if (!progress) {
        return;
    }
    if (progress->drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    free(progress->what);
    free(progress);
}
