#include <api/scheduler.h>
#include <clients/text.h>
#include <clients/trials.h>
#include <clients/workload.h>

static bool usage_equal(const struct trial_usage *one, const struct trial_usage *other, bool compare_pages) {
    return one->objects == other->objects && one->addresses == other->addresses && (!compare_pages || one->pages == other->pages);
}

static void usage_print(const char *trial, const char *when, const struct trial_usage *usage) {
    text_print(trial);
    text_print(when);
    text_print_number(usage->objects);
    text_print(" objects, ");
    text_print_number(usage->pages);
    text_print(" pages, ");
    text_print_number(usage->addresses);
    text_print(" pages of addresses\n");
}

bool usage_settle(const char *trial, const struct trial_usage *expected, bool compare_pages) {
    enum { TRIES = 250, NAP = 4000000 };
    struct trial_usage usage = {0};
    for (int i = 0; i < TRIES; i++) {
        if (trial_usage(&usage) == STATUS_OK && usage_equal(&usage, expected, compare_pages)) {
            return true;
        }
        (void)scheduler_sleep(NAP);
    }
    usage_print(trial, ": expected in use: ", expected);
    usage_print(trial, ": but in use: ", &usage);
    return false;
}

int32_t leak_run(uint64_t rounds, uint64_t seed) {
    enum { SETTLE = 100000000 };
    struct trial_usage before;
    if (workload_run(rounds, seed) != 0 || scheduler_sleep(SETTLE) != STATUS_OK || trial_usage(&before) != STATUS_OK) {
        return 1;
    }
    usage_print("leak", ": in use: ", &before);
    for (uint64_t factor = 1; factor <= 100; factor *= 10) {
        if (workload_run(rounds * factor, seed + factor) != 0 || !usage_settle("leak", &before, true)) {
            return 1;
        }
    }
    text_print("leak: done\n");
    return 0;
}
