#include <api/memory.h>
#include <api/scheduler.h>
#include <api/task.h>
#include <clients/bench.h>
#include <clients/text.h>

enum { QUICK = 100 }; /* as many times more operations where one takes next to nothing */

static uint64_t ticks_read(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static void bench_print(const char *name, uint64_t size, uint64_t operations, uint64_t ticks) {
    text_print("bench: ");
    text_print(name);
    text_print(" ");
    text_print_number(size);
    text_print(" ");
    text_print_number(operations);
    text_print(" ");
    text_print_number(ticks);
    text_print("\n");
}

static status_t bench_null(uint64_t operations) {
    uint32_t identity;
    status_t status = STATUS_OK;
    uint64_t begin = ticks_read();
    for (uint64_t i = 0; i < operations && status == STATUS_OK; i++) {
        status = task_identify(&identity);
    }
    bench_print("null_call", 0, operations, ticks_read() - begin);
    return status;
}

static int32_t child_yield(struct client_start *start) {
    for (uint64_t i = 0; i < start->arguments[0]; i++) {
        (void)scheduler_yield();
    }
    return 0;
}

/* Two tasks that yield to each other: two switches for each of this task's yields. */
static status_t bench_switch(uint64_t operations) {
    owned(child) struct child child = {0};
    struct client_start start = {.arguments = {operations + 2}};
    int32_t result;
    status_t status = task_spawn(&child, "yield", child_yield, &start);
    if (status != STATUS_OK) {
        return status;
    }
    (void)scheduler_yield(); /* the child has begun */
    uint64_t begin = ticks_read();
    for (uint64_t i = 0; i < operations; i++) {
        (void)scheduler_yield();
    }
    bench_print("context_switch", 0, 2 * operations, ticks_read() - begin);
    return task_join(&child, &result);
}

static int32_t child_nothing(struct client_start *start) {
    (void)start;
    return 0;
}

static status_t bench_spawn(uint64_t operations) {
    status_t status = STATUS_OK;
    uint64_t begin = ticks_read();
    for (uint64_t i = 0; i < operations && status == STATUS_OK; i++) {
        struct child child = {0};
        struct client_start start = {0};
        int32_t result;
        status = task_spawn(&child, "nothing", child_nothing, &start);
        if (status == STATUS_OK) {
            status = task_join(&child, &result);
        }
    }
    bench_print("create_task", 0, operations, ticks_read() - begin);
    return status;
}

/* As LMBench's: a page is mapped, written to, and unmapped. */
static status_t bench_memory(uint64_t operations) {
    status_t status = STATUS_OK;
    uint64_t begin = ticks_read();
    for (uint64_t i = 0; i < operations && status == STATUS_OK; i++) {
        struct memory_region region = {0};
        void *address;
        status = memory_map(&region, 1, MEMORY_READ | MEMORY_WRITE, &address);
        if (status == STATUS_OK) {
            *(volatile uint8_t *)address = 1;
            status = memory_unmap(&region);
        }
    }
    bench_print("memory_map", 0, operations, ticks_read() - begin);
    return status;
}

static int32_t child_echo(struct client_start *start) {
    uint8_t byte;
    size_t size;
    while (channel_receive(&start->end, &byte, 1, &size) == STATUS_OK) {
        (void)channel_send(&start->end, &byte, 1);
    }
    return 0;
}

static status_t bench_channel(uint64_t operations) {
    owned(channel_end) struct channel_end mine = {0};
    owned(child) struct child child = {0};
    struct client_start start = {0};
    uint8_t byte = 1;
    size_t size;
    int32_t result;
    status_t status = channel_create(&mine, &start.end);
    if (status == STATUS_OK) {
        status = task_spawn(&child, "echo", child_echo, &start);
    }
    if (status != STATUS_OK) {
        client_start_drop(&start);
        return status;
    }
    uint64_t begin = ticks_read();
    for (uint64_t i = 0; i < operations && status == STATUS_OK; i++) {
        status = channel_send(&mine, &byte, 1);
        if (status == STATUS_OK) {
            status = channel_receive(&mine, &byte, 1, &size);
        }
    }
    bench_print("channel_round_trip", 0, operations, ticks_read() - begin);
    (void)channel_close(&mine);
    (void)task_join(&child, &result);
    return status;
}

/* One page more among `existing` mappings: mapped, remapped (protected), and unmapped. */
static status_t bench_page(uint64_t existing, uint64_t operations) {
    uint64_t map = 0, remap = 0, unmap = 0;
    status_t status = STATUS_OK;
    for (uint64_t i = 0; i < operations && status == STATUS_OK; i++) {
        owned(memory_region) struct memory_region region = {0};
        void *address;
        uint64_t begin = ticks_read();
        status = memory_map(&region, 1, MEMORY_READ | MEMORY_WRITE, &address);
        uint64_t mapped = ticks_read();
        if (status == STATUS_OK) {
            status = memory_protect(&region, MEMORY_READ);
        }
        uint64_t remapped = ticks_read();
        if (status == STATUS_OK) {
            status = memory_unmap(&region);
        }
        unmap += ticks_read() - remapped;
        map += mapped - begin;
        remap += remapped - mapped;
    }
    bench_print("page_map", existing, operations, map);
    bench_print("page_remap", existing, operations, remap);
    bench_print("page_unmap", existing, operations, unmap);
    return status;
}

static status_t bench_keep(struct memory_region *region) {
    void *address;
    return memory_map(region, 1, MEMORY_READ | MEMORY_WRITE, &address);
}

/* Against the number of mappings. These are never unmapped, so nobody has to remember them: the machine ends after this. */
static status_t bench_mappings(uint64_t operations, uint64_t mappings) {
    status_t status = STATUS_OK;
    uint64_t existing = 0;
    for (uint64_t size = 1; size <= mappings && status == STATUS_OK; size *= 4) {
        for (; existing < size && status == STATUS_OK; existing++) {
            struct memory_region region = {0};
            status = bench_keep(&region);
        }
        if (status == STATUS_OK) {
            status = bench_page(size, operations);
        }
    }
    return status;
}

int32_t bench_run(uint64_t operations, uint64_t mappings) {
    status_t status = bench_null(operations * QUICK);
    if (status == STATUS_OK) {
        status = bench_switch(operations * QUICK);
    }
    if (status == STATUS_OK) {
        status = bench_spawn(operations);
    }
    if (status == STATUS_OK) {
        status = bench_memory(operations);
    }
    if (status == STATUS_OK) {
        status = bench_channel(operations * QUICK);
    }
    if (status == STATUS_OK) {
        status = bench_mappings(operations, mappings);
    }
    if (status != STATUS_OK) {
        text_print("bench: a request failed with -");
        text_print_number((uint64_t)-status);
        text_print("\n");
        return 1;
    }
    text_print("bench: done\n");
    return 0;
}
