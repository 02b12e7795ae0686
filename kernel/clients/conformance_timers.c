#include <api/clock.h>
#include <api/timer.h>
#include <clients/conformance.h>

static void count_up(void *argument) {
    uint32_t *count = argument;
    (*count)++;
}

static void add_ten(void *argument) {
    uint32_t *count = argument;
    *count += 10;
}

void conformance_timers(struct conformance *suite) {
    owned(timer_set) struct timer_set set = {0};
    owned(timer) struct timer timer = {0};
    owned(timer) struct timer other = {0};
    uint32_t count = 0;
    uint64_t remaining = 0, begin = 0, now = 0, resolution = 0;

    conformance_check(suite, "timer_create in no set", timer_create(&set, &timer, count_up, &count) == STATUS_BAD_OBJECT);
    conformance_check(suite, "timer_wait for no set", timer_wait(&set) == STATUS_BAD_OBJECT);
    conformance_check(suite, "timer_set_close of none", timer_set_close(&set) == STATUS_BAD_OBJECT);
    conformance_check(suite, "timer_set_create", timer_set_create(&set) == STATUS_OK);
    conformance_check(suite, "timer_arm of none", timer_arm(&timer, 1, 0) == STATUS_BAD_OBJECT);
    conformance_check(suite, "timer_cancel of none", timer_cancel(&timer) == STATUS_BAD_OBJECT);
    conformance_check(suite, "timer_remaining of none", timer_remaining(&timer, &remaining) == STATUS_BAD_OBJECT);
    conformance_check(suite, "timer_close of none", timer_close(&timer) == STATUS_BAD_OBJECT);
    conformance_check(suite, "timer_create without a callback", timer_create(&set, &timer, 0, &count) == STATUS_INVALID);
    conformance_check(suite, "timer_create", timer_create(&set, &timer, count_up, &count) == STATUS_OK);
    conformance_check(suite, "timer_wait for nothing", timer_wait(&set) == STATUS_EMPTY);
    conformance_check(suite, "timer_set_close with a timer", timer_set_close(&set) == STATUS_BUSY);
    conformance_check(suite, "timer_remaining when not armed", timer_remaining(&timer, &remaining) == STATUS_EMPTY);
    conformance_check(suite, "timer_cancel when not armed", timer_cancel(&timer) == STATUS_EMPTY);
    (void)clock_resolution(&resolution);
    (void)clock_read(&begin);
    conformance_check(suite, "timer_arm", timer_arm(&timer, 12000000, 0) == STATUS_OK);
    conformance_check(suite, "timer_arm in an eternity", timer_arm(&timer, UINT64_MAX, 0) == STATUS_INVALID);
    conformance_check(suite, "timer_remaining", timer_remaining(&timer, &remaining) == STATUS_OK && remaining <= 12000000);
    conformance_check(suite, "timer_wait runs the callback", timer_wait(&set) == STATUS_OK && count == 1);
    conformance_check(suite, "it took its time", clock_read(&now) == STATUS_OK && now - begin + resolution >= 12000000);
    conformance_check(suite, "timer_wait when all are done", timer_wait(&set) == STATUS_EMPTY);
    (void)timer_create(&set, &other, add_ten, &count);
    (void)timer_arm(&timer, 200000000, 0);
    (void)timer_arm(&other, 8000000, 0);
    conformance_check(suite, "the earlier timer is first", timer_wait(&set) == STATUS_OK && count == 11);
    conformance_check(suite, "timer_cancel", timer_cancel(&timer) == STATUS_OK && timer_wait(&set) == STATUS_EMPTY);
    (void)timer_arm(&timer, 4000000, 4000000);
    conformance_check(suite, "a period repeats",
                      timer_wait(&set) == STATUS_OK && timer_wait(&set) == STATUS_OK && timer_wait(&set) == STATUS_OK && count == 14);
    conformance_check(suite, "timer_close when armed", timer_close(&timer) == STATUS_OK && timer_wait(&set) == STATUS_EMPTY);
    conformance_check(suite, "timer_close", timer_close(&other) == STATUS_OK);
    conformance_check(suite, "timer_set_close", timer_set_close(&set) == STATUS_OK);
}
