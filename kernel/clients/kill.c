#include <api/scheduler.h>
#include <api/timer.h>
#include <clients/kill.h>
#include <clients/text.h>
#include <clients/trials.h>
#include <clients/worker.h>

enum {
    STEPS_MAX = 6000,    /* a victim's instructions until it is killed */
    REQUESTS_MAX = 40,   /* steps of the workload that it takes if nothing ends it */
    YIELDS_MAX = 6000,   /* turns of others until its parent ends it, in every second case */
    YIELDS_FEW = 30,     /* in the other cases */
    BYSTANDER_SHARE = 4, /* every so many clients are ended while another one works */
};

static void nothing(void *argument) {
    (void)argument;
}

/* Ends with an armed timer that took a lower place than its set did. */
static int32_t child_timer_below_set(struct client_start *start) {
    struct semaphore place = {0};
    struct timer_set set = {0};
    struct timer timer = {0};
    status_t status = semaphore_create(&place, 0);
    if (status == STATUS_OK) {
        status = timer_set_create(&set);
    }
    (void)semaphore_close(&place);
    if (status == STATUS_OK) {
        status = timer_create(&set, &timer, nothing, start);
    }
    task_exit(status == STATUS_OK ? timer_arm(&timer, 1000000, 1000000) : status);
}

static void step_timer_below_set(struct worker *worker) {
    owned(child) struct child child = {0};
    struct client_start start = {0};
    int32_t result = 1;
    if (EXPECT(worker, task_spawn(&child, "below", child_timer_below_set, &start), STATUS_OK)) {
        EXPECT(worker, task_join(&child, &result), STATUS_OK);
        REQUIRE(worker, result == STATUS_OK);
    }
}

/* Those whose own children cannot be left waiting for ever, and that do not mind being cancelled. */
static workload_step *const victim_steps[] = {
    step_task_join,        step_task_detach, step_timers,  step_memory,          step_file_content, step_file_names,
    step_directories,      step_volumes,     step_channel, step_semaphores,      step_devices,      step_channel_echo,
    step_channel_blocking, step_queues,      step_events,  step_timer_below_set, step_interrupts,
};

enum { VICTIM_STEPS = sizeof victim_steps / sizeof victim_steps[0] };

/* What a client shares with who started it. */
struct shared {
    struct volume volume;
    struct semaphore semaphore;
    struct queue queue;
    struct topic topic;
};

static indivisible void shared_drop(struct shared *shared) {
    (void)volume_close(&shared->volume);
    (void)semaphore_close(&shared->semaphore);
    (void)queue_close(&shared->queue);
    (void)topic_close(&shared->topic);
}

static bool shared_create(struct shared *shared) {
    return volume_create(&shared->volume) == STATUS_OK && semaphore_create(&shared->semaphore, 1) == STATUS_OK &&
           queue_create(&shared->queue, QUEUE_DEPTH_MAX) == STATUS_OK && topic_create(&shared->topic) == STATUS_OK;
}

/* Takes steps until it is cancelled, or so many. Clients at the same time differ in `number`: it says which part of a device is theirs.
 * The third argument that it was given are the design's extras. The result is how many results were unexpected. */
static int32_t take_steps(struct client_start *start, uint32_t number, uint64_t random, uint64_t count) {
    const struct trial_extras *extras = (const struct trial_extras *)start->arguments[2];
    struct worker worker = {.start = start, .number = number, .random = random};
    uint32_t cancelled = 0;
    for (uint64_t i = 0; i < count && task_cancelled(&cancelled) == STATUS_OK && !cancelled; i++) {
        uint64_t step = worker_random(&worker, VICTIM_STEPS + (extras != NULL ? 2 : 0));
        (step < VICTIM_STEPS ? victim_steps[step] : extras->step)(&worker);
    }
    return (int32_t)worker.unexpected;
}

/* Arguments: random seed, instructions until it is killed. */
static int32_t doomed_main(struct client_start *start) {
    if (trial_doom(start->arguments[1]) != STATUS_OK) {
        return 1;
    }
    return take_steps(start, 1, start->arguments[0], REQUESTS_MAX);
}

/* Arguments: random seed. */
static int32_t victim_main(struct client_start *start) {
    return take_steps(start, 1, start->arguments[0], REQUESTS_MAX);
}

static int32_t bystander_main(struct client_start *start) {
    return take_steps(start, 0, start->arguments[0], UINT64_MAX);
}

/* A client that is to be started. */
struct candidate {
    const char *name;
    client_main *main;
    uint64_t first, second; /* its arguments */
    const struct trial_extras *extras;
};

static bool candidate_start(const struct candidate *candidate, struct child *child, struct shared *shared) {
    struct client_start start = {.arguments = {candidate->first, candidate->second, (uint64_t)candidate->extras},
                                 .volume = shared->volume,
                                 .semaphore = shared->semaphore,
                                 .queue = shared->queue,
                                 .topic = shared->topic};
    return task_spawn(child, candidate->name, candidate->main, &start) == STATUS_OK;
}

/* How a client is killed, and how many were. */
enum kill_manner {
    KILL_AT_INSTRUCTION, /* at one of its own, counted from its start */
    KILL_ANYWHERE,       /* wherever it is when its parent does it */
    KILL_ASLEEP,         /* in a request that would never end */
    KILL_MANNERS
};

struct toll {
    const struct trial_extras *extras; /* what the design's clients do as well; may be NULL */
    uint64_t killed[KILL_MANNERS];
};

static void yield_until_ended(struct child *child, uint64_t most) {
    struct task_status status = {.condition = TASK_ALIVE};
    for (uint64_t i = 0; i < most && task_query(child, &status) == STATUS_OK && status.condition == TASK_ALIVE; i++) {
        (void)scheduler_yield();
    }
}

/* Starts one client and ends it at random. False if it could not be started or saw something unexpected. */
static bool kill_one(struct worker *chance, struct toll *toll) {
    static client_main *const mains[] = {doomed_main, victim_main, kill_sleeper_main};
    __attribute__((cleanup(shared_drop))) struct shared shared = {0};
    owned(child) struct child victim = {0};
    enum kill_manner manner = (enum kill_manner)worker_random(chance, KILL_MANNERS);
    uint64_t sleeps = KILL_SLEEPS + (toll->extras != NULL ? 1 : 0);
    struct candidate candidate = {"victim", mains[manner], 1 + worker_random(chance, UINT64_MAX - 1), worker_random(chance, sleeps), toll->extras};
    int32_t result = 1;
    if (manner == KILL_AT_INSTRUCTION) {
        candidate.second = worker_random(chance, 1 + worker_random(chance, STEPS_MAX));
    }
    if (!shared_create(&shared) || !candidate_start(&candidate, &victim, &shared)) {
        return false;
    }
    yield_until_ended(&victim, worker_random(chance, worker_random(chance, 2) == 0 ? YIELDS_FEW : YIELDS_MAX));
    if (manner == KILL_AT_INSTRUCTION) {
        (void)task_cancel(&victim);
    } else if (trial_kill(&victim) != STATUS_OK) {
        return false;
    }
    if (task_join(&victim, &result) != STATUS_OK || (result != 0 && result != STATUS_FAULT)) {
        return false;
    }
    toll->killed[manner] += result == STATUS_FAULT;
    return manner != KILL_ASLEEP || result == STATUS_FAULT;
}

/* Ends clients while another one works, which must see nothing of it. */
static bool kill_beside(struct worker *chance, uint64_t count, struct toll *toll) {
    __attribute__((cleanup(shared_drop))) struct shared shared = {0};
    owned(child) struct child bystander = {0};
    int32_t result = 1;
    const struct candidate candidate = {"bystander", bystander_main, 1 + worker_random(chance, UINT64_MAX - 1), 0, toll->extras};
    bool fine = shared_create(&shared) && candidate_start(&candidate, &bystander, &shared);
    for (uint64_t i = 0; i < count && fine; i++) {
        fine = kill_one(chance, toll);
    }
    (void)task_cancel(&bystander);
    return task_join(&bystander, &result) == STATUS_OK && result == 0 && fine;
}

int32_t kill_run(uint64_t clients, uint64_t seed, const struct trial_extras *extras) {
    enum { SETTLE = 100000000 };
    struct worker chance = {.random = seed * 2 + 1};
    struct trial_usage before;
    struct toll toll = {.extras = extras};
    /* One to begin with: then everything is there that is made once and stays. */
    if (!kill_beside(&chance, 1, &toll) || scheduler_sleep(SETTLE) != STATUS_OK || trial_usage(&before) != STATUS_OK) {
        text_print("kill: cannot begin\n");
        return 1;
    }
    toll = (struct toll){.extras = extras};
    bool fine = true;
    for (uint64_t i = 0; i < clients && fine; i++) {
        if (i % BYSTANDER_SHARE == 0) {
            fine = kill_beside(&chance, 1, &toll);
        } else {
            fine = kill_one(&chance, &toll);
        }
        fine = fine && usage_settle("kill", &before, false);
    }
    fine = fine && usage_settle("kill", &before, true);
    text_print("kill: ");
    text_print_number(clients);
    text_print(" clients, killed at an instruction: ");
    text_print_number(toll.killed[KILL_AT_INSTRUCTION]);
    text_print(", by their parent: ");
    text_print_number(toll.killed[KILL_ANYWHERE]);
    text_print(", asleep: ");
    text_print_number(toll.killed[KILL_ASLEEP]);
    text_print(fine ? "\nkill: done\n" : "\nkill: failed\n");
    return fine ? 0 : 1;
}
