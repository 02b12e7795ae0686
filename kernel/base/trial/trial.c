#include <base/console/console.h>
#include <base/cpu/cpu.h>
#include <base/cpu/instructions.h>
#include <base/heap/heap.h>
#include <base/lib/string.h>
#include <base/memory/pages.h>
#include <base/memory/paging.h>
#include <base/memory/ranges.h>
#include <base/trial/integrity.h>
#include <base/trial/requests.h>
#include <base/trial/trial.h>

/* Owner: this file. Lock: none: a trial has one task at a time that starves or is marked, and only that task changes this. */
static struct {
    uint64_t site;               /* set at start: where each allocation fails; 0: nowhere */
    bool observed;               /* set at start: usage, secrets and integrity are told */
    bool allowed;                /* set at start: tasks are starved and doomed */
    bool driven;                 /* set at start: requests are told */
    bool starves;                /* set at start: tasks are starved */
    const struct task *starving; /* whose allocations are counted; NULL: nobody's */
    uint64_t allocations;        /* until one fails; 0: no more of them */
    uint64_t failed;             /* where the one asked for has failed; 0: it has not */
    const struct task *marked;   /* who is to be killed; NULL: nobody */
    uint64_t steps;              /* until then */
} trial;

bool trial_active;

static const struct task *calling_task(void) {
    uint64_t flags = interrupts_save();
    const struct task *task = cpu_this()->current;
    interrupts_restore(flags);
    return task;
}

void trial_init(const struct boot_options *options) {
    char what[16];
    (void)boot_option(options, "run", what, sizeof what);
    trial.allowed = string_equal(what, "leak") || string_equal(what, "starve") || string_equal(what, "kill") || string_equal(what, "fault");
    trial.observed = trial.allowed || string_equal(what, "hostile") || string_equal(what, "processes");
    trial.driven = string_equal(what, "driver");
    if (trial.driven) {
        requests_init();
    }
    trial.starves = trial.allowed || string_equal(what, "workload") || string_equal(what, "all") || what[0] == '\0' || trial.driven;
    trial_active = trial_active || trial.observed || trial.starves;
    if (trial.observed) {
        integrity_init(string_equal(what, "hostile"));
    }
}

bool trial_allowed(void) {
    return trial.allowed;
}

void trial_prepare(const struct boot_options *options) {
    uint64_t site = boot_option_number(options, "starve_site", 0);
    trial.site = site == 0 ? 0 : KERNEL_BASE + site;
    trial_active = site != 0;
}

bool trial_fails(const void *site) {
    if (trial.site != 0 && trial.site == (uint64_t)site) {
        return true;
    }
    if (trial.starving == NULL || trial.starving != calling_task() || trial.allocations == 0) {
        return false;
    }
    if (trial.allocations == (uint64_t)TRIAL_EVERY) {
        return true;
    }
    if (--trial.allocations > 0) {
        return false;
    }
    trial.failed = (uint64_t)site;
    return true;
}

status_t trial_secrets(struct trial_secrets *secrets) {
    if (!trial.observed) {
        return STATUS_DENIED;
    }
    integrity_secrets(secrets);
    return STATUS_OK;
}

status_t trial_integrity(uint32_t *broken) {
    if (!trial.observed) {
        return STATUS_DENIED;
    }
    *broken = integrity_broken();
    return STATUS_OK;
}

status_t trial_requests(uint64_t offset, char *text, size_t size, size_t *done) {
    if (!trial.driven) {
        return STATUS_DENIED;
    }
    if (size > TRIAL_REQUESTS_PART) {
        return STATUS_INVALID;
    }
    *done = requests_copy(offset, text, size);
    return STATUS_OK;
}

status_t trial_usage(struct trial_usage *usage) {
    if (!trial.observed) {
        return STATUS_DENIED;
    }
    *usage = (struct trial_usage){heap_objects(), pages_in_use() - paging_range_tables(), ranges_in_use()};
    return STATUS_OK;
}

status_t trial_starve(uint64_t number, uint32_t *failed) {
    if (!trial.starves) {
        return STATUS_DENIED;
    }
    *failed = trial.failed != 0;
    if (trial.failed != 0) {
        console_print("starve: site %lx\n", trial.failed); /* tests/starve-sites.sh knows all there are */
    }
    trial.failed = 0;
    trial.allocations = number;
    trial.starving = number == 0 ? NULL : calling_task();
    return STATUS_OK;
}

status_t trial_mark(const struct task *task, uint64_t steps) {
    if (!trial.allowed) {
        return STATUS_DENIED;
    }
    trial.steps = steps;
    trial.marked = task;
    return STATUS_OK;
}

bool trial_marked(const struct task *task) {
    return trial.marked == task;
}

bool trial_step(void) {
    if (trial.steps > 0) {
        trial.steps--;
        return true;
    }
    trial.marked = NULL;
    return false;
}
