#include <clients/pool.h>
#include <clients/text.h>

static uint64_t below(struct pool *pool, uint64_t limit) {
    return worker_random(&pool->worker, limit);
}

void pool_judge(struct pool *pool, const char *request, status_t status) {
    if (status > STATUS_OK || status < STATUS_NO_DEVICE) {
        pool->worker.unexpected++;
        text_print("driver: ");
        text_print(request);
        text_print(" gave no status\n");
    }
}

/* ---- tasks, scheduler, clock ---- */

static int32_t child_brief(struct client_start *start) {
    uint32_t cancelled = 0;
    for (uint64_t i = 0; i < start->arguments[0]; i++) {
        (void)scheduler_yield();
        if (task_cancelled(&cancelled) == STATUS_OK && cancelled) {
            return -1;
        }
    }
    return (int32_t)start->arguments[0];
}

static int32_t child_with_objects(struct client_start *start) {
    uint8_t data[QUEUE_MESSAGE_MAX] = {0};
    (void)channel_try_send(&start->end, data, 4);
    (void)queue_send(&start->queue, 3, data, 4);
    (void)event_publish(&start->topic, 4);
    (void)semaphore_up(&start->semaphore);
    if (start->arguments[0] % 2 == 0) {
        task_exit(5);
    }
    return 6;
}

void pool_tasks(struct pool *pool) {
    static const char *const names[] = {"", "short", "fifteen letters", "sixteen letters!", "a name that is far too long"};
    struct child *child = &pool->children[below(pool, POOL)];
    struct client_start start = {.arguments = {below(pool, 6)}};
    struct task_status status;
    int32_t result;
    uint32_t number;
    switch (below(pool, 10)) {
    case 0:
    case 1:
        ASK(pool, task_detach(child));
        ASK(pool, task_spawn(child, names[below(pool, 5)], child_brief, &start));
        break;
    case 2:
        start.volume = pool->worker.start->volume;
        start.semaphore = pool->worker.start->semaphore;
        start.queue = pool->worker.start->queue;
        start.topic = pool->worker.start->topic;
        ASK(pool, task_detach(child));
        ASK(pool, task_spawn(child, "objects", below(pool, 8) == 0 ? NULL : child_with_objects, &start));
        break;
    case 3:
        ASK(pool, task_join(child, &result));
        break;
    case 4:
        ASK(pool, task_query(child, &status));
        break;
    case 5:
        ASK(pool, task_cancel(child));
        break;
    case 6:
        ASK(pool, task_cancelled(&number));
        ASK(pool, task_identify(&number));
        break;
    case 7:
        ASK(pool, task_rename(names[below(pool, 5)]));
        break;
    case 8:
        ASK(pool, task_detach(child));
        break;
    default:
        ASK(pool, scheduler_yield());
        break;
    }
}

void pool_scheduler(struct pool *pool) {
    uint32_t priority;
    switch (below(pool, 4)) {
    case 0:
        ASK(pool, scheduler_yield());
        break;
    case 1:
        ASK(pool, scheduler_sleep(below(pool, 10) == 0 ? UINT64_MAX - below(pool, 9) : below(pool, 2000000)));
        break;
    case 2:
        ASK(pool, scheduler_set_priority((uint32_t)below(pool, PRIORITY_COUNT + 1)));
        break;
    default:
        ASK(pool, scheduler_get_priority(&priority));
        break;
    }
}

void pool_clock(struct pool *pool) {
    uint64_t time;
    if (below(pool, 2) == 0) {
        ASK(pool, clock_read(&time));
    } else {
        ASK(pool, clock_resolution(&time));
    }
}

/* ---- memory, devices ---- */

void pool_memory(struct pool *pool) {
    struct memory_region *region = &pool->regions[below(pool, POOL)];
    struct memory_information information;
    size_t pages = below(pool, 12) == 0 ? below(pool, 2) * (MEMORY_PAGES_MAX + 1) : 1 + below(pool, 9);
    uint32_t protection = below(pool, 8) == 0 ? (uint32_t)below(pool, 9) : MEMORY_READ | MEMORY_WRITE;
    void *address = NULL;
    switch (below(pool, 6)) {
    case 0:
    case 1:
        ASK(pool, memory_unmap(region));
        if (memory_map(region, pages, protection, &address) == STATUS_OK && (protection & MEMORY_WRITE) != 0) {
            *(volatile uint8_t *)address = 1;
        }
        break;
    case 2:
        ASK(pool, memory_protect(region, protection));
        break;
    case 3:
        ASK(pool, memory_resize(region, pages, &address));
        break;
    case 4:
        ASK(pool, memory_query(region, &information));
        break;
    default:
        ASK(pool, memory_unmap(region));
        break;
    }
}

void pool_devices(struct pool *pool) {
    static const char *const names[] = {"i2c-0", "i2c-0", "i2c-0", "i2c-1", "", "a device with a long name"};
    static const uint64_t addresses[] = {DEVICE_SENSOR, DEVICE_MEMORY, 1, 127, 128};
    struct device *device = &pool->devices[below(pool, 2)];
    uint8_t data[DEVICE_TRANSFER_MAX + 1] = {0};
    struct device_status status;
    size_t done;
    switch (below(pool, 9)) {
    case 0:
        ASK(pool, device_close(device));
        ASK(pool, device_open(device, names[below(pool, 6)]));
        break;
    case 1:
    case 2:
        ASK(pool, device_control(device, DEVICE_SELECT, addresses[below(pool, 5)]));
        break;
    case 3:
        ASK(pool, device_control(device, below(pool, 4) == 0 ? 9 : DEVICE_RETRIES, below(pool, 12)));
        break;
    case 4:
        ASK(pool, device_read(device, data, below(pool, sizeof data + 1), &done));
        break;
    case 5:
        ASK(pool, device_write(device, data, below(pool, sizeof data + 1), &done));
        break;
    case 6:
        ASK(pool, device_seek(device, below(pool, 6) == 0 ? 65536 : below(pool, 80)));
        break;
    case 7:
        ASK(pool, device_status(device, &status));
        break;
    default:
        ASK(pool, device_close(device));
        break;
    }
}

void pool_interrupts(struct pool *pool) {
    struct interrupt_line *line = &pool->lines[below(pool, 2)];
    uint32_t number = (uint32_t)below(pool, below(pool, 6) == 0 ? INTERRUPT_LINES + 1 : 4);
    uint32_t count = 0;
    switch (below(pool, 6)) {
    case 0:
        ASK(pool, interrupt_release(line));
        ASK(pool, interrupt_claim(line, number));
        break;
    case 1:
    case 2:
        ASK(pool, interrupt_raise(number));
        break;
    case 3: /* without blocking for ever: nobody need raise it again */
        if (interrupt_pending(line, &count) != STATUS_OK || count > 0) {
            ASK(pool, interrupt_wait(line, &count));
        }
        break;
    case 4:
        ASK(pool, interrupt_pending(line, &count));
        break;
    default:
        ASK(pool, interrupt_release(line));
        break;
    }
}

/* ---- timers ---- */

static void timer_noted(void *argument) {
    ++*(uint32_t *)argument;
}

void pool_timers(struct pool *pool) {
    struct timer *timer = &pool->timers[below(pool, POOL)];
    struct timer_set *set = &pool->sets[below(pool, 2)];
    uint64_t left;
    switch (below(pool, 9)) {
    case 0:
        ASK(pool, timer_set_close(set)); /* busy while it has timers, and then not to be made anew */
        break;
    case 1:
        if (timer_set_close(set) != STATUS_BUSY) {
            ASK(pool, timer_set_create(set));
        }
        break;
    case 2:
    case 3:
        ASK(pool, timer_close(timer));
        ASK(pool, timer_create(set, timer, timer_noted, &pool->worker.number));
        break;
    case 4:
    case 5:
        ASK(pool, timer_arm(timer, below(pool, 10) == 0 ? UINT64_MAX - below(pool, 9) : below(pool, 3000000),
                            below(pool, 3) == 0    ? below(pool, 1000000)
                            : below(pool, 10) == 0 ? UINT64_MAX
                                                   : 0));
        break;
    case 6:
        ASK(pool, timer_cancel(timer));
        break;
    case 7:
        ASK(pool, timer_remaining(timer, &left));
        break;
    default:
        ASK(pool, timer_wait(set));
        break;
    }
}

/* ---- what tasks tell each other ---- */

void pool_channels(struct pool *pool) {
    uint64_t pair = below(pool, POOL);
    struct channel_end *end = &pool->ends[2 * pair + below(pool, 2)];
    struct channel_status status = {0};
    uint8_t data[CHANNEL_MESSAGE_MAX + 1] = {0};
    size_t size = below(pool, 8) == 0 ? sizeof data : below(pool, CHANNEL_MESSAGE_MAX);
    size_t capacity = below(pool, 4) == 0 ? below(pool, 8) : sizeof data;
    switch (below(pool, 9)) {
    case 0:
        ASK(pool, channel_close(&pool->ends[2 * pair]));
        ASK(pool, channel_close(&pool->ends[2 * pair + 1]));
        ASK(pool, channel_create(&pool->ends[2 * pair], &pool->ends[2 * pair + 1]));
        break;
    case 1:
    case 2:
        ASK(pool, channel_try_send(end, data, size));
        break;
    case 3: /* without blocking for ever: nobody else would take it */
        if (channel_status(end, &status) != STATUS_OK || status.peer_closed || status.sent_waiting < CHANNEL_DEPTH) {
            ASK(pool, channel_send(end, data, size));
        }
        break;
    case 4:
    case 5:
        ASK(pool, channel_try_receive(end, data, capacity, &size));
        break;
    case 6:
        if (channel_status(end, &status) != STATUS_OK || status.peer_closed || status.received_waiting > 0) {
            ASK(pool, channel_receive(end, data, capacity, &size));
        }
        break;
    case 7:
        ASK(pool, channel_status(end, &status));
        break;
    default:
        ASK(pool, channel_close(end));
        break;
    }
}

void pool_semaphores(struct pool *pool) {
    bool ours = below(pool, 4) != 0;
    struct semaphore *semaphore = ours ? &pool->semaphores[below(pool, POOL)] : &pool->worker.start->semaphore;
    uint32_t value = 0;
    switch (below(pool, 7)) {
    case 0:
        if (ours) {
            ASK(pool, semaphore_close(semaphore));
            ASK(pool, semaphore_create(semaphore, (uint32_t)(below(pool, 3) == 0 ? SEMAPHORE_VALUE_MAX + below(pool, 2) : below(pool, 3))));
        }
        break;
    case 1:
    case 2:
        ASK(pool, semaphore_up(semaphore));
        break;
    case 3:
        ASK(pool, semaphore_try_down(semaphore));
        break;
    case 4: /* one that others hold may be taken by them in between */
        if (ours && (semaphore_value(semaphore, &value) != STATUS_OK || value > 0)) {
            ASK(pool, semaphore_down(semaphore));
        }
        break;
    case 5:
        ASK(pool, semaphore_value(semaphore, &value));
        break;
    default:
        if (ours) {
            ASK(pool, semaphore_close(semaphore));
        }
        break;
    }
}

void pool_queues(struct pool *pool) {
    bool ours = below(pool, 3) != 0;
    struct queue *queue = ours ? &pool->queues[below(pool, POOL)] : &pool->worker.start->queue;
    struct queue_status status;
    uint8_t data[QUEUE_MESSAGE_MAX + 1] = {0};
    size_t size = below(pool, 8) == 0 ? sizeof data : below(pool, QUEUE_MESSAGE_MAX);
    uint32_t depth = (uint32_t)below(pool, QUEUE_DEPTH_MAX + 2);
    switch (below(pool, 8)) {
    case 0:
        if (ours) {
            ASK(pool, queue_close(queue));
            ASK(pool, queue_create(queue, depth));
        }
        break;
    case 1:
    case 2:
    case 3:
        ASK(pool, queue_send(queue, (uint32_t)below(pool, 4), data, size));
        break;
    case 4:
    case 5:
        ASK(pool, queue_receive(queue, (uint32_t)below(pool, 4), data, below(pool, 4) == 0 ? below(pool, 8) : sizeof data, &size));
        break;
    case 6:
        ASK(pool, queue_status(queue, &status));
        ASK(pool, queue_set_depth(queue, depth));
        break;
    default:
        if (ours) {
            ASK(pool, queue_close(queue));
        }
        break;
    }
}

static void event_noted(void *argument, uint64_t value) {
    *(uint32_t *)argument += (uint32_t)value;
}

void pool_events(struct pool *pool) {
    bool ours = below(pool, 3) != 0;
    struct topic *topic = ours ? &pool->topics[below(pool, 2)] : &pool->worker.start->topic;
    struct subscription *subscription = &pool->subscriptions[below(pool, POOL)];
    uint32_t count;
    switch (below(pool, 9)) {
    case 0:
        if (ours) {
            ASK(pool, topic_close(topic));
            ASK(pool, topic_create(topic));
        }
        break;
    case 1:
        ASK(pool, event_unsubscribe(subscription));
        ASK(pool, event_subscribe(topic, subscription, below(pool, 8) == 0 ? NULL : event_noted, &pool->worker.number));
        break;
    case 2:
    case 3:
    case 4:
        ASK(pool, event_publish(topic, below(pool, 100)));
        break;
    case 5:
    case 6:
        ASK(pool, event_dispatch(subscription));
        break;
    case 7:
        ASK(pool, event_pending(subscription, &count));
        break;
    default:
        if (below(pool, 2) == 0) {
            ASK(pool, event_unsubscribe(subscription));
        } else if (ours) {
            ASK(pool, topic_close(topic));
        }
        break;
    }
}
