#include "recorder_run.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ending.h"
#include "../ledger/kernel_layout.h"
#include "plugin_path.h"
#include "recorder_records.h"
#include "spillscope/progress.h"

enum { CONNECT_TIMEOUT_MS = 10000, DRAIN_MS = 30000, IDLE_MS = 2, CHECK_EVERY = 4096, COMMIT_CHECK_EVERY = 64, COMMIT_MS = 250 };
static const uint64_t RING_SIZE = 128ULL << 20;

static int64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void recorder_deinit(struct recorder *recorder) {
    journal_destroy(recorder->journal);
    machine_destroy(recorder->machine);
    record_free_all(recorder->open);
    record_free_all(recorder->spare);
    for (size_t i = 0; i < recorder->groups.count; i++) {
        snapshot_destroy(((struct mirror_view *)recorder->groups.records[i].view)->before);
    }
    group_watch_deinit(&recorder->groups);
    for (uint32_t i = 0; recorder->mirrors && i < recorder->catalog.count + recorder->catalog.group_count; i++) {
        mirror_deinit(&recorder->mirrors[i]);
    }
    free(recorder->mirrors);
    free(recorder->seen);
    free(recorder->abandoned);
    own_bytes_destroy(recorder->own);
    vector_deinit(&recorder->own_ranges);
    strings_deinit(&recorder->names);
    map_deinit(&recorder->causes);
    capture_ring_deinit(&recorder->ring);
    catalog_deinit(&recorder->catalog);
    plan_destroy(recorder->plan);
    image_close(recorder->image);
    store_close(recorder->store);
    text_deinit(&recorder->notices);
    progress_destroy(recorder->progress);
    interruption_release(&recorder->interruption);
}

/* ------------------------------------------------------------------------------------------------ beginning */

static struct error *recorder_open_inputs(struct recorder *recorder) {
    char *root SCOPE_FREE = NULL;
    struct error *error = store_open(recorder->request->database, recorder->request->dry ? STORE_READ : STORE_WRITE, &recorder->store);
    if (!error && recorder->request->resume) {
        error = resumption_find(recorder->store, recorder->request->transactions, &recorder->resumed);
    }
    if (!error) {
        error = store_meta_get(recorder->store, "source_root", &root);
    }
    if (!error) {
        error = image_open_list(recorder->request->elf, recorder->request->modules, root, &recorder->image);
    }
    if (!error) {
        error = kernel_layout_wanted(recorder->store, &recorder->placed);
    }
    if (!error) {
        error =
            recorder->placed ? plan_create_bare(recorder->image, &recorder->plan) : plan_create(recorder->store, recorder->image, &recorder->plan);
    }
    if (!error) {
        error = catalog_load(recorder->store, recorder->plan, recorder->request->everything, &recorder->catalog);
    }
    if (error) {
        return error;
    }
    uint32_t mirrors = recorder->catalog.count + recorder->catalog.group_count;
    recorder->mirrors = calloc(mirrors, sizeof *recorder->mirrors);
    recorder->seen = calloc(recorder->catalog.count, sizeof *recorder->seen);
    recorder->abandoned = calloc(recorder->catalog.count, sizeof *recorder->abandoned);
    if (!recorder->mirrors || !recorder->seen || !recorder->abandoned) {
        return error_out_of_memory();
    }
    for (uint32_t i = 0; i < mirrors; i++) {
        mirror_init(&recorder->mirrors[i], recorder->plan);
    }
    return NULL;
}

static bool header_set(char *field, const char *text) {
    size_t length = strlen(text);
    if (length >= CAPTURE_PATH_MAX) {
        return false;
    }
    memcpy(field, text, length + 1);
    return true;
}

/* The capture plugin's argument, once it is known where the guest's RAM will lie. */
static struct error *capture_argument(void *context, const char *ram_path, uint64_t ram_size, char **out_argument) {
    struct recorder *recorder = context;
    struct capture_header *header = recorder->ring.header;
    char path[PATH_MAX];
    struct error *error = plugin_path_find("capture.so", "SPILLSCOPE_CAPTURE_PLUGIN", path);
    if (error) {
        return error;
    }
    header->ram_size = ram_size;
    header->everything = recorder->request->everything;
    const char *modules = recorder->request->modules ? recorder->request->modules : "";
    if (strlen(modules) >= CAPTURE_LIST_MAX) {
        return error_create(ERROR_USAGE, "the modules' paths are longer than %d bytes in all", CAPTURE_LIST_MAX - 1);
    }
    strcpy(header->modules, modules);
    if (!header_set(header->ram, ram_path) || !header_set(header->database, recorder->request->database) ||
        !header_set(header->elf, recorder->request->elf)) {
        return error_create(ERROR_USAGE, "a path is longer than %d bytes", CAPTURE_PATH_MAX - 1);
    }
    struct text text = {0};
    text_append_format(&text, "%s,ring=%d", path, recorder->ring.descriptor);
    return text_take(&text, out_argument);
}

static struct error *judge_argument(void *context, const char *ram_path, uint64_t ram_size, char **out_argument) {
    struct recorder *recorder = context;
    return recorder->request->recorder(recorder->request->recorder_context, recorder->store, recorder->image, ram_path, ram_size, out_argument);
}

static struct error *recorder_launch(struct recorder *recorder) {
    const struct probe_request *request = recorder->request;
    struct machine_request machine = {
        .command = request->command,
        .command_count = request->command_count,
        .plugins = {{.make = capture_argument, .context = recorder}, {.make = request->recorder ? judge_argument : NULL, .context = recorder}},
        .want_ram = true,
        .require_ram = true,
        .log_path = request->log,
        .timeout_ms = CONNECT_TIMEOUT_MS,
    };
    struct error *error = capture_ring_create(RING_SIZE, &recorder->ring);
    return error ? error : machine_launch(&machine, &recorder->machine);
}

/* The window has begun: from here on there is a run to store. */
static struct error *recorder_begin(struct recorder *recorder) {
    machine_hide_files(recorder->machine); /* every plugin has opened them by now */
    struct journal_run row = {.mode = "recorder",
                              .elf = recorder->request->elf,
                              .build_id = recorder->image->build_id,
                              .command = recorder->request->command,
                              .command_count = recorder->request->command_count,
                              .cpus = recorder->cpus,
                              .resumed = recorder->resumed,
                              .plan = recorder->placed ? NULL : recorder->plan};
    struct error *error = journal_create(recorder->store, &row, &recorder->journal);
    if (!error) {
        error = journal_batch(recorder->journal);
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ messages */

static struct error *recorder_ready(struct recorder *recorder, const struct capture_ready *message) {
    if (message->head.size != sizeof *message || message->shapes != recorder->plan->shape_count || message->transactions != recorder->catalog.count) {
        return error_create(ERROR_FORMAT, "recorder and probe have read different inputs: is %s being changed?", recorder->request->database);
    }
    recorder->ready = true;
    recorder->cpus = message->cpus;
    return NULL;
}

static struct mirror *mirror_of(const struct recorder *recorder, uint32_t transaction) {
    return transaction < recorder->catalog.count + recorder->catalog.group_count ? &recorder->mirrors[transaction] : NULL;
}

static struct error *recorder_snapshot(struct recorder *recorder, const struct capture_snapshot *message) {
    struct mirror *mirror = message->head.size == sizeof *message ? mirror_of(recorder, message->transaction) : NULL;
    if (!mirror) {
        return error_create(ERROR_FORMAT, "the recorder tells of an unknown transaction");
    }
    recorder->cut_walks += message->cut ? 1 : 0;
    recorder->ambiguous += message->ambiguous;
    recorder->coming = mirror;
    return mirror_announce(mirror, message);
}

static struct error *recorder_own(struct recorder *recorder, const struct capture_own *message) {
    if (message->head.size < sizeof *message || message->count > (message->head.size - sizeof *message) / sizeof *message->ranges) {
        return error_create(ERROR_FORMAT, "the recorder tells of more stores than its message holds");
    }
    vector_append(&recorder->own_ranges, message->ranges, message->count);
    return recorder->own_ranges.failed ? error_out_of_memory() : NULL;
}

static struct error *recorder_ended(struct recorder *recorder, const struct capture_end *message) {
    if (message->head.size != sizeof *message) {
        return error_create(ERROR_FORMAT, "the recorder ends in another version");
    }
    recorder->finished = true;
    recorder->early = message->early && recorder->journal;
    recorder->unplaced = message->unplaced;
    recorder->guest_ns = (int64_t)message->guest_ns;
    recorder->guest_cpu_ns = (int64_t)message->guest_cpu_ns;
    return NULL;
}

static struct error *recorder_failed(const struct capture_text *message) {
    if (message->head.size < sizeof *message || message->code > ERROR_MEMORY) {
        return error_create(ERROR_FORMAT, "the recorder failed and does not say why");
    }
    return error_create((enum error_code)message->code, "%.*s", (int)sizeof message->text - 1, message->text);
}

static struct error *recorder_take(struct recorder *recorder, const struct capture_message *message) {
    const void *whole = message;
    switch ((enum capture_kind)message->kind) {
    case CAPTURE_READY:
        return recorder_ready(recorder, whole);
    case CAPTURE_BEGIN:
        return recorder->journal ? NULL : recorder_begin(recorder);
    case CAPTURE_SNAPSHOT:
        return recorder_snapshot(recorder, whole);
    case CAPTURE_PIECE:
        return recorder->coming && mirror_is_coming(recorder->coming) ? mirror_piece(recorder->coming, message)
                                                                      : error_create(ERROR_FORMAT, "the recorder tells a piece of nothing");
    case CAPTURE_PATCH: {
        struct mirror *mirror = mirror_of(recorder, ((const struct capture_patch *)whole)->transaction);
        return mirror ? mirror_patch(mirror, whole) : error_create(ERROR_FORMAT, "the recorder tells of an unknown transaction");
    }
    case CAPTURE_ENTER:
        recorder->first_ns = recorder->first_ns ? recorder->first_ns : clock_ns();
        return recorder_enter(recorder, whole);
    case CAPTURE_GROUP:
        return recorder_group(recorder, whole);
    case CAPTURE_DEFER:
        return recorder_defer(recorder, whole);
    case CAPTURE_OWN:
        return recorder_own(recorder, whole);
    case CAPTURE_STATE:
        return recorder_state(recorder, whole);
    case CAPTURE_LEAVE:
        return recorder_leave(recorder, whole);
    case CAPTURE_END:
        return recorder_ended(recorder, whole);
    case CAPTURE_FAILED:
        return recorder_failed(whole);
    }
    return error_create(ERROR_FORMAT, "the recorder tells something unknown: %u", message->kind);
}

/* A time limit or a signal of the user's. */
static struct error *recorder_check_limits(struct recorder *recorder) {
    machine_drain(recorder->machine);
    recorder->interrupted = interruption_seen(&recorder->interruption) || recorder->interrupted;
    progress_step(recorder->progress, (size_t)recorder->completed);
    if (clock_ns() / 1000000 <= recorder->deadline) {
        return NULL;
    }
    return error_create(ERROR_TARGET, "no end within %d s; %s", recorder->request->timeout_s,
                        recorder->journal ? "what was seen is stored" : "the workload has not begun");
}

/* A probe that never catches up with its guest has no idle moment: what a kill or a full disk can cost is bounded by time. */
static struct error *recorder_commit(struct recorder *recorder) {
    int64_t now = clock_ns();
    if (!recorder->journal || now - recorder->committed_ns < COMMIT_MS * 1000000LL) {
        return NULL;
    }
    recorder->committed_ns = now;
    return journal_flush(recorder->journal);
}

/* Nothing to take now: what came is made lasting, and QEMU may have ended. */
static struct error *recorder_idle(struct recorder *recorder, bool *out_gone) {
    struct error *error = NULL;
    if (recorder->journal) {
        error = records_store(recorder, recorder->open);
    }
    if (!error && recorder->journal) {
        error = journal_flush(recorder->journal);
    }
    if (!error) {
        error = recorder_check_limits(recorder);
    }
    if (!error && machine_ended(recorder->machine, NULL)) {
        const struct capture_message *message = NULL;
        error = capture_ring_next(&recorder->ring, &message);
        *out_gone = message == NULL;
        if (!error && *out_gone && !recorder->ready) {
            error = machine_error(recorder->machine, "QEMU ended before the recorder was ready");
        }
    } else if (!error) {
        struct pollfd wait = {.fd = recorder->interruption.descriptor, .events = POLLIN};
        poll(&wait, 1, IDLE_MS);
    }
    return error;
}

static struct error *recorder_loop(struct recorder *recorder) {
    struct error *error = NULL;
    bool gone = false;
    for (uint64_t count = 1; !error && !recorder->finished && !recorder->interrupted && !gone; count++) {
        const struct capture_message *message = NULL;
        error = capture_ring_next(&recorder->ring, &message);
        if (error) {
            break;
        }
        if (!message) {
            error = recorder_idle(recorder, &gone);
            continue;
        }
        error = recorder_take(recorder, message);
        capture_ring_release(&recorder->ring, message);
        if (recorder->request->transactions > 0 &&
            recorder->completed + (uint64_t)recorder->resumed.completed >= (uint64_t)recorder->request->transactions) {
            recorder->finished = true;
        }
        if (!error && count % COMMIT_CHECK_EVERY == 0) {
            error = recorder_commit(recorder);
        }
        if (!error && count % CHECK_EVERY == 0) {
            error = recorder_check_limits(recorder);
        }
    }
    if (!error && gone && !recorder->interrupted) {
        error = machine_error(recorder->machine, "QEMU ended without its recorder's last word; what was seen is stored");
    }
    return error || !recorder->early ? error : ending_early(recorder->machine, recorder->image, recorder->catalog.end, NULL);
}

/* ------------------------------------------------------------------------------------------------ end */

static void recorder_notices(struct recorder *recorder) {
    if (recorder->request->everything) {
        text_append(&recorder->notices, "no whitelists were used: this run is for comparison, its changes are no list of spills\n");
    } else if (recorder->journal) {
        unlisted_tell(journal_unlisted(recorder->journal), &recorder->notices);
    }
    catalog_tell(&recorder->catalog, &recorder->notices);
    if (recorder->cut_walks) {
        text_append_format(&recorder->notices, "%llu snapshots were cut by the object budget: their transactions may lack changes\n",
                           (unsigned long long)recorder->cut_walks);
    }
    if (recorder->ambiguous) {
        text_append_format(&recorder->notices, "%llu pointers had several possible types and were settled by what fits their bytes\n",
                           (unsigned long long)recorder->ambiguous);
    }
    if (recorder->unknown_clients) {
        text_append_format(&recorder->notices, "the client of %llu transactions could not be told: their task stands for it\n",
                           (unsigned long long)recorder->unknown_clients);
    }
    if (recorder->unplaced) {
        text_append_format(&recorder->notices, "%llu bytes were stored to memory that belongs to no known state\n",
                           (unsigned long long)recorder->unplaced);
    }
    if (recorder->unknown_own) {
        text_append_format(&recorder->notices, "%llu transactions stored more than the recorder keeps: their changes are marked as shared\n",
                           (unsigned long long)recorder->unknown_own);
    }
}

/* Closes the run's row; the first error wins. */
static struct error *recorder_end(struct recorder *recorder, struct error *error) {
    if (!recorder->journal) {
        if (!error && !recorder->interrupted) {
            error = error_create(ERROR_TARGET, "the guest ended and no transaction was seen: %s",
                                 recorder->catalog.begin ? "the workload's begin was never reached" : "no entry was reached");
        }
        return error;
    }
    struct error *late = records_store(recorder, recorder->open);
    for (uint32_t i = 0; !late && i < recorder->catalog.count; i++) {
        if (recorder->abandoned[i] && !recorder->seen[i]) {
            late = journal_mark_divergent(recorder->journal, recorder->catalog.transactions[i].id);
        }
    }
    if (!late) {
        late = journal_finish(recorder->journal,
                              error                   ? "failed"
                              : recorder->interrupted ? "interrupted"
                                                      : "complete",
                              error ? error_message(error) : text_string(&recorder->notices));
    }
    if (error) {
        error_destroy(late);
        return error;
    }
    return late;
}

static struct error *recorder_all(struct recorder *recorder) {
    struct error *error = NULL;
    if (recorder->request->stub) {
        return error_create(ERROR_USAGE, "the recorder needs a QEMU that the probe starts itself: give its command after --");
    }
    error = interruption_catch(&recorder->interruption);
    if (!error) {
        error = recorder_open_inputs(recorder);
    }
    if (!error && recorder->request->dry) {
        catalog_tell(&recorder->catalog, &recorder->notices);
        return NULL;
    }
    if (!error) {
        error = recorder_launch(recorder);
    }
    if (error) {
        return error;
    }
    recorder->deadline = clock_ns() / 1000000 + (int64_t)recorder->request->timeout_s * 1000;
    recorder->progress = recorder->request->log ? progress_create("observing transactions", (size_t)recorder->request->transactions) : NULL;
    error = recorder_loop(recorder);
    progress_destroy(recorder->progress);
    recorder->progress = NULL;
    recorder_notices(recorder);
    error = recorder_end(recorder, error);
    if (!error && recorder->request->recorder && !recorder->interrupted) {
        machine_wait(recorder->machine, DRAIN_MS); /* the judge wants the guest's end */
    }
    return error ? error : machine_check_log(recorder->machine);
}

static void recorder_summary(const struct recorder *recorder, int64_t end_ns, struct probe_summary *summary) {
    *summary = (struct probe_summary){.run_id = recorder->journal ? journal_run_id(recorder->journal) : 0,
                                      .mode = "recorder",
                                      .armed = recorder->catalog.count,
                                      .resumed = (uint64_t)recorder->resumed.completed,
                                      .transactions = recorder->completed,
                                      .cut = recorder->open_count,
                                      .changes = recorder->journal ? journal_changes(recorder->journal) : 0,
                                      .interrupted = recorder->interrupted,
                                      .mismatched = recorder->journal && !recorder->request->everything &&
                                                    unlisted_is_mismatch(journal_unlisted(recorder->journal))};
    summary->seconds = recorder->first_ns ? (double)(end_ns - recorder->first_ns) / 1e9 : 0;
    summary->guest_seconds = (double)recorder->guest_ns / 1e9;
    summary->guest_cpu_seconds = (double)recorder->guest_cpu_ns / 1e9;
    for (uint32_t i = 0; recorder->seen && i < recorder->catalog.count; i++) {
        summary->kinds += recorder->seen[i] ? 1 : 0;
    }
    snprintf(summary->notices, sizeof summary->notices, "%s", text_string(&recorder->notices));
}

struct error *recorder_run(const struct probe_request *request, struct probe_summary *out_summary) {
    struct recorder *recorder = calloc(1, sizeof *recorder);
    if (!recorder) {
        return error_out_of_memory();
    }
    recorder->request = request;
    recorder->ring.descriptor = -1;
    recorder->own_ranges = VECTOR_OF(struct capture_range);
    struct error *error = recorder_all(recorder);
    recorder_summary(recorder, clock_ns(), out_summary);
    recorder_deinit(recorder);
    free(recorder);
    return error;
}
