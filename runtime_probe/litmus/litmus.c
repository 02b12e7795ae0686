#include "spillscope/litmus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outcome.h"
#include "spillscope/interruption.h"
#include "spillscope/progress.h"
#include "spillscope/text.h"
#include "spillscope/transport.h"
#include "trial.h"
#include "workers.h"

enum { CONTROL_TRIES = 2, REFERENCE_TIMEOUT_MS = 300000, TIMEOUT_FACTOR = 20, TIMEOUT_LEAST_MS = 10000 };

/* One trial to be made: a subject and what is done to it. */
struct task {
    const struct subject *subject;
    enum trial_kind kind;
};

struct litmus {
    const struct litmus_request *request;
    struct store *store;
    struct image *image;
    struct plan *plan;
    const struct arch *arch;
    struct outcome_rules rules;
    struct subjects subjects;
    struct transcript references[2];
    int timeout_ms; /* of one guest */
    struct task *tasks;
    size_t task_count;
    size_t done;
    char *folder; /* of consoles */
    struct interruption interruption;
    struct query *insert;
    struct progress *progress;
    struct litmus_summary summary;
};

/* With the consoles of guests whose trial was ended. */
static void folder_remove(char *folder) {
    DIR *directory = folder ? opendir(folder) : NULL;
    for (const struct dirent *entry = NULL; directory && (entry = readdir(directory));) {
        unlinkat(dirfd(directory), entry->d_name, 0);
    }
    if (directory) {
        closedir(directory);
        rmdir(folder);
    }
    free(folder);
}

static void litmus_deinit(struct litmus *litmus) {
    progress_destroy(litmus->progress);
    query_destroy(litmus->insert);
    transcript_deinit(&litmus->references[0]);
    transcript_deinit(&litmus->references[1]);
    subjects_deinit(&litmus->subjects);
    outcome_rules_deinit(&litmus->rules);
    free(litmus->tasks);
    plan_destroy(litmus->plan);
    image_close(litmus->image);
    store_close(litmus->store);
    folder_remove(litmus->folder);
    interruption_release(&litmus->interruption);
}

static struct error *litmus_open(struct litmus *litmus) {
    const struct litmus_request *request = litmus->request;
    const char *base = getenv("TMPDIR");
    char *root SCOPE_FREE = NULL;
    struct error *error = store_open(request->database, request->plan ? STORE_READ : STORE_WRITE, &litmus->store);
    if (!error) {
        error = store_meta_get(litmus->store, "source_root", &root);
    }
    if (!error) {
        error = image_open(request->elf, root, NULL, &litmus->image);
    }
    if (!error) {
        error = plan_create(litmus->store, litmus->image, &litmus->plan);
    }
    if (!error) {
        error = outcome_rules_load(litmus->store, &litmus->rules);
    }
    if (!error) {
        error = subjects_load(litmus->store, litmus->image, request, &litmus->subjects);
    }
    if (error) {
        return error;
    }
    litmus->arch = arch_by_machine(litmus->image->machine, litmus->image->pointer_size);
    if (!litmus->arch) {
        return error_create(ERROR_FORMAT, "%s: machine %u is not supported (%s are)", litmus->image->path, litmus->image->machine, arch_names());
    }
    if (asprintf(&litmus->folder, "%s/spillscope-litmus-XXXXXX", base ? base : "/tmp") < 0) {
        litmus->folder = NULL;
        return error_out_of_memory();
    }
    if (!mkdtemp(litmus->folder)) {
        error = error_create_errno("cannot make directory %s", litmus->folder);
        free(litmus->folder);
        litmus->folder = NULL;
    }
    return error;
}

static struct error *litmus_plan_tasks(struct litmus *litmus) {
    const struct litmus_request *request = litmus->request;
    litmus->tasks = calloc(litmus->subjects.count * 2 + 1, sizeof *litmus->tasks);
    if (!litmus->tasks) {
        return error_out_of_memory();
    }
    for (size_t i = 0; i < litmus->subjects.count; i++) {
        const struct subject *subject = &litmus->subjects.list[i];
        if (request->reset && (request->again || !subject->done[0])) {
            litmus->tasks[litmus->task_count++] = (struct task){subject, TRIAL_RESET};
        }
        if (request->perturb && (request->again || !subject->done[1])) {
            litmus->tasks[litmus->task_count++] = (struct task){subject, TRIAL_PERTURB};
        }
    }
    litmus->summary.pairs = litmus->task_count;
    return NULL;
}

static struct error *litmus_trial(const struct litmus *litmus, enum trial_kind kind, const struct subject *subject, uint32_t execution,
                                  struct trial_result *out_result) {
    struct trial trial = {
        .request = litmus->request,
        .plan = litmus->plan,
        .arch = litmus->arch,
        .folder = litmus->folder,
        .kind = kind,
        .subject = subject,
        .execution = execution,
        .timeout_ms = litmus->timeout_ms,
    };
    return trial_run(&trial, out_result);
}

/* Two undisturbed runs tell what the workload says when all is well. */
static struct error *litmus_take_references(struct litmus *litmus) {
    struct error *error = NULL;
    int64_t begin = transport_clock();
    litmus->timeout_ms = litmus->request->timeout_s ? litmus->request->timeout_s * 1000 : REFERENCE_TIMEOUT_MS;
    for (int i = 0; !error && i < 2; i++) {
        struct trial_result result = {0};
        error = litmus_trial(litmus, TRIAL_REFERENCE, NULL, 0, &result);
        if (error) {
            return error_wrap(error, "undisturbed run");
        }
        litmus->references[i] = result.transcript;
        if (result.transcript.hung) {
            error = error_create(ERROR_TARGET, "the undisturbed guest did not end within %d s: the command must bring a workload that ends",
                                 litmus->timeout_ms / 1000);
        }
    }
    if (!litmus->request->timeout_s) {
        int64_t wanted = (transport_clock() - begin) / 2 * TIMEOUT_FACTOR;
        litmus->timeout_ms = wanted < TIMEOUT_LEAST_MS ? TIMEOUT_LEAST_MS : wanted > REFERENCE_TIMEOUT_MS ? REFERENCE_TIMEOUT_MS : (int)wanted;
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ in a worker */

/* The message is "OUTCOME EXECUTION DETAIL"; OUTCOME 'u' = unchanged, 's' = unsettled, '!' = error, else its number. */
static void message_write(char message[WORKERS_MESSAGE], char code, uint32_t execution, const char *detail) {
    snprintf(message, WORKERS_MESSAGE, "%c %u %s", code, execution, detail);
}

/* Does the guest deviate too when it is only stopped? */
static struct error *control_deviates(const struct litmus *litmus, const struct subject *subject, uint32_t execution, bool *out_deviates) {
    bool deviates = true;
    struct error *error = NULL;
    for (int i = 0; !error && deviates && i < CONTROL_TRIES; i++) {
        struct trial_result control = {0};
        const char *detail = "";
        error = litmus_trial(litmus, TRIAL_CONTROL, subject, execution, &control);
        if (!error) {
            deviates = outcome_decide(&litmus->rules, litmus->references, &control.transcript, &detail) != OUTCOME_UNHARMED;
            transcript_deinit(&control.transcript);
        }
    }
    *out_deviates = deviates;
    return error;
}

static struct error *task_run(const struct litmus *litmus, const struct task *task, char message[WORKERS_MESSAGE]) {
    struct trial_result result = {0};
    const char *detail = "";
    struct error *error = litmus_trial(litmus, task->kind, task->subject, 0, &result);
    if (error) {
        return error;
    }
    enum outcome outcome = OUTCOME_UNHARMED;
    bool deviates = false;
    if (result.execution) {
        outcome = outcome_decide(&litmus->rules, litmus->references, &result.transcript, &detail);
    }
    if (outcome != OUTCOME_UNHARMED) {
        error = control_deviates(litmus, task->subject, result.execution, &deviates);
    }
    char code = !result.execution ? 'u' : deviates ? 's' : (char)('0' + (int)outcome);
    message_write(message, code, result.execution, detail);
    transcript_deinit(&result.transcript);
    return error;
}

static void litmus_work(void *context, size_t index, char message[WORKERS_MESSAGE]) {
    const struct litmus *litmus = context;
    struct error *error = task_run(litmus, &litmus->tasks[index], message);
    if (error) {
        message_write(message, '!', (uint32_t)error_code_of(error), error_message(error));
        error_destroy(error);
    }
}

/* ------------------------------------------------------------------------------------------------ in the parent */

static struct error *outcome_store(struct litmus *litmus, const struct task *task, enum outcome outcome, uint32_t execution, const char *detail) {
    uint64_t *const counts[OUTCOME_COUNT] = {&litmus->summary.unharmed, &litmus->summary.errors, &litmus->summary.wrong, &litmus->summary.hangs,
                                             &litmus->summary.crashes};
    (*counts[outcome])++;
    query_bind_int(litmus->insert, 1, litmus->summary.run_id);
    query_bind_int(litmus->insert, 2, task->subject->txn_id);
    query_bind_text(litmus->insert, 3, task->subject->key);
    query_bind_text(litmus->insert, 4, task->kind == TRIAL_RESET ? "reset" : "perturb");
    query_bind_text(litmus->insert, 5, outcome_name(outcome));
    query_bind_int(litmus->insert, 6, execution);
    query_bind_text(litmus->insert, 7, detail);
    return query_run(litmus->insert);
}

static struct error *litmus_done(void *context, size_t index, const char *message, bool died) {
    struct litmus *litmus = context;
    const struct task *task = &litmus->tasks[index];
    unsigned execution = 0;
    int at = 0;
    progress_step(litmus->progress, ++litmus->done);
    if (died || sscanf(message, "%*c %u %n", &execution, &at) != 1) {
        return error_create(ERROR_TARGET, "the trial of %s in %s died", task->subject->key, task->subject->transaction);
    }
    const char *detail = message + at;
    switch (message[0]) {
    case 'u':
        litmus->summary.unchanged++;
        return NULL;
    case 's':
        litmus->summary.unsettled++;
        return NULL;
    case '!':
        return error_create((enum error_code)execution, "%s in %s: %s", task->subject->key, task->subject->transaction, detail);
    default:
        return outcome_store(litmus, task, (enum outcome)(message[0] - '0'), execution, detail);
    }
}

static struct error *litmus_begin(struct litmus *litmus) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct text command = {0};
    char now[STORE_TIME_LENGTH];
    store_time(now);
    for (size_t i = 0; i < litmus->request->command_count; i++) {
        text_append_format(&command, "%s%s", i ? " " : "", litmus->request->command[i]);
    }
    struct error *error = store_prepare(
        litmus->store, "INSERT INTO run (tool, mode, started, status, elf, build_id, command) VALUES ('litmus', 'stub', ?, 'running', ?, ?, ?)",
        &query);
    if (!error) {
        query_bind_text(query, 1, now);
        query_bind_text(query, 2, litmus->request->elf);
        query_bind_text(query, 3, litmus->image->build_id[0] ? litmus->image->build_id : NULL);
        query_bind_text(query, 4, text_string(&command));
        error = query_run(query);
    }
    text_deinit(&command);
    litmus->summary.run_id = error ? 0 : store_last_id(litmus->store);
    return error ? error
                 : store_prepare(litmus->store,
                                 "INSERT INTO litmus (run_id, txn_id, key, action, outcome, execution, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
                                 &litmus->insert);
}

static struct error *litmus_end(struct litmus *litmus, const struct error *cause) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    char now[STORE_TIME_LENGTH];
    store_time(now);
    struct error *error = store_prepare(litmus->store, "UPDATE run SET ended = ?, status = ?, message = ? WHERE id = ?", &query);
    if (!error) {
        query_bind_text(query, 1, now);
        query_bind_text(query, 2, cause ? "failed" : litmus->summary.interrupted ? "interrupted" : "complete");
        query_bind_text(query, 3, cause ? error_message(cause) : NULL);
        query_bind_int(query, 4, litmus->summary.run_id);
        error = query_run(query);
    }
    return error;
}

static struct error *litmus_try_all(struct litmus *litmus) {
    struct error *error = litmus_take_references(litmus);
    if (!error) {
        error = litmus_begin(litmus);
    }
    if (error) {
        return error;
    }
    litmus->progress = progress_create("litmus trials", litmus->task_count);
    struct workers_request work = {
        .count = litmus->task_count,
        .jobs = litmus->request->jobs,
        .work = litmus_work,
        .done = litmus_done,
        .context = litmus,
        .wake_descriptor = litmus->interruption.descriptor,
    };
    error = workers_run(&work, &litmus->summary.interrupted);
    struct error *late = litmus_end(litmus, error);
    if (error) {
        error_destroy(late);
        return error;
    }
    return late;
}

static void litmus_announce(const struct litmus *litmus) {
    for (size_t i = 0; i < litmus->task_count; i++) {
        const struct task *task = &litmus->tasks[i];
        text_append_format(litmus->request->plan, "%s  %s  %s\n", task->kind == TRIAL_RESET ? "reset" : "perturb", task->subject->transaction,
                           task->subject->key);
    }
}

struct error *litmus_run(const struct litmus_request *request, struct litmus_summary *out_summary) {
    struct litmus litmus = {.request = request};
    struct error *error = litmus_open(&litmus);
    if (!error) {
        error = litmus_plan_tasks(&litmus);
    }
    if (!error && request->plan) {
        litmus_announce(&litmus);
    } else if (!error && litmus.task_count) {
        error = interruption_catch(&litmus.interruption);
        if (!error) {
            error = litmus_try_all(&litmus);
        }
    }
    *out_summary = litmus.summary;
    litmus_deinit(&litmus);
    return error;
}
