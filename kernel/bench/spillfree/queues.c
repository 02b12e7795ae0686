#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/machine/machine.h>
#include <base/memory/pages.h>
#include <bench/queues.h>
#include <scheduler/run_queue.h>
#include <tasks/task.h>

/* Nothing but the queues says where the task is: all of them have to be looked through. */
static __attribute__((noinline)) void task_remove(struct run_queue *queues, uint32_t count, const struct task *task) {
    for (struct run_queue *queue = queues; queue < queues + count; queue++) {
        (void)run_queue_remove(queue, task);
    }
}

void bench_queues(uint64_t operations) {
    enum { PAGES = (BENCH_QUEUES_MAX * sizeof(struct run_queue) + PAGE_SIZE - 1) / PAGE_SIZE };
    struct run_queue *queues = page_allocate(PAGES);
    struct task *task = task_current();
    if (queues == NULL) {
        machine_panic("bench: no memory for the run queues");
    }
    for (uint32_t count = 1; count <= BENCH_QUEUES_MAX; count *= 2) {
        for (uint32_t i = 0; i < count; i++) {
            queues[i].tasks[0] = NULL;
            queues[i].tasks[1] = NULL;
        }
        uint64_t begin = timestamp_read();
        for (uint64_t i = 0; i < operations; i++) {
            run_queue_put(&queues[i * 7 % count], task);
            task_remove(queues, count, task);
        }
        console_print("bench: queue_removal %u %lu %lu\n", count, operations, timestamp_read() - begin);
    }
    page_free(queues, PAGES);
}
