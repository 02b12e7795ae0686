/* Timers with callbacks. A timer belongs to a set; timer_wait runs the callback of the set's next due timer
 * in the calling task. */
#ifndef API_TIMER_H
#define API_TIMER_H

#include <api/status.h>
#include <objects/timer.h>
#include <spillscope_contracts.h>

typedef void timer_callback(void *argument);

status_t timer_set_create(struct timer_set *set SPILLSCOPE_ACQUIRES);
/* STATUS_BUSY while it has timers. */
status_t timer_set_close(struct timer_set *set SPILLSCOPE_RELEASES);
/* A timer, not armed. The set must stay until the timer is closed. */
status_t timer_create(struct timer_set *set, struct timer *timer SPILLSCOPE_ACQUIRES, timer_callback *callback, void *argument);
status_t timer_close(struct timer *timer SPILLSCOPE_RELEASES);
/* Due `delay` nanoseconds from now, then every `period` nanoseconds if that is not 0. Arming again starts anew.
 * STATUS_INVALID if one of them is above CLOCK_DELAY_MAX. */
status_t timer_arm(struct timer *timer, uint64_t delay, uint64_t period);
/* STATUS_EMPTY if it was not armed. */
status_t timer_cancel(struct timer *timer);
/* Nanoseconds until it is due, 0 if overdue; STATUS_EMPTY if it is not armed. */
status_t timer_remaining(struct timer *timer, uint64_t *nanoseconds);
/* Blocks until a timer of the set is due and runs its callback. STATUS_EMPTY if none is armed. */
status_t timer_wait(struct timer_set *set);

static indivisible void timer_drop(struct timer *timer SPILLSCOPE_RELEASES) {
    (void)timer_close(timer);
}

static indivisible void timer_set_drop(struct timer_set *set SPILLSCOPE_RELEASES) {
    (void)timer_set_close(set);
}

#endif
