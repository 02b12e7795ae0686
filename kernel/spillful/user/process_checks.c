/* run=processes: what processes of this design can do beyond the common API. */
#include <api/memory.h>
#include <api/process.h>
#include <api/scheduler.h>
#include <api/signal.h>
#include <clients/conformance.h>
#include <clients/text.h>
#include <clients/trials.h>
#include <syscalls/numbers.h>

int32_t process_first(struct client_start *start);

enum { PROGRAM_RESULT = 42, COPY_RESULT = 7, SIGNAL_RENAME = 3 };

/* What a copy finds and does: it ends itself, and gives how much was wrong. */
static void copy_run(const volatile uint32_t *mapped, struct volume *volume, struct channel_end *end) {
    owned(file) struct file file = {0};
    int32_t wrong = 0;
    uint8_t byte = 0;
    size_t size;
    wrong += mapped[0] != 1;
    *(volatile uint32_t *)mapped = 2;
    wrong += mapped[0] != 2;
    wrong += file_open(volume, &file, "/of-the-copy", FILE_WRITE | FILE_CREATE) != STATUS_OK;
    wrong += channel_receive(end, &byte, 1, &size) != STATUS_BAD_OBJECT; /* an end belongs to one task */
    task_exit(wrong == 0 ? COPY_RESULT : wrong);
}

static void check_fork(struct conformance *suite) {
    owned(memory_region) struct memory_region region = {0};
    owned(volume) struct volume volume = {0};
    owned(channel_end) struct channel_end one = {0};
    owned(channel_end) struct channel_end other = {0};
    owned(child) struct child child = {0};
    owned(file) struct file file = {0};
    void *address = NULL;
    uint32_t copy = 9;
    int32_t result = 0;
    bool ready = memory_map(&region, 3, MEMORY_READ | MEMORY_WRITE, &address) == STATUS_OK && volume_create(&volume) == STATUS_OK &&
                 channel_create(&one, &other) == STATUS_OK;
    conformance_check(suite, "objects to inherit", ready);
    if (!ready) {
        return;
    }
    volatile uint32_t *mapped = address;
    mapped[0] = 1;
    status_t status = process_fork(&child, &copy);
    if (status == STATUS_OK && copy == 1) {
        copy_run(mapped, &volume, &one);
    }
    conformance_check(suite, "process_fork", status == STATUS_OK && copy == 0);
    conformance_check(suite, "the copy ends", task_join(&child, &result) == STATUS_OK);
    conformance_check(suite, "the copy found what it inherits, and no more", result == COPY_RESULT);
    conformance_check(suite, "the caller's memory is its own", mapped[0] == 1);
    conformance_check(suite, "what is shared is shared", file_open(&volume, &file, "/of-the-copy", FILE_READ) == STATUS_OK);
}

/* Another program: of the old one it has what it was given. */
static int32_t program_main(struct client_start *start) {
    uint32_t value = 0;
    return semaphore_value(&start->semaphore, &value) == STATUS_OK && value == 5 && start->arguments[0] == 11 ? PROGRAM_RESULT : 1;
}

static int32_t executing_main(struct client_start *start) {
    struct client_start next = {.arguments = {11}, .semaphore = start->semaphore};
    struct topic topic = {0};
    if (topic_create(&topic) != STATUS_OK || process_execute(NULL, &next) != STATUS_INVALID) {
        return 2;
    }
    return process_execute(program_main, &next); /* the topic goes with the program that held it */
}

static void check_execute(struct conformance *suite) {
    owned(semaphore) struct semaphore semaphore = {0};
    owned(child) struct child child = {0};
    int32_t result = 0;
    bool ready = semaphore_create(&semaphore, 5) == STATUS_OK;
    struct client_start start = {.semaphore = semaphore};
    conformance_check(suite, "process_execute in a child",
                      ready && task_spawn(&child, "execute", executing_main, &start) == STATUS_OK && task_join(&child, &result) == STATUS_OK);
    conformance_check(suite, "the new program has what it was given", result == PROGRAM_RESULT);
}

static int32_t child_result(struct client_start *start) {
    for (uint64_t i = 0; i < start->arguments[1]; i++) {
        (void)scheduler_yield();
    }
    return (int32_t)start->arguments[0];
}

static void check_wait(struct conformance *suite) {
    struct child children[3] = {0}; /* process_wait closes them */
    int32_t result = 0, sum = 0;
    conformance_check(suite, "process_wait without children", process_wait(&result) == STATUS_EMPTY);
    for (uint64_t i = 0; i < 3; i++) {
        struct client_start start = {.arguments = {1ul << i, 40 - 20 * i}};
        conformance_check(suite, "task_spawn of a child to wait for", task_spawn(&children[i], "wait", child_result, &start) == STATUS_OK);
    }
    for (int i = 0; i < 3; i++) {
        conformance_check(suite, "process_wait", process_wait(&result) == STATUS_OK);
        sum += result;
    }
    conformance_check(suite, "each child was waited for once", sum == 7);
    conformance_check(suite, "process_wait when all are done", process_wait(&result) == STATUS_EMPTY);
    conformance_check(suite, "they are none afterwards", task_detach(&children[0]) == STATUS_BAD_OBJECT);
}

static void rename_self(uint32_t signal) {
    (void)task_rename(signal == SIGNAL_RENAME ? "handled" : "wrong");
}

static int32_t handling_main(struct client_start *start) {
    uint8_t byte = 0;
    size_t size;
    if (signal_handle(SIGNAL_KILL, rename_self) != STATUS_INVALID || signal_handle(SIGNAL_COUNT, rename_self) != STATUS_INVALID ||
        signal_handle(SIGNAL_RENAME, rename_self) != STATUS_OK || channel_send(&start->end, &byte, 1) != STATUS_OK) {
        return 1;
    }
    /* The handler runs where a system call ends, and does not change its result. */
    status_t status = channel_receive(&start->end, &byte, 1, &size);
    return status == STATUS_OK && byte == 77 ? 0 : 1;
}

static void check_signals(struct conformance *suite) {
    owned(channel_end) struct channel_end mine = {0};
    owned(client_start) struct client_start start = {0};
    owned(child) struct child child = {0};
    struct task_status status = {0};
    uint8_t byte = 77;
    size_t size;
    int32_t result = 1;
    conformance_check(suite, "signal_send to nobody", signal_send(&child, SIGNAL_RENAME) == STATUS_BAD_OBJECT);
    conformance_check(suite, "a child with a handler",
                      channel_create(&mine, &start.end) == STATUS_OK && task_spawn(&child, "handling", handling_main, &start) == STATUS_OK &&
                          channel_receive(&mine, &byte, 1, &size) == STATUS_OK);
    conformance_check(suite, "signal_send of no signal", signal_send(&child, SIGNAL_COUNT) == STATUS_INVALID);
    conformance_check(suite, "signal_send", signal_send(&child, SIGNAL_RENAME) == STATUS_OK);
    byte = 77;
    conformance_check(suite, "it goes on", channel_send(&mine, &byte, 1) == STATUS_OK && channel_receive(&mine, &byte, 1, &size) == STATUS_CLOSED);
    conformance_check(suite, "its handler has run", task_query(&child, &status) == STATUS_OK && text_equal(status.name, "handled"));
    conformance_check(suite, "its result is its own", task_join(&child, &result) == STATUS_OK && result == 0);
}

static int32_t child_asleep(struct client_start *start) {
    uint8_t byte;
    size_t size;
    return channel_receive(&start->end, &byte, 1, &size);
}

/* Goes on from a frame that would take the kernel down if it believed it. */
static int32_t forging_main(struct client_start *start) {
    const uint64_t frame[6] = {0, 0, 0x0000800000000000, UINT64_MAX, start->arguments[0], 0};
    uint64_t result = SYSTEM_SIGNAL_RETURN;
    __asm__ volatile("syscall" : "+a"(result) : "D"(frame) : "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "memory");
    return 1;
}

static void end_copy(uint32_t signal) {
    task_exit(signal == SIGNAL_RENAME ? COPY_RESULT : 1);
}

static int32_t forking_main(struct client_start *start) {
    struct child child = {0};
    uint32_t copy = 9;
    int32_t result = 0;
    if (signal_handle(SIGNAL_RENAME, end_copy) != STATUS_OK || process_fork(&child, &copy) != STATUS_OK) {
        return 1;
    }
    if (copy == 1) { /* until the handler that it inherits runs */
        for (uint64_t i = 0; i < start->arguments[0]; i++) {
            (void)scheduler_yield();
        }
        task_exit(1);
    }
    status_t status = signal_send(&child, SIGNAL_RENAME);
    return status == STATUS_OK && process_wait(&result) == STATUS_OK && result == COPY_RESULT ? 0 : 1;
}

/* A copy handles signals as the process does that it is a copy of. */
static void check_inherited(struct conformance *suite) {
    owned(child) struct child child = {0};
    struct client_start start = {.arguments = {10000000}};
    int32_t result = 1;
    conformance_check(suite, "a copy inherits handlers",
                      task_spawn(&child, "forking", forking_main, &start) == STATUS_OK && task_join(&child, &result) == STATUS_OK && result == 0);
}

static void check_ends(struct conformance *suite) {
    static const uint32_t signals[] = {SIGNAL_KILL, SIGNAL_RENAME};
    for (size_t i = 0; i < 2; i++) {
        owned(channel_end) struct channel_end mine = {0};
        owned(client_start) struct client_start start = {0};
        owned(child) struct child child = {0};
        int32_t result = 0;
        conformance_check(suite, "a child asleep",
                          channel_create(&mine, &start.end) == STATUS_OK && task_spawn(&child, "asleep", child_asleep, &start) == STATUS_OK);
        (void)scheduler_yield();
        conformance_check(suite, "a signal without a handler ends it", signal_send(&child, signals[i]) == STATUS_OK);
        conformance_check(suite, "it has ended", task_join(&child, &result) == STATUS_OK && result == STATUS_FAULT);
    }
    owned(child) struct child forger = {0};
    struct client_start start = {0};
    int32_t result = 0;
    conformance_check(suite, "a forged signal frame ends who forged it",
                      task_spawn(&forger, "forger", forging_main, &start) == STATUS_OK && task_join(&forger, &result) == STATUS_OK &&
                          result == STATUS_FAULT);
}

/* Arguments: rounds. As much is in use after each. */
int32_t process_first(struct client_start *start) {
    struct conformance suite = {0, 0};
    struct trial_usage before;
    for (uint64_t i = 0; i <= start->arguments[0]; i++) {
        check_fork(&suite);
        check_execute(&suite);
        check_wait(&suite);
        check_signals(&suite);
        check_inherited(&suite);
        check_ends(&suite);
        if (i == 0 && (scheduler_sleep(100000000) != STATUS_OK || trial_usage(&before) != STATUS_OK)) {
            return 1;
        }
    }
    conformance_check(&suite, "nothing is left behind", usage_settle("processes", &before, true));
    text_print("processes: ");
    text_print_number(suite.passed);
    text_print(" passed, ");
    text_print_number(suite.failed);
    text_print(" failed\n");
    return suite.failed == 0 ? 0 : 1;
}
