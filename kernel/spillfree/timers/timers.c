#include <api/clock.h>
#include <api/timer.h>
#include <clock/clock.h>
#include <scheduler/scheduler.h>
#include <stddef.h>

/* This entity has no state: a client keeps its timers, and brings them along when it waits for them. */

status_t timer_set_create(struct timer_set *set) {
    *set = (struct timer_set){.created = 1};
    return STATUS_OK;
}

status_t timer_set_close(struct timer_set *set) {
    if (!set->created) {
        return STATUS_BAD_OBJECT;
    }
    if (set->first != NULL) {
        return STATUS_BUSY;
    }
    set->created = 0;
    return STATUS_OK;
}

static void set_append(struct timer_set *set, struct timer *timer) {
    struct timer **place = &set->first;
    while (*place != NULL) {
        place = &(*place)->next;
    }
    timer->next = NULL;
    *place = timer;
}

static void set_remove(struct timer_set *set, const struct timer *timer) {
    struct timer **place = &set->first;
    while (*place != timer) {
        place = &(*place)->next;
    }
    *place = timer->next;
}

status_t timer_create(struct timer_set *set, struct timer *timer, timer_callback *callback, void *argument) {
    if (!set->created) {
        return STATUS_BAD_OBJECT;
    }
    if (callback == NULL) {
        return STATUS_INVALID;
    }
    *timer = (struct timer){.set = set, .callback = callback, .argument = argument};
    set_append(set, timer);
    return STATUS_OK;
}

status_t timer_close(struct timer *timer) {
    if (timer->set == NULL) {
        return STATUS_BAD_OBJECT;
    }
    set_remove(timer->set, timer);
    *timer = (struct timer){0};
    return STATUS_OK;
}

status_t timer_arm(struct timer *timer, uint64_t delay, uint64_t period) {
    uint64_t now = clock_now();
    if (timer->set == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (delay > CLOCK_DELAY_MAX || period > CLOCK_DELAY_MAX) {
        return STATUS_INVALID;
    }
    set_remove(timer->set, timer);
    set_append(timer->set, timer);
    timer->deadline = now + delay;
    timer->period = period;
    timer->armed = 1;
    return STATUS_OK;
}

status_t timer_cancel(struct timer *timer) {
    if (timer->set == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (!timer->armed) {
        return STATUS_EMPTY;
    }
    timer->armed = 0;
    return STATUS_OK;
}

status_t timer_remaining(struct timer *timer, uint64_t *nanoseconds) {
    if (timer->set == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (!timer->armed) {
        return STATUS_EMPTY;
    }
    uint64_t now = clock_now();
    *nanoseconds = timer->deadline > now ? timer->deadline - now : 0;
    return STATUS_OK;
}

status_t timer_wait(struct timer_set *set) {
    struct timer *next = NULL;
    if (!set->created) {
        return STATUS_BAD_OBJECT;
    }
    for (struct timer *timer = set->first; timer != NULL; timer = timer->next) {
        if (timer->armed && (next == NULL || timer->deadline < next->deadline)) {
            next = timer;
        }
    }
    if (next == NULL) {
        return STATUS_EMPTY;
    }
    if (next->deadline > clock_now() && !scheduler_wait_until(next->deadline)) {
        return STATUS_EMPTY;
    }
    next->armed = next->period != 0;
    next->deadline += next->period;
    next->callback(next->argument);
    return STATUS_OK;
}
