#include "worker.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "spillscope/scope.h"
#include "spillscope/text.h"

#define BATCH_LIMIT 32

/* One running process and the part of its output that is no whole line yet. */
struct worker {
    pid_t process; /* 0 = idle */
    int output;
    size_t batch[BATCH_LIMIT]; /* job numbers */
    size_t batch_count;
    size_t started;   /* how many of the batch were started */
    bool in_unit;     /* batch[started - 1] is being parsed */
    int64_t deadline; /* milliseconds */
    bool timed_out;
    struct text line;
    struct text stray; /* first line that is no report: why it would not start */
    char *batch_file;
};

/* State of one worker_run. */
struct pool {
    const struct worker_plan *plan;
    struct worker_job *jobs;
    size_t count;
    size_t *queue; /* job numbers not given out yet */
    size_t queued;
    size_t done;
    struct worker *workers;
};

static int64_t now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void job_end(struct pool *pool, size_t job, const char *message) {
    if (pool->jobs[job].done) {
        return;
    }
    pool->jobs[job].done = true;
    free(pool->jobs[job].message);
    pool->jobs[job].message = message ? strdup(message) : NULL;
    pool->done++;
    if (pool->plan->advance) {
        pool->plan->advance(pool->plan->context, pool->done);
    }
}

static struct error *batch_write(struct pool *pool, struct worker *worker) {
    FILE *stream = fopen(worker->batch_file, "we");
    if (!stream) {
        return error_create_errno("%s", worker->batch_file);
    }
    for (size_t i = 0; i < worker->batch_count; i++) {
        const struct worker_job *job = &pool->jobs[worker->batch[i]];
        fprintf(stream, "%zu\t%s\n", job->entry, job->output);
    }
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        return error_create_errno("%s", worker->batch_file);
    }
    return NULL;
}

static struct error *worker_spawn(struct pool *pool, struct worker *worker) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return error_create_errno("pipe");
    }
    char *arguments[] = {
        (char *)pool->plan->program, "--compile-commands", (char *)pool->plan->compile_commands, "--jobs-file", worker->batch_file, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    int failure = posix_spawn(&worker->process, pool->plan->program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (failure) {
        close(ends[0]);
        worker->process = 0;
        errno = failure;
        return error_create_errno("%s", pool->plan->program);
    }
    worker->output = ends[0];
    return NULL;
}

/* Gives an idle worker its next batch, small enough that all end at about the same time. */
static struct error *worker_start(struct pool *pool, struct worker *worker) {
    size_t share = pool->queued / ((size_t)pool->plan->processes * 3) + 1;
    worker->batch_count = share < BATCH_LIMIT ? share : BATCH_LIMIT;
    pool->queued -= worker->batch_count;
    for (size_t i = 0; i < worker->batch_count; i++) {
        worker->batch[i] = pool->queue[pool->queued + worker->batch_count - 1 - i];
    }
    worker->started = 0;
    worker->in_unit = false;
    worker->timed_out = false;
    worker->deadline = now_milliseconds() + (int64_t)pool->plan->timeout_seconds * 1000;
    text_clear(&worker->line);
    text_clear(&worker->stray);
    struct error *error = batch_write(pool, worker);
    return error ? error : worker_spawn(pool, worker);
}

/* One line of a worker's report. */
static void worker_hear(struct pool *pool, struct worker *worker, const char *line) {
    size_t entry = 0;
    int used = 0;
    if (sscanf(line, "start %zu%n", &entry, &used) == 1 && line[used] == '\0' && worker->started < worker->batch_count &&
        pool->jobs[worker->batch[worker->started]].entry == entry) {
        if (worker->started == 0) {
            unlink(worker->batch_file); /* it was read: nothing stays behind when this process is killed */
        }
        worker->started++;
        worker->in_unit = true;
        worker->deadline = now_milliseconds() + (int64_t)pool->plan->timeout_seconds * 1000;
        return;
    }
    size_t job = worker->started ? worker->batch[worker->started - 1] : 0;
    if (worker->in_unit && sscanf(line, "ok %zu%n", &entry, &used) == 1 && line[used] == '\0' && pool->jobs[job].entry == entry) {
        worker->in_unit = false;
        job_end(pool, job, NULL);
    } else if (worker->in_unit && sscanf(line, "failed %zu %n", &entry, &used) == 1 && used > 0 && pool->jobs[job].entry == entry) {
        worker->in_unit = false;
        job_end(pool, job, line + used);
    } else if (worker->stray.length == 0) {
        text_append(&worker->stray, line);
    }
}

/* Reads what is there; false at the end of the output. */
static bool worker_read(struct pool *pool, struct worker *worker) {
    char block[4096];
    ssize_t got = read(worker->output, block, sizeof(block));
    if (got < 0) {
        return errno == EINTR || errno == EAGAIN;
    }
    for (ssize_t i = 0; i < got; i++) {
        if (block[i] == '\n') {
            worker_hear(pool, worker, text_string(&worker->line));
            text_clear(&worker->line);
        } else if (worker->line.length < 65536) {
            text_append_char(&worker->line, block[i]);
        }
    }
    return got > 0;
}

/* After the end of the output: names the unit that killed it, gives back what was not started. */
static struct error *worker_reap(struct pool *pool, struct worker *worker) {
    int status = 0;
    close(worker->output);
    while (waitpid(worker->process, &status, 0) < 0 && errno == EINTR) {
    }
    worker->process = 0;
    char reason[128];
    if (worker->timed_out) {
        snprintf(reason, sizeof(reason), "took longer than %u seconds", pool->plan->timeout_seconds);
    } else if (WIFSIGNALED(status)) {
        snprintf(reason, sizeof(reason), "the parser crashed: %s", strsignal(WTERMSIG(status)));
    } else {
        snprintf(reason, sizeof(reason), "the parser ended early with exit code %d", WEXITSTATUS(status));
    }
    if (worker->in_unit) {
        job_end(pool, worker->batch[worker->started - 1], reason);
    }
    if (worker->started == 0) {
        return error_create(ERROR_IO, "%s: %s%s%s", pool->plan->program, reason, worker->stray.length ? ": " : "", text_string(&worker->stray));
    }
    for (size_t i = worker->batch_count; i > worker->started; i--) {
        pool->queue[pool->queued++] = worker->batch[i - 1];
    }
    return NULL;
}

static struct error *pool_turn(struct pool *pool, struct pollfd *polls) {
    size_t processes = (size_t)pool->plan->processes;
    int64_t wait = 1000;
    for (size_t i = 0; i < processes; i++) {
        struct worker *worker = &pool->workers[i];
        if (!worker->process && pool->queued) {
            struct error *error = worker_start(pool, worker);
            if (error) {
                return error;
            }
        }
        polls[i] = (struct pollfd){.fd = worker->process ? worker->output : -1, .events = POLLIN};
        int64_t left = worker->deadline - now_milliseconds();
        if (worker->process && !worker->timed_out && left <= 0) {
            worker->timed_out = true;
            kill(worker->process, SIGKILL);
        } else if (worker->process && left < wait) {
            wait = left > 0 ? left : 0;
        }
    }
    if (poll(polls, processes, (int)wait) < 0 && errno != EINTR) {
        return error_create_errno("poll");
    }
    for (size_t i = 0; i < processes; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->process && (polls[i].revents & (POLLIN | POLLHUP | POLLERR)) && !worker_read(pool, worker)) {
            struct error *error = worker_reap(pool, worker);
            if (error) {
                return error;
            }
        }
    }
    return NULL;
}

static void pool_deinit(struct pool *pool) {
    for (size_t i = 0; pool->workers && i < (size_t)pool->plan->processes; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->process) {
            kill(worker->process, SIGKILL);
            while (waitpid(worker->process, NULL, 0) < 0 && errno == EINTR) {
            }
            close(worker->output);
        }
        if (worker->batch_file) {
            unlink(worker->batch_file);
        }
        free(worker->batch_file);
        text_deinit(&worker->line);
        text_deinit(&worker->stray);
    }
    free(pool->workers);
    free(pool->queue);
}

struct error *worker_run(const struct worker_plan *plan, struct worker_job *jobs, size_t count) {
    size_t processes = (size_t)plan->processes;
    struct pool pool = {.plan = plan, .jobs = jobs, .count = count};
    struct pollfd *polls SCOPE_FREE = calloc(processes, sizeof(*polls));
    pool.queue = calloc(count + 1, sizeof(*pool.queue));
    pool.workers = calloc(processes, sizeof(*pool.workers));
    struct error *error = polls && pool.queue && pool.workers ? NULL : error_out_of_memory();
    for (size_t i = 0; !error && i < processes; i++) {
        if (asprintf(&pool.workers[i].batch_file, "%s/batch-%ld-%zu", plan->scratch, (long)getpid(), i) < 0) {
            pool.workers[i].batch_file = NULL;
            error = error_out_of_memory();
        }
    }
    for (size_t i = 0; !error && i < count; i++) {
        pool.queue[pool.queued++] = count - 1 - i; /* taken from the end: the first job first */
    }
    while (!error && pool.done < count) {
        error = pool_turn(&pool, polls);
    }
    pool_deinit(&pool);
    return error;
}
