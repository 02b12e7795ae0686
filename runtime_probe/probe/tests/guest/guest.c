/*
 * A tiny guest for the probe's tests: one small server entity for each thing that must be tracked or typed. The comments beside the
 * transactions say what a right observation is.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"

#ifndef ROUNDS
#define ROUNDS 5
#endif

struct link {
    struct link *next;
    struct link *prev;
};

enum mode { MODE_IDLE, MODE_BUSY = 5 };

/* ------------------------------------------------------------------------------------------------ counters */
struct counter {
    char name[8];
    uint32_t value;
    unsigned low : 3;
    unsigned high : 5;
    enum mode mode;
    union {
        uint64_t word;
        struct {
            uint16_t first;
            uint16_t second;
        };
    };
};
struct counter counters[4];
static int64_t counter_total;

/* ------------------------------------------------------------------------------------------------ items */
struct item {
    uint32_t value;
    struct link link; /* in `items` */
    struct item *twin;
};
struct link items;
uint32_t item_count;
struct item *item_stale; /* keeps pointing to a removed item */

/* ------------------------------------------------------------------------------------------------ tasks */
struct task {
    uint64_t sp;
    uint8_t *kstack;
    struct task *next; /* in `tasks` */
};
struct task *tasks;
static struct task *current;
static uint8_t stack_memory[2][8192] __attribute__((aligned(4096)));
static struct task task_memory[2];
static uint64_t boot_sp;

/* ------------------------------------------------------------------------------------------------ bell */
uint64_t bell_count;
uint32_t slow_first;
uint32_t slow_last;
uint32_t depth_sum;

/* Heap memory lies outside of the image: blocks of 64 bytes, the one freed last is given out first. */
static size_t heap_used;
static void *heap_free;

__attribute__((noinline)) static void *heap_get(size_t size) {
    void *memory = heap_free;
    heap_free = NULL;
    if (!memory && size <= 64) {
        memory = (uint8_t *)0x2000000 + heap_used;
        heap_used += 64;
    }
    return memory;
}

__attribute__((noinline)) static void heap_put(void *memory) {
    heap_free = memory;
}

void context_switch(uint64_t *save, uint64_t load);
void task_start(void);
void irq_entry_bell(void);

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

void bell_ring(void);
void bell_ring(void) {
    bell_count++;
    apic[0xb0 / 4] = 0;
}

/* Result: the new value, or -1. Changes value, low, and the static total. */
__attribute__((noinline)) int counter_add(uint32_t index, uint32_t amount);
int counter_add(uint32_t index, uint32_t amount) {
    if (index >= 4) {
        return -1;
    }
    counters[index].value += amount;
    counters[index].low++;
    counter_total += amount;
    return (int)counters[index].value;
}

/* Changes name, mode and the second half of the union, no other. */
__attribute__((noinline)) void counter_name(uint32_t index, const char *name);
void counter_name(uint32_t index, const char *name) {
    for (size_t i = 0; i < 7 && name[i]; i++) {
        counters[index].name[i] = name[i];
    }
    counters[index].mode = counters[index].mode == MODE_BUSY ? MODE_IDLE : MODE_BUSY;
    counters[index].second++;
}

/* Nested: two counter_add in another entity, and a store of its own before and after. */
__attribute__((noinline)) int batch_run(uint32_t amount);
uint32_t batch_runs;
int batch_run(uint32_t amount) {
    batch_runs++;
    counter_add(0, amount);
    return counter_add(1, amount);
}

__attribute__((noinline)) int item_insert(uint32_t value);
int item_insert(uint32_t value) {
    struct item *item = heap_get(sizeof *item);
    item->value = value;
    item->twin = items.next == &items ? item : (struct item *)((char *)items.next - offsetof(struct item, link));
    item->link.next = items.next;
    item->link.prev = &items;
    items.next->prev = &item->link;
    items.next = &item->link;
    item_count++;
    return (int)item_count;
}

/* Changes the value of the last element. */
__attribute__((noinline)) int item_touch(void);
int item_touch(void) {
    if (items.prev == &items) {
        return -1;
    }
    struct item *item = (struct item *)((char *)items.prev - offsetof(struct item, link));
    item->value += 100;
    return 0;
}

__attribute__((noinline)) int item_remove(void);
int item_remove(void) {
    struct link *last = items.prev;
    if (last == &items) {
        return -1;
    }
    last->prev->next = &items;
    items.prev = last->prev;
    item_count--;
    item_stale = (struct item *)((char *)last - offsetof(struct item, link));
    heap_put(item_stale);
    return 0;
}

/* Recursive: four frames of the same transaction. */
__attribute__((noinline)) int depth_walk(int depth);
int depth_walk(int depth) {
    depth_sum++;
    int below = depth > 0 ? depth_walk(depth - 1) : 0;
    __asm__ volatile("" : : : "memory");
    return below + 1;
}

struct note {
    uint64_t text[4];
};
struct note *note;

/* Takes the memory of an item that was removed: a new note, and no change of the item that item_stale still points to. */
__attribute__((noinline)) int note_write(uint64_t value);
int note_write(uint64_t value) {
    struct note *fresh = heap_get(sizeof *fresh);
    if (note) {
        heap_put(note);
    }
    for (size_t i = 0; i < 4; i++) {
        fresh->text[i] = value;
    }
    note = fresh;
    return 0;
}

static void task_yield(void) {
    struct task *from = current;
    struct task *to = from == &task_memory[0] ? &task_memory[1] : &task_memory[0];
    current = to;
    context_switch(&from->sp, to->sp);
}

/* Sleeps in the middle, while the other task changes counters and slow_last's neighbour: only slow_first and slow_last are its own. */
__attribute__((noinline)) int slow_update(void);
int slow_update(void) {
    slow_first++;
    task_yield();
    slow_last++;
    return 0;
}

/* An interrupt lands inside: bell_count is not its own, though it may change it (every fourth time). */
__attribute__((noinline)) int noisy_update(void);
uint32_t noisy_runs;
int noisy_update(void) {
    noisy_runs++;
    __asm__ volatile("sti" : : : "memory");
    apic[0x300 / 4] = 0x00040000 | 0x40;
    for (volatile int i = 0; i < 50; i++) {
    }
    __asm__ volatile("cli" : : : "memory");
    if (noisy_runs % 4 == 0) {
        bell_count += 1000;
    }
    return 0;
}

/* Changes what its client owns, reached only by the parameter. */
__attribute__((noinline)) int request_serve(struct request *request);
uint32_t requests_served;
int request_serve(struct request *request) {
    requests_served++;
    request->served++;
    return -7;
}

/* Never returns: its task ends. */
__attribute__((noinline)) void task_end(void);
void task_end(void) {
    slow_last += 1000;
    context_switch(&current->sp, boot_sp);
    for (;;) {
        __asm__ volatile("hlt");
    }
}

static void task_one(void) {
    for (uint32_t round = 0; round < ROUNDS; round++) {
        counter_add(round % 5, round + 1);
        counter_name(2, round % 2 ? "odd" : "even");
        batch_run(round);
        item_insert(round);
        item_touch();
        depth_walk(3);
        slow_update();
        noisy_update();
        client_request.asked++;
        request_serve(&client_request);
        if (round % 2) {
            item_remove();
            note_write(round);
        }
    }
    task_end();
}

/* Takes over the ended task's stack. */
static void task_three(void) {
    counter_add(1, 1);
    task_end();
}

static void task_two(void) {
    for (uint32_t round = 0;; round++) {
        counter_add(3, 10);
        task_yield();
    }
}

static void task_create(struct task *task, uint8_t *stack, void (*function)(void)) {
    uint64_t *sp = (uint64_t *)(stack + 8192) - 2;
    *sp = (uint64_t)task_start;
    for (int i = 0; i < 6; i++) {
        *--sp = 0;
    }
    sp[3] = (uint64_t)function; /* r12 */
    task->sp = (uint64_t)sp;
    task->kstack = stack;
    task->next = tasks;
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

static void say(const char *text) {
    for (; *text; text++) {
        out8(0x3f8, (uint8_t)*text);
    }
}

void guest_main(void);
void guest_main(void) {
    say("tiny guest\n");
    items.next = items.prev = &items;
    interrupts_init();
    counter_add(0, 7); /* before the workload: not observed */
    task_create(&task_memory[0], stack_memory[0], task_one);
    task_create(&task_memory[1], stack_memory[1], task_two);
    workload_begin();
    current = &task_memory[0];
    context_switch(&boot_sp, current->sp);
    task_create(&task_memory[0], stack_memory[0], task_three); /* closes a cycle in the list of tasks */
    current = &task_memory[0];
    context_switch(&boot_sp, current->sp);
    workload_end();
    say("tiny guest done\n");
    out32(0xf4, 0x10);
}
