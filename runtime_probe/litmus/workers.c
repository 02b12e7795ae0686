#include "workers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spillscope/scope.h"

enum { JOBS_MAX = 256 };

struct worker {
    pid_t pid;  /* 0 = free */
    int output; /* read end of its pipe */
    size_t index;
    size_t length;
    char message[WORKERS_MESSAGE];
};

struct pool {
    const struct workers_request *request;
    struct worker *list;
    unsigned jobs;
    size_t next; /* piece of work to start */
    unsigned running;
};

/* The child's side: never returns. */
static void worker_work(const struct workers_request *request, size_t index, int output, pid_t parent) {
    char message[WORKERS_MESSAGE] = "";
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0); /* Ctrl-C is for the parent, which ends its children */
    if (getppid() != parent) {
        _exit(2);
    }
    request->work(request->context, index, message);
    size_t length = strlen(message) + 1;
    ssize_t written = write(output, message, length); /* at most PIPE_BUF: in one piece */
    _exit(written == (ssize_t)length ? 0 : 2);
}

static struct error *worker_start(struct pool *pool, struct worker *worker) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return error_create_errno("cannot start a worker");
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        worker_work(pool->request, pool->next, ends[1], parent);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return error_create_errno("cannot start a worker");
    }
    *worker = (struct worker){.pid = pid, .output = ends[0], .index = pool->next++};
    pool->running++;
    return NULL;
}

static struct error *worker_end(struct pool *pool, struct worker *worker) {
    bool whole = worker->length > 0 && worker->message[worker->length - 1] == 0;
    close(worker->output);
    waitpid(worker->pid, NULL, 0);
    worker->pid = 0;
    pool->running--;
    return pool->request->done(pool->request->context, worker->index, whole ? worker->message : "", !whole);
}

static struct error *pool_receive(struct pool *pool, struct worker *worker) {
    ssize_t got = read(worker->output, worker->message + worker->length, sizeof worker->message - worker->length);
    if (got < 0 && errno == EINTR) {
        return NULL;
    }
    worker->length += got > 0 ? (size_t)got : 0;
    return got > 0 && worker->length < sizeof worker->message ? NULL : worker_end(pool, worker);
}

/* Waits for one message, or for the wake descriptor. */
static struct error *pool_wait(struct pool *pool, bool *out_woken) {
    struct pollfd polls[JOBS_MAX + 1];
    struct worker *workers[JOBS_MAX + 1];
    nfds_t count = 0;
    for (unsigned i = 0; i < pool->jobs; i++) {
        if (pool->list[i].pid) {
            workers[count] = &pool->list[i];
            polls[count++] = (struct pollfd){.fd = pool->list[i].output, .events = POLLIN};
        }
    }
    polls[count] = (struct pollfd){.fd = pool->request->wake_descriptor, .events = POLLIN};
    if (poll(polls, count + 1, -1) < 0) {
        return errno == EINTR ? NULL : error_create_errno("poll");
    }
    *out_woken = polls[count].revents != 0;
    struct error *error = NULL;
    for (nfds_t i = 0; !error && !*out_woken && i < count; i++) {
        error = polls[i].revents ? pool_receive(pool, workers[i]) : NULL;
    }
    return error;
}

static void pool_end(struct pool *pool) {
    for (unsigned i = 0; i < pool->jobs; i++) {
        struct worker *worker = &pool->list[i];
        if (worker->pid) {
            kill(worker->pid, SIGTERM);
            close(worker->output);
            waitpid(worker->pid, NULL, 0);
        }
    }
}

struct error *workers_run(const struct workers_request *request, bool *out_woken) {
    unsigned jobs = request->jobs < 1 ? 1 : request->jobs > JOBS_MAX ? JOBS_MAX : request->jobs;
    struct worker *list SCOPE_FREE = calloc(jobs, sizeof *list);
    struct pool pool = {.request = request, .list = list, .jobs = jobs};
    struct error *error = list ? NULL : error_out_of_memory();
    bool woken = false;
    while (!error && !woken && (pool.running || pool.next < request->count)) {
        for (unsigned i = 0; !error && i < jobs && pool.next < request->count; i++) {
            error = list[i].pid ? NULL : worker_start(&pool, &list[i]);
        }
        if (!error) {
            error = pool_wait(&pool, &woken);
        }
    }
    if (list) {
        pool_end(&pool);
    }
    *out_woken = woken;
    return error;
}
