#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/heap/heap.h>
#include <base/machine/machine.h>
#include <bench/queues.h>
#include <tasks/task.h>

/* The task knows which queue it is in by its link: however many there are, removing it is the same few stores. */
static __attribute__((noinline)) void task_move(struct list *queue, struct task *task) {
    list_insert(queue, &task->run_link);
    list_remove(&task->run_link);
}

void bench_queues(uint64_t operations) {
    struct list *queues = kmalloc(BENCH_QUEUES_MAX * sizeof *queues);
    struct task *task = kmalloc(sizeof *task);
    if (queues == NULL || task == NULL) {
        machine_panic("bench: no memory for the run queues");
    }
    list_init(&task->run_link);
    for (uint32_t count = 1; count <= BENCH_QUEUES_MAX; count *= 2) {
        for (uint32_t i = 0; i < count; i++) {
            list_init(&queues[i]);
        }
        uint64_t begin = timestamp_read();
        for (uint64_t i = 0; i < operations; i++) {
            task_move(&queues[i * 7 % count], task);
        }
        console_print("bench: queue_removal %u %lu %lu\n", count, operations, timestamp_read() - begin);
    }
    kfree(queues);
    kfree(task);
}
