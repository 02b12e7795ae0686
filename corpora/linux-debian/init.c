/*
 * The first and only program of the guest: exercises the system calls that the manifest names as transactions, each in every round with success and,
 * where it can fail, with failure. It prints "workload: done" and turns the machine off. With an argument "module=NAME" each round
 * loads /NAME.ko, uses it where it is known how, and unloads it again; with "beside=OTHER" every second one while /OTHER.ko is loaded.
 * getsid and getpriority mark where the run begins and ends: nothing else calls them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 24, NOBODY_FD = 900, NOBODY_ID = 0x7ffffff0 };

static int failures; /* calls that did not do what the round expects */

static long expect(long result, int wanted_errno, const char *what) {
    int got = result < 0 ? errno : 0;
    if (got != wanted_errno) {
        printf("workload: %s gave error %d instead of %d\n", what, got, wanted_errno);
        failures++;
    }
    return result;
}
#define GOOD(call) expect((long)(call), 0, #call)
#define FAIL(error, call) expect((long)(call), error, #call)

struct message {
    long type;
    char text[64];
};

static void message_queues(int round) {
    struct message message = {1 + round % 3, "a message"};
    struct msqid_ds status;
    int key = 100 + round % 4;
    int queue = (int)GOOD(msgget(key, IPC_CREAT | IPC_EXCL | 0600));
    FAIL(EEXIST, msgget(key, IPC_CREAT | IPC_EXCL | 0600));
    FAIL(ENOENT, msgget(key + 50, 0));
    GOOD(msgsnd(queue, &message, 16 + (size_t)round, IPC_NOWAIT));
    GOOD(msgsnd(queue, &message, 8, IPC_NOWAIT));
    FAIL(EINVAL, msgsnd(NOBODY_ID, &message, 8, IPC_NOWAIT));
    GOOD(msgctl(queue, IPC_STAT, &status));
    status.msg_qbytes -= 1;
    GOOD(msgctl(queue, IPC_SET, &status));
    GOOD(msgrcv(queue, &message, sizeof message.text, 0, IPC_NOWAIT));
    GOOD(msgrcv(queue, &message, sizeof message.text, 0, IPC_NOWAIT));
    FAIL(ENOMSG, msgrcv(queue, &message, sizeof message.text, 0, IPC_NOWAIT));
    GOOD(msgctl(queue, IPC_RMID, NULL));
    FAIL(EINVAL, msgctl(queue, IPC_RMID, NULL));
}

static void semaphores(int round) {
    struct sembuf up = {0, (short)(1 + round % 2), SEM_UNDO};
    struct sembuf down = {0, -1, IPC_NOWAIT};
    struct sembuf down_undo = {0, -1, IPC_NOWAIT | SEM_UNDO};
    struct timespec now = {0, 0};
    int array = (int)GOOD(semget(IPC_PRIVATE, 3, 0600));
    FAIL(ENOENT, semget(4711, 3, 0));
    GOOD(syscall(SYS_semop, array, &up, 1));
    GOOD(syscall(SYS_semop, array, &down, 1));
    FAIL(EINVAL, syscall(SYS_semop, NOBODY_ID, &up, 1));
    GOOD(semctl(array, 0, SETVAL, 1));
    GOOD(syscall(SYS_semtimedop, array, &down_undo, 1, &now));
    FAIL(EAGAIN, syscall(SYS_semtimedop, array, &down, 1, &now));
    GOOD(semctl(array, 0, GETVAL));
    GOOD(semctl(array, 0, IPC_RMID));
    FAIL(EINVAL, semctl(array, 0, IPC_RMID));
}

static void shared_memory(int round) {
    struct shmid_ds status;
    int segment = (int)GOOD(shmget(IPC_PRIVATE, 4096u * (1 + (unsigned)round % 3), 0600));
    FAIL(ENOENT, shmget(4712, 4096, 0));
    char *at = shmat(segment, NULL, 0);
    GOOD(at == (void *)-1 ? -1 : 0);
    at[0] = 1;
    FAIL(EINVAL, (long)shmat(NOBODY_ID, NULL, 0));
    GOOD(shmctl(segment, IPC_STAT, &status));
    GOOD(shmdt(at));
    FAIL(EINVAL, shmdt(at));
    GOOD(shmctl(segment, IPC_RMID, NULL));
    FAIL(EINVAL, shmctl(segment, IPC_RMID, NULL));
}

static void posix_queues(int round) {
    struct mq_attr attributes = {.mq_maxmsg = 4, .mq_msgsize = 64};
    struct timespec past = {0, 0};
    char text[64] = "posix";
    unsigned priority = 0;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    int queue = (int)GOOD(syscall(SYS_mq_open, "queue", O_CREAT | O_RDWR | O_NONBLOCK, 0600, &attributes));
    FAIL(ENOENT, syscall(SYS_mq_open, "nobody", O_RDWR, 0, NULL));
    GOOD(syscall(SYS_mq_notify, queue, &event));
    GOOD(syscall(SYS_mq_timedsend, queue, text, 5, round % 4, &past));
    GOOD(syscall(SYS_mq_timedreceive, queue, text, sizeof text, &priority, &past));
    FAIL(EAGAIN, syscall(SYS_mq_timedreceive, queue, text, sizeof text, &priority, &past));
    FAIL(EBADF, syscall(SYS_mq_timedsend, NOBODY_FD, text, 5, 0, &past));
    GOOD(syscall(SYS_mq_getsetattr, queue, &attributes, &attributes));
    FAIL(EBADF, syscall(SYS_mq_getsetattr, NOBODY_FD, NULL, &attributes));
    FAIL(EBADF, syscall(SYS_mq_notify, NOBODY_FD, &event));
    GOOD(close(queue));
    GOOD(syscall(SYS_mq_unlink, "queue"));
    FAIL(ENOENT, syscall(SYS_mq_unlink, "queue"));
}

static volatile sig_atomic_t handled;
static void on_signal(int number) {
    handled += number;
}

static void signals(int round) {
    struct sigaction action = {.sa_handler = on_signal};
    struct timespec now = {0, 0};
    sigset_t set;
    sigset_t old;
    siginfo_t info = {.si_code = SI_QUEUE};
    stack_t stack = {.ss_sp = malloc(SIGSTKSZ), .ss_size = (size_t)SIGSTKSZ};
    int which = SIGRTMIN + 2 + round % 3;
    GOOD(sigaction(SIGUSR1, &action, NULL));
    FAIL(EINVAL, syscall(SYS_rt_sigaction, SIGKILL, &action, NULL, 8));
    GOOD(kill(getpid(), SIGUSR1));
    FAIL(ESRCH, kill(NOBODY_ID, SIGUSR1));
    sigemptyset(&set);
    sigaddset(&set, which);
    sigaddset(&set, SIGUSR2);
    GOOD(sigprocmask(SIG_BLOCK, &set, &old));
    FAIL(EINVAL, syscall(SYS_rt_sigprocmask, 99, &set, NULL, 8));
    GOOD(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR2));
    FAIL(ESRCH, syscall(SYS_tgkill, getpid(), NOBODY_ID, SIGUSR2));
    info.si_signo = which;
    GOOD(syscall(SYS_rt_sigqueueinfo, getpid(), which, &info));
    FAIL(ESRCH, syscall(SYS_rt_sigqueueinfo, NOBODY_ID, which, &info));
    GOOD(syscall(SYS_rt_sigpending, &old, 8));
    FAIL(EINVAL, syscall(SYS_rt_sigpending, &old, 99));
    GOOD(sigtimedwait(&set, &info, &now));
    GOOD(sigtimedwait(&set, &info, &now));
    FAIL(EAGAIN, sigtimedwait(&set, &info, &now));
    int descriptor = (int)GOOD(signalfd(-1, &set, SFD_NONBLOCK));
    FAIL(EINVAL, signalfd(0, &set, 0));
    GOOD(close(descriptor));
    GOOD(sigaltstack(&stack, NULL));
    stack.ss_size = 1;
    FAIL(ENOMEM, sigaltstack(&stack, NULL));
    stack.ss_flags = SS_DISABLE;
    GOOD(sigaltstack(&stack, NULL));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    free(stack.ss_sp);
}

static void files(int round) {
    char text[128] = "some text for a file, written in one piece";
    struct stat status;
    char name[32];
    struct iovec parts[2] = {{text, 10}, {text + 10, 10}};
    snprintf(name, sizeof name, "/d/file%d", round % 5);
    GOOD(syscall(SYS_mkdir, "/d", 0700));
    FAIL(EEXIST, syscall(SYS_mkdir, "/d", 0700));
    int file = (int)GOOD(open(name, O_CREAT | O_RDWR | O_EXCL, 0600));
    FAIL(EEXIST, open(name, O_CREAT | O_RDWR | O_EXCL, 0600));
    FAIL(ENOENT, open("/d/nobody", O_RDONLY));
    GOOD(write(file, text, 40));
    FAIL(EBADF, write(NOBODY_FD, text, 40));
    GOOD(writev(file, parts, 2));
    FAIL(EBADF, writev(NOBODY_FD, parts, 2));
    GOOD(lseek(file, 5, SEEK_SET));
    FAIL(EINVAL, lseek(file, -5, SEEK_SET));
    GOOD(read(file, text, 20));
    FAIL(EBADF, read(NOBODY_FD, text, 20));
    GOOD(pread(file, text, 20, 3));
    FAIL(EINVAL, pread(file, text, 20, -3));
    GOOD(pwrite(file, text, 20, 4096 * (round % 3)));
    FAIL(EBADF, pwrite(NOBODY_FD, text, 20, 0));
    GOOD(ftruncate(file, 30));
    FAIL(EINVAL, ftruncate(file, -1));
    GOOD(fchmod(file, 0644));
    FAIL(EBADF, fchmod(NOBODY_FD, 0644));
    GOOD(fsync(file));
    FAIL(EBADF, fsync(NOBODY_FD));
    GOOD(syscall(SYS_fstat, file, &status));
    FAIL(EBADF, syscall(SYS_fstat, NOBODY_FD, &status));
    int copy = (int)GOOD(dup(file));
    FAIL(EBADF, dup(NOBODY_FD));
    GOOD(dup3(file, copy + 1, O_CLOEXEC));
    FAIL(EINVAL, dup3(file, file, 0));
    GOOD(fcntl(copy, F_SETFL, O_APPEND));
    FAIL(EBADF, fcntl(NOBODY_FD, F_GETFL));
    GOOD(close(copy + 1));
    GOOD(close(copy));
    FAIL(EBADF, close(copy));
    GOOD(syscall(SYS_linkat, AT_FDCWD, name, AT_FDCWD, "/d/link", 0));
    FAIL(EEXIST, syscall(SYS_linkat, AT_FDCWD, name, AT_FDCWD, "/d/link", 0));
    GOOD(symlinkat(name, AT_FDCWD, "/d/soft"));
    FAIL(EEXIST, symlinkat(name, AT_FDCWD, "/d/soft"));
    GOOD(syscall(SYS_renameat2, AT_FDCWD, "/d/link", AT_FDCWD, "/d/renamed", 0));
    FAIL(ENOENT, syscall(SYS_renameat2, AT_FDCWD, "/d/link", AT_FDCWD, "/d/renamed", 0));
    GOOD(unlinkat(AT_FDCWD, "/d/renamed", 0));
    GOOD(unlinkat(AT_FDCWD, "/d/soft", 0));
    FAIL(ENOENT, unlinkat(AT_FDCWD, "/d/soft", 0));
    GOOD(chdir("/d"));
    GOOD(chdir("/"));
    FAIL(ENOENT, chdir("/nobody"));
    GOOD(close(file));
    GOOD(unlinkat(AT_FDCWD, name, 0));
    GOOD(unlinkat(AT_FDCWD, "/d", AT_REMOVEDIR));
}

static void processes(int round) {
    int status = 0;
    pid_t child = (pid_t)GOOD(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
    if (child == 0) {
        _exit(round % 5);
    }
    FAIL(EINVAL, syscall(SYS_clone, CLONE_SIGHAND, NULL, NULL, NULL, NULL));
    GOOD(setpgid(child, child) == 0 || errno == ESRCH || errno == EACCES ? 0 : -1);
    FAIL(ESRCH, setpgid(NOBODY_ID, 0));
    GOOD(wait4(child, &status, 0, NULL));
    FAIL(ECHILD, wait4(-1, &status, 0, NULL));
    GOOD(prctl(PR_SET_NAME, round % 2 ? "workload-odd" : "workload-even"));
    FAIL(EINVAL, prctl(PR_SET_PDEATHSIG, 4711));
    GOOD(setpriority(PRIO_PROCESS, 0, round % 3));
    FAIL(ESRCH, setpriority(PRIO_PROCESS, NOBODY_ID, 0));
    struct rlimit limit = {100 + (rlim_t)round, 1000};
    GOOD(syscall(SYS_prlimit64, 0, RLIMIT_CORE, &limit, NULL));
    FAIL(EINVAL, syscall(SYS_prlimit64, 0, 999, &limit, NULL));
    GOOD(sched_yield());
}

static void timers(int round) {
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    struct itimerspec long_time = {.it_value = {1000 + round, 0}};
    struct itimerspec bad = {.it_value = {0, -1}};
    struct itimerspec old;
    struct itimerval interval = {.it_value = {1000 + round, 0}};
    struct timespec moment = {0, 1000};
    int timer = 0;
    GOOD(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer));
    FAIL(EINVAL, syscall(SYS_timer_create, 4711, &event, &timer));
    GOOD(syscall(SYS_timer_settime, timer, 0, &long_time, &old));
    FAIL(EINVAL, syscall(SYS_timer_settime, timer, 0, &bad, NULL));
    GOOD(syscall(SYS_timer_gettime, timer, &old));
    GOOD(syscall(SYS_timer_delete, timer));
    FAIL(EINVAL, syscall(SYS_timer_delete, timer));
    int descriptor = (int)GOOD(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    FAIL(EINVAL, timerfd_create(4711, 0));
    GOOD(timerfd_settime(descriptor, 0, &long_time, &old));
    FAIL(EBADF, timerfd_settime(NOBODY_FD, 0, &long_time, NULL));
    GOOD(timerfd_gettime(descriptor, &old));
    GOOD(close(descriptor));
    GOOD(setitimer(ITIMER_REAL, &interval, NULL));
    interval.it_value.tv_sec = 0;
    GOOD(setitimer(ITIMER_REAL, &interval, NULL));
    FAIL(EINVAL, setitimer((__itimer_which_t)99, &interval, NULL));
    GOOD(syscall(SYS_nanosleep, &moment, NULL));
    moment.tv_nsec = -1;
    FAIL(EINVAL, syscall(SYS_nanosleep, &moment, NULL));
}

static void pipes(int round) {
    int ends[2];
    char text[256] = "through a pipe";
    struct epoll_event event = {.events = EPOLLIN};
    GOOD(pipe2(ends, O_NONBLOCK));
    FAIL(EINVAL, pipe2(ends, 0x1234567));
    GOOD(write(ends[1], text, 100 + (size_t)round));
    GOOD(read(ends[0], text, 100));
    GOOD(read(ends[0], text, 200) < 0 && errno != EAGAIN ? -1 : 0);
    FAIL(EAGAIN, read(ends[0], text, 200));
    int count = (int)GOOD(eventfd(0, EFD_NONBLOCK));
    FAIL(EINVAL, syscall(SYS_eventfd2, 0, 0x1234567));
    long one = 1;
    GOOD(write(count, &one, 8));
    int poll_set = (int)GOOD(epoll_create1(0));
    FAIL(EINVAL, epoll_create1(0x1234567));
    GOOD(epoll_ctl(poll_set, EPOLL_CTL_ADD, count, &event));
    FAIL(EEXIST, epoll_ctl(poll_set, EPOLL_CTL_ADD, count, &event));
    GOOD(syscall(SYS_epoll_wait, poll_set, &event, 1, 0));
    FAIL(EINVAL, syscall(SYS_epoll_wait, poll_set, &event, 0, 0));
    int watch = (int)GOOD(inotify_init1(IN_NONBLOCK));
    FAIL(EINVAL, inotify_init1(0x1234567));
    GOOD(inotify_add_watch(watch, "/", IN_CREATE));
    FAIL(ENOENT, inotify_add_watch(watch, "/nobody", IN_CREATE));
    GOOD(close(watch));
    GOOD(close(poll_set));
    GOOD(close(count));
    GOOD(close(ends[0]));
    GOOD(close(ends[1]));
}

static void sockets(int round) {
    int pair[2];
    int spare[2];
    char text[128] = "through a socket";
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int one = 1;
    socklen_t length = sizeof one;
    snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "name%d", round % 4); /* abstract: no file */
    GOOD(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
    FAIL(EAFNOSUPPORT, socketpair(99, SOCK_STREAM, 0, spare));
    GOOD(syscall(SYS_sendto, pair[0], text, 20, 0, NULL, 0));
    FAIL(EBADF, syscall(SYS_sendto, NOBODY_FD, text, 20, 0, NULL, 0));
    GOOD(syscall(SYS_recvfrom, pair[1], text, 20, 0, NULL, NULL));
    FAIL(EAGAIN, syscall(SYS_recvfrom, pair[1], text, 20, 0, NULL, NULL));
    GOOD(shutdown(pair[0], SHUT_WR));
    FAIL(EBADF, shutdown(NOBODY_FD, SHUT_WR));
    GOOD(close(pair[0]));
    GOOD(close(pair[1]));
    int server = (int)GOOD(socket(AF_UNIX, SOCK_STREAM, 0));
    FAIL(EAFNOSUPPORT, socket(99, SOCK_STREAM, 0));
    GOOD(setsockopt(server, SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    FAIL(EBADF, setsockopt(NOBODY_FD, SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    GOOD(getsockopt(server, SOL_SOCKET, SO_PASSCRED, &one, &length));
    GOOD(bind(server, (struct sockaddr *)&name, sizeof name));
    FAIL(EINVAL, bind(server, (struct sockaddr *)&name, sizeof name));
    int client = (int)GOOD(socket(AF_UNIX, SOCK_STREAM, 0));
    FAIL(ECONNREFUSED, connect(client, (struct sockaddr *)&name, sizeof name));
    GOOD(listen(server, 4));
    FAIL(EBADF, listen(NOBODY_FD, 4));
    GOOD(connect(client, (struct sockaddr *)&name, sizeof name));
    int accepted = (int)GOOD(accept4(server, NULL, NULL, SOCK_NONBLOCK));
    FAIL(EBADF, accept4(NOBODY_FD, NULL, NULL, 0));
    GOOD(close(accepted));
    GOOD(close(client));
    GOOD(close(server));
}

static void memory(int round) {
    size_t size = 4096u * (2 + (size_t)round % 4);
    char *area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    GOOD(area == MAP_FAILED ? -1 : 0);
    FAIL(EBADF, (long)mmap(NULL, size, PROT_READ, MAP_PRIVATE, NOBODY_FD, 0));
    area[0] = 1;
    GOOD(mprotect(area, 4096, PROT_READ));
    FAIL(EINVAL, mprotect(area + 1, 4096, PROT_READ));
    GOOD(madvise(area, size, MADV_DONTNEED));
    FAIL(EINVAL, madvise(area, size, 4711));
    GOOD(munmap(area, size));
    FAIL(EINVAL, munmap(area, 0));
    int word = 1;
    GOOD(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    FAIL(EAGAIN, syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0));
}

/* ------------------------------------------------------------------------------------------------ modules */

enum { INTERPRETED = 7, NOT_RUN = 8 }; /* exit codes */

static void write_text(const char *path, const char *text, int wanted_errno) {
    int file = (int)GOOD(open(path, O_WRONLY));
    expect(write(file, text, strlen(text)), wanted_errno, path);
    GOOD(close(file));
}

static void read_text(const char *path) {
    char text[512];
    int file = (int)GOOD(open(path, O_RDONLY));
    GOOD(read(file, text, sizeof text));
    GOOD(close(file));
}

static void run_program(const char *path, int wanted) {
    char *words[] = {(char *)path, NULL};
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        execv(path, words);
        _exit(NOT_RUN);
    }
    GOOD(waitpid(child, &status, 0));
    expect(WIFEXITED(status) && WEXITSTATUS(status) == wanted ? 0 : -1, 0, path);
}

/* Interpreters by the first bytes of a program; this program is the interpreter. */
static void use_binfmt_misc(int round) {
    char rule[64];
    int program = (int)GOOD(open("/program", O_CREAT | O_WRONLY | O_TRUNC, 0700));
    GOOD(write(program, "MAGIC of a program", 18));
    GOOD(close(program));
    mkdir("/b", 0700);
    GOOD(mount("none", "/b", "binfmt_misc", 0, NULL));
    snprintf(rule, sizeof rule, ":rule%d:M::MAGIC::/init:%s", round % 3, round % 2 ? "F" : "");
    write_text("/b/register", rule, 0);
    write_text("/b/register", rule, EEXIST);
    write_text("/b/register", ":bad", EINVAL);
    write_text("/b/register", ":other:E::text::/nobody:", 0);
    read_text("/b/status");
    read_text("/b/other");
    run_program("/program", INTERPRETED);
    write_text("/b/status", "0", 0);
    run_program("/program", NOT_RUN);
    write_text("/b/status", "1", 0);
    write_text("/b/status", "7", EINVAL);
    write_text("/b/other", "0", 0);
    write_text("/b/other", "1", 0);
    write_text("/b/other", "seven", EINVAL);
    write_text("/b/other", "-1", 0);
    write_text("/b/status", "-1", 0);
    run_program("/program", NOT_RUN);
    GOOD(umount("/b"));
}

static void load(const char *name) {
    char path[128];
    snprintf(path, sizeof path, "/%s.ko", name);
    int file = (int)GOOD(open(path, O_RDONLY));
    GOOD(syscall(SYS_finit_module, file, "", 0));
    FAIL(EEXIST, syscall(SYS_finit_module, file, "", 0));
    GOOD(close(file));
}

/* In odd rounds another module lies where this one would. */
static void module_round(const char *name, const char *beside, int round) {
    static const struct {
        const char *name;
        void (*use)(int round);
    } known[] = {{"binfmt_misc", use_binfmt_misc}};
    if (beside && round % 2) {
        load(beside);
    }
    load(name);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, name) == 0) {
            known[i].use(round);
        }
    }
    GOOD(syscall(SYS_delete_module, name, O_NONBLOCK));
    if (beside && round % 2) {
        GOOD(syscall(SYS_delete_module, beside, O_NONBLOCK));
    }
}

int main(int count, char **words) {
    static void (*const parts[])(int) = {message_queues, semaphores, shared_memory, posix_queues, signals, files,
                                         processes,      timers,     pipes,         sockets,      memory};
    int rounds = ROUNDS;
    const char *module = NULL;
    const char *beside = NULL;
    if (getpid() != 1) {
        return INTERPRETED;
    }
    for (int i = 1; i < count; i++) {
        rounds = strncmp(words[i], "rounds=", 7) == 0 ? atoi(words[i] + 7) : rounds;
        module = strncmp(words[i], "module=", 7) == 0 ? words[i] + 7 : module;
        beside = strncmp(words[i], "beside=", 7) == 0 ? words[i] + 7 : beside;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("workload: begin\n");
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
        parts[part](0); /* once outside of the run: what the first call of a kind sets up for ever */
    }
    if (module) {
        module_round(module, beside, 0);
    }
    syscall(SYS_getsid, 0);
    for (int round = 0; round < rounds; round++) {
        for (size_t part = 0; part < sizeof parts / sizeof *parts; part++) {
            parts[part](round);
        }
        if (module) {
            module_round(module, beside, round);
        }
    }
    syscall(SYS_getpriority, PRIO_PROCESS, 0);
    printf(failures ? "workload: %d calls did not do what was expected\n" : "workload: done\n", failures);
    fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    return 0;
}
