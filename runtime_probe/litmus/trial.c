#include "trial.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spillscope/target.h"

enum { CONNECT_TIMEOUT_MS = 30000, SLICE_MS = 100, OBJECT_BUDGET = 1 << 18 };
static const uint64_t BYTE_BUDGET = 256ULL << 20;
static const off_t CONSOLE_LIMIT = 64 << 20; /* what a guest that went mad may print */

/* A trial under way. */
struct attempt {
    const struct trial *trial;
    struct target target;
    struct whitelist *whitelist; /* the one state */
    struct scope *scope;
    struct snapshot *before;
    uint64_t return_pc; /* of the execution at hand */
    uint64_t return_sp;
    int64_t deadline; /* transport_clock */
    bool ended;       /* the guest is gone */
    bool hung;
    bool checked; /* ELF and guest were compared */
    uint32_t execution;
    uint32_t altered; /* after which execution; 0 = not yet */
};

static void attempt_deinit(struct attempt *attempt) {
    snapshot_destroy(attempt->before);
    scope_destroy(attempt->scope);
    whitelist_destroy(attempt->whitelist);
    target_deinit(&attempt->target);
}

/* Runs the guest until it stops; ended or hung are told in the attempt. */
static struct error *attempt_continue(struct attempt *attempt) {
    struct error *error = session_continue(attempt->target.session, NULL);
    while (!error) {
        enum session_wait outcome = SESSION_TIMEOUT;
        struct stop_reply reply;
        error = session_wait(attempt->target.session, SLICE_MS, -1, &outcome, &reply);
        if (error && machine_wait(attempt->target.machine, SLICE_MS)) {
            error_destroy(error);
            error = NULL;
            attempt->ended = true;
            return NULL;
        }
        if (!error && outcome == SESSION_STOPPED) {
            attempt->ended = reply.kind != STOP_SIGNAL;
            return attempt->ended ? NULL : guest_stopped(&attempt->target.guest, &reply);
        }
        if (!error && transport_clock() > attempt->deadline) {
            attempt->hung = true;
            return NULL;
        }
    }
    return error;
}

/* Executes the instruction under the guest's breakpoint, which is off meanwhile. */
static struct error *attempt_pass(struct attempt *attempt, uint64_t address) {
    struct target *target = &attempt->target;
    uint32_t length = target->guest.arch->break_length;
    struct error *error = session_clear_point(target->session, SESSION_BREAK_SOFTWARE, address, length);
    if (!error) {
        error = session_step(target->session, target->guest.thread);
    }
    enum session_wait outcome = SESSION_TIMEOUT;
    struct stop_reply reply = {0};
    if (!error) {
        error = session_wait(target->session, CONNECT_TIMEOUT_MS, -1, &outcome, &reply);
    }
    if (!error && outcome != SESSION_STOPPED) {
        error = error_create(ERROR_TARGET, "the guest did not step past 0x%llx", (unsigned long long)address);
    }
    if (!error && reply.kind != STOP_SIGNAL) {
        attempt->ended = true;
        return NULL;
    }
    if (!error) {
        error = guest_stopped(&target->guest, &reply);
    }
    return error ? error : session_set_point(target->session, SESSION_BREAK_SOFTWARE, address, length);
}

/* Runs until control is at the address (and, if not 0, with this stack pointer). */
static struct error *attempt_reach(struct attempt *attempt, uint64_t address, uint64_t sp) {
    struct target *target = &attempt->target;
    struct error *error = session_set_point(target->session, SESSION_BREAK_SOFTWARE, address, target->guest.arch->break_length);
    bool reached = false;
    while (!error && !reached) {
        error = attempt_continue(attempt);
        if (error || attempt->ended || attempt->hung) {
            return error;
        }
        reached = target->guest.registers.pc == address && (!sp || target->guest.registers.sp == sp);
        if (!reached && target->guest.registers.pc == address) {
            error = attempt_pass(attempt, address);
            if (attempt->ended) {
                return error;
            }
        }
    }
    return error ? error : session_clear_point(target->session, SESSION_BREAK_SOFTWARE, address, target->guest.arch->break_length);
}

static struct error *attempt_snapshot(struct attempt *attempt, struct snapshot **out_snapshot) {
    struct snapshot_request request = {
        .plan = attempt->trial->plan,
        .scope = attempt->scope,
        .memory = attempt->target.memory,
        .object_budget = OBJECT_BUDGET,
        .byte_budget = BYTE_BUDGET,
    };
    return snapshot_take(&request, out_snapshot);
}

static struct error *attempt_check(struct attempt *attempt) {
    bool known = false;
    struct error *error = attempt->checked ? NULL : guest_check_identity(&attempt->target.guest, attempt->trial->plan->image, &known);
    if (!error && !attempt->checked && !known) {
        error = error_create(ERROR_MISMATCH, "%s is not the kernel that runs", attempt->trial->plan->image->path);
    }
    attempt->checked = !error;
    return error;
}

/* The transaction has been entered: notes where it returns, and its state. */
static struct error *attempt_enter(struct attempt *attempt) {
    struct guest *guest = &attempt->target.guest;
    struct guest_return back = {0};
    bool valid = false;
    struct error *error = attempt_check(attempt);
    if (!error) {
        error = guest_call_return(guest, &back, &valid);
    }
    if (!error && !valid) {
        error = error_create(ERROR_TARGET, "%s: its stack at 0x%llx cannot be read", attempt->trial->subject->transaction,
                             (unsigned long long)guest->registers.sp);
    }
    attempt->return_pc = back.pc;
    attempt->return_sp = back.sp;
    attempt->execution++;
    snapshot_destroy(attempt->before);
    attempt->before = NULL;
    return error ? error : attempt_snapshot(attempt, &attempt->before);
}

static struct error *attempt_alter(struct attempt *attempt) {
    const struct trial *trial = attempt->trial;
    struct snapshot *after = NULL;
    struct alterations alterations = {0};
    enum alteration_kind kind = trial->kind == TRIAL_PERTURB ? ALTERATION_PERTURB : ALTERATION_RESET;
    struct error *error = attempt_snapshot(attempt, &after);
    if (!error) {
        error = alterations_find(trial->plan, trial->subject->key, kind, attempt->before, after, &alterations);
    }
    for (size_t i = 0; !error && i < alterations.count; i++) {
        const struct alteration *alteration = &alterations.list[i];
        error = session_write_memory(attempt->target.session, alteration->address, alteration->bytes, alteration->count);
    }
    attempt->altered = !error && alterations.count ? attempt->execution : 0;
    alterations_deinit(&alterations);
    snapshot_destroy(after);
    return error;
}

/* From execution to execution, until one has changed the state. */
static struct error *attempt_search(struct attempt *attempt) {
    const struct trial *trial = attempt->trial;
    uint32_t limit = trial->kind == TRIAL_CONTROL ? trial->execution : trial->request->attempts;
    struct error *error = NULL;
    while (!error && !attempt->altered && attempt->execution < limit) {
        error = attempt_reach(attempt, trial->subject->entry, 0);
        if (error || attempt->ended || attempt->hung) {
            return error;
        }
        error = attempt_enter(attempt);
        if (!error) {
            error = attempt_reach(attempt, attempt->return_pc, attempt->return_sp);
        }
        if (error || attempt->ended || attempt->hung) {
            return error;
        }
        if (trial->kind != TRIAL_CONTROL) {
            error = attempt_alter(attempt);
        }
    }
    return error;
}

/* Leaves the guest alone and waits for its end. */
static struct error *attempt_release(struct attempt *attempt) {
    if (attempt->ended || attempt->hung) {
        return NULL;
    }
    struct error *error = session_detach(attempt->target.session);
    while (!error && !attempt->ended && !attempt->hung) {
        attempt->ended = machine_wait(attempt->target.machine, SLICE_MS);
        attempt->hung = !attempt->ended && transport_clock() > attempt->deadline;
    }
    return error;
}

/* A trial that found nothing to alter is of no use: its guest need not go on. */
static bool attempt_useless(const struct attempt *attempt) {
    return (attempt->trial->kind == TRIAL_RESET || attempt->trial->kind == TRIAL_PERTURB) && !attempt->altered;
}

/* A worker that is ended waits until the machine's files have no names any more: nobody else would remove them. */
static struct error *attempt_launch(struct attempt *attempt, const struct machine_request *machine) {
    sigset_t ending;
    sigset_t before;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigprocmask(SIG_BLOCK, &ending, &before);
    struct error *error = target_launch(machine, attempt->trial->arch, CONNECT_TIMEOUT_MS, &attempt->target);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return error;
}

static struct error *attempt_run(struct attempt *attempt, const char *console) {
    const struct trial *trial = attempt->trial;
    struct machine_request machine = {
        .command = trial->request->command,
        .command_count = trial->request->command_count,
        .want_ram = true,
        .log_path = console,
        .timeout_ms = CONNECT_TIMEOUT_MS,
    };
    struct error *error = NULL;
    if (trial->subject) {
        error = whitelist_create(&trial->subject->key, 1, &attempt->whitelist);
        if (!error) {
            error = scope_create(trial->plan, attempt->whitelist, &attempt->scope);
        }
    }
    if (!error) {
        error = attempt_launch(attempt, &machine);
    }
    attempt->deadline = transport_clock() + trial->timeout_ms;
    if (!error && trial->subject) {
        error = attempt_search(attempt);
    }
    return error || attempt_useless(attempt) ? error : attempt_release(attempt);
}

static struct error *console_read(const char *path, char **out_text) {
    int descriptor SCOPE_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        return error_create_errno("cannot read the guest's console %s", path);
    }
    size_t size = (size_t)(status.st_size < CONSOLE_LIMIT ? status.st_size : CONSOLE_LIMIT);
    char *text = malloc(size + 1);
    if (!text) {
        return error_out_of_memory();
    }
    size_t have = 0;
    ssize_t got = 1;
    while (have < size && got > 0) {
        got = read(descriptor, text + have, size - have);
        have += got > 0 ? (size_t)got : 0;
    }
    /* A NUL would end the text early. */
    for (size_t i = 0; i < have; i++) {
        text[i] = text[i] ? text[i] : ' ';
    }
    text[have] = 0;
    *out_text = text;
    return NULL;
}

struct error *trial_run(const struct trial *trial, struct trial_result *out_result) {
    struct attempt attempt = {.trial = trial};
    char *console SCOPE_FREE = NULL;
    char *text = NULL;
    if (asprintf(&console, "%s/console-%ld", trial->folder, (long)getpid()) < 0) {
        console = NULL;
        return error_out_of_memory();
    }
    struct error *error = attempt_run(&attempt, console);
    int status = 0;
    if (!error && attempt.ended) {
        machine_wait(attempt.target.machine, CONNECT_TIMEOUT_MS);
        machine_ended(attempt.target.machine, &status);
    }
    attempt_deinit(&attempt);
    if (!error) {
        error = console_read(console, &text);
    }
    unlink(console);
    struct trial_result result = {.execution = attempt.altered};
    if (!error) {
        error = transcript_parse(text, status, attempt.hung, &result.transcript);
    }
    if (!error) {
        *out_result = result;
    }
    return error;
}
