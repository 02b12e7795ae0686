/*
 * A tiny guest for transactions that begin and end otherwise than by a call and its return, or that others have caused. The comments beside them say
 * what a right observation is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROUNDS = 4 };

/* ------------------------------------------------------------------------------------------------ tasks */
struct task {
    uint64_t sp;
    uint8_t *kstack;
    struct task *next; /* in `tasks` */
    int32_t id;
};
struct task *tasks;
struct task *current;
static uint8_t stack_memory[2][8192] __attribute__((aligned(4096)));
static struct task task_memory[2];
static uint64_t boot_sp;

void context_switch(uint64_t *save, uint64_t load);
void task_start(void);
void irq_entry_bell(void);
void bell_ring(void);

static inline void out8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
static inline void out32(uint16_t port, uint32_t value) {
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static volatile uint32_t *const apic = (volatile uint32_t *)0xfee00000;

__attribute__((noinline)) void workload_begin(void) {
    __asm__ volatile("");
}
__attribute__((noinline)) void workload_end(void) {
    __asm__ volatile("");
}

static void task_yield(void) {
    struct task *from = current;
    struct task *to = from == &task_memory[0] ? &task_memory[1] : &task_memory[0];
    current = to;
    context_switch(&from->sp, to->sp);
}

/* ------------------------------------------------------------------------------------------------ deferred work */
enum owner { OWNER_NOBODY, OWNER_MAIL = 3, OWNER_PRINT };
struct job {
    struct {
        void (*run)(struct job *job);
    } work;
    struct job *next;
    uint32_t runs;
    unsigned urgent : 1;
    enum owner owner : 7;
    char title[8];
};
static struct job jobs[2] = {{.owner = OWNER_MAIL, .title = "letter"}, {.owner = OWNER_PRINT, .urgent = 1, .title = "leaflet!"}};
struct job *job_queue_head;
struct job **job_queue_tail = &job_queue_head;
uint32_t jobs_done;

/* Lets job->work.run run later. */
__attribute__((noinline)) void job_queue(struct job *job, int priority);
void job_queue(struct job *job, int priority) {
    (void)priority;
    job->next = NULL;
    *job_queue_tail = job;
    job_queue_tail = &job->next;
}

/* Caused by the job_submit that queued this very job. */
__attribute__((noinline)) void job_run(struct job *job);
void job_run(struct job *job) {
    job->runs++;
    jobs_done++;
}

__attribute__((noinline)) int job_submit(uint32_t index);
int job_submit(uint32_t index) {
    jobs[index].work.run = job_run;
    job_queue(&jobs[index], 1);
    return 0;
}

/* The other task takes what is queued, the newest first. */
static void jobs_work(void) {
    struct job *second = job_queue_head ? job_queue_head->next : NULL;
    struct job *first = job_queue_head;
    job_queue_head = NULL;
    job_queue_tail = &job_queue_head;
    if (second) {
        second->work.run(second);
    }
    if (first) {
        first->work.run(first);
    }
}

/* ------------------------------------------------------------------------------------------------ interrupts */
static void (*bell_handler)(void);
uint32_t bell_count;
uint32_t tones;

__attribute__((noinline)) void bell_route(void (*handler)(void));
void bell_route(void (*handler)(void)) {
    bell_handler = handler;
}

void bell_ring(void) {
    if (bell_handler) {
        bell_handler();
    }
    apic[0xb0 / 4] = 0;
}

/* The handler: a transaction by itself, caused by the bell_open that registered it, however often it runs. */
__attribute__((noinline)) void bell_handle(void);
void bell_handle(void) {
    bell_count++;
}

__attribute__((noinline)) int bell_open(void);
int bell_open(void) {
    bell_route(bell_handle);
    return 0;
}

/* The bell rings inside: bell_count is the handler's, tones its own. */
__attribute__((noinline)) int tone_play(void);
int tone_play(void) {
    tones++;
    __asm__ volatile("sti" : : : "memory");
    apic[0x300 / 4] = 0x00040000 | 0x40;
    for (volatile int i = 0; i < 50; i++) {
    }
    __asm__ volatile("cli" : : : "memory");
    return 0;
}

/* ------------------------------------------------------------------------------------------------ inlined and cold */
uint32_t ledger_posts;
int64_t ledger_sum;
uint32_t ledger_refused;
uint32_t days;
uint32_t day_marks;

__attribute__((noinline, cold)) void ledger_refuse(int amount);
void ledger_refuse(int amount) {
    ledger_refused += (uint32_t)-amount;
}

/* Everywhere inlined, and its unlikely part lies apart from the rest. Its changes are ledger_*, and nothing of days. */
static inline __attribute__((always_inline)) int ledger_post(int amount) {
    ledger_posts++;
    if (__builtin_expect(amount < 0, 0)) {
        ledger_refuse(amount);
        ledger_refuse(2 * amount);
        return -1;
    }
    for (volatile int i = 0; i < 3; i++) {
    }
    ledger_sum += amount;
    return 0;
}

/* Two instances, one of them in a loop, between stores of its own. */
__attribute__((noinline)) int day_close(int first, int count);
int day_close(int first, int count) {
    days++;
    int result = ledger_post(first);
    day_marks++;
    for (int i = 0; i < count; i++) {
        if (ledger_post(i - 1) == 0) {
            day_marks++;
        }
    }
    return result;
}

uint32_t walk_notes;
uint32_t walk_depth;

static inline __attribute__((always_inline)) void walk_note(int depth) {
    if (depth > 0) {
        walk_notes++;
    }
    walk_notes++;
}

/* The same instance, in frames that lie within each other: none of them ends with another's. */
__attribute__((noinline)) int walk(int depth);
int walk(int depth) {
    walk_depth++;
    int below = depth > 0 ? walk(depth - 1) : 0;
    walk_note(depth);
    __asm__ volatile("" : : : "memory");
    return below + 1;
}

/* ------------------------------------------------------------------------------------------------ lines */
static uint8_t inbox[] = {1, 2, 3, 0};
uint32_t inbox_next;
uint32_t served;
uint32_t polled;
uint32_t idle;

__attribute__((noinline)) uint8_t inbox_take(void);
uint8_t inbox_take(void) {
    return inbox[inbox_next++ % sizeof inbox];
}

/* A round is a transaction: it ends where the next begins, the last one with the function. */
__attribute__((noinline)) uint32_t server_run(void);
uint32_t server_run(void) {
    for (;;) {
        uint8_t message = inbox_take(); /* a round */
        if (message == 0) {
            return served;
        }
        served += message;
    }
}

/* From line to line; what comes between the end and the next beginning belongs to nobody. */
__attribute__((noinline)) void poll_run(uint32_t count);
void poll_run(uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        idle++;
        __asm__ volatile("" : : : "memory");
        polled += inbox_take(); /* poll begins */
        polled ^= 0x100;
        __asm__ volatile("" : : : "memory");
        idle += 2; /* poll ends */
        __asm__ volatile("" : : : "memory");
    }
}

/* ------------------------------------------------------------------------------------------------ groups */
uint32_t boxes_open;
uint32_t box_level;
uint32_t box_opens; /* statistics: what remains of open ... close */
uint32_t box_refusals;

/* -1 for what cannot be opened: no group begins with that. */
__attribute__((noinline)) int box_open(int number);
int box_open(int number) {
    if (number < 0) {
        box_refusals++;
        return -1;
    }
    boxes_open++;
    box_opens++;
    return number;
}

__attribute__((noinline)) int box_put(uint32_t amount);
int box_put(uint32_t amount) {
    box_level += amount;
    return 0;
}

__attribute__((noinline)) int box_close(void);
int box_close(void) {
    boxes_open--;
    box_level = 0;
    return 0;
}

/* ------------------------------------------------------------------------------------------------ workload */
static void task_one(void) {
    job_submit(0);
    job_submit(1);
    task_yield();
    job_submit(1);
    task_yield();
    bell_open();
    tone_play();
    tone_play();
    day_close(5, 3);
    day_close(-4, 0);
    walk(2);
    server_run();
    poll_run(2);
    box_open(-1);
    box_put(100); /* of no group */
    box_close();
    box_open(1);
    box_put(5);
    box_open(2); /* within the other */
    box_put(6);
    box_close();
    box_put(7);
    box_close();
    box_open(3); /* never closed */
    box_put(8);
    current = &task_memory[0];
    context_switch(&current->sp, boot_sp);
}

static void task_two(void) {
    for (;;) {
        jobs_work();
        task_yield();
    }
}

static void task_create(struct task *task, int32_t id, uint8_t *stack, void (*function)(void)) {
    uint64_t *sp = (uint64_t *)(stack + 8192) - 2;
    *sp = (uint64_t)task_start;
    for (int i = 0; i < 6; i++) {
        *--sp = 0;
    }
    sp[3] = (uint64_t)function; /* r12 */
    task->sp = (uint64_t)sp;
    task->kstack = stack;
    task->next = tasks;
    task->id = id;
    tasks = task;
}

struct gate {
    uint16_t low;
    uint16_t selector;
    uint16_t flags;
    uint16_t middle;
    uint32_t high;
    uint32_t zero;
};
static struct gate idt[256];

static void interrupts_init(void) {
    uint64_t target = (uint64_t)irq_entry_bell;
    idt[0x40] = (struct gate){(uint16_t)target, 8, 0x8e00, (uint16_t)(target >> 16), (uint32_t)(target >> 32), 0};
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) pointer = {sizeof idt - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));
    out8(0x21, 0xff);
    out8(0xa1, 0xff);
    apic[0xf0 / 4] = 0x1ff;
}

void guest_main(void);
void guest_main(void) {
    interrupts_init();
    task_create(&task_memory[0], 41, stack_memory[0], task_one);
    task_create(&task_memory[1], 42, stack_memory[1], task_two);
    workload_begin();
    current = &task_memory[0];
    context_switch(&boot_sp, current->sp);
    workload_end();
    out32(0xf4, 0x10);
}
