#include "conclusion.h"

#include <stdio.h>

#include "ending.h"

enum { DRAIN_MS = 30000 };

struct error *conclusion_explain(struct run *run, struct error *error) {
    run->interrupted = interruption_seen(&run->interruption) || run->interrupted;
    if (error && run->interrupted && error_code_of(error) == ERROR_TARGET) {
        error_destroy(error); /* the stub was not waited for any longer */
        run->gone = true;
        return NULL;
    }
    bool left = error && error_code_of(error) == ERROR_TARGET && run->machine && ending_is_exit(run->machine);
    if ((left || (!error && run->gone && !run->finished)) && run->recording && run->catalog.end) {
        error_destroy(error); /* the guest may end QEMU before its stub can tell */
        return ending_early(run->machine, run->image, run->catalog.end, &run->last);
    }
    bool late = error && error_code_of(error) == ERROR_TARGET && !run->told_late && transport_clock() >= run->deadline;
    error = ending_explain(run->machine, error);
    return late ? error_wrap(error, "no end within %d s", run->request->timeout_s) : error;
}

struct error *conclusion_release(struct run *run) {
    struct error *error = NULL;
    if (run->gone) {
        return NULL;
    }
    if (run->running) {
        struct stop_reply reply;
        enum session_wait outcome = SESSION_TIMEOUT;
        error = session_interrupt(run->session);
        if (!error) {
            error = session_wait(run->session, STUB_TIMEOUT_MS, -1, &outcome, &reply);
        }
        if (error || outcome != SESSION_STOPPED || reply.kind != STOP_SIGNAL) {
            return error;
        }
    }
    error = points_clear(&run->points);
    if (!error) {
        error = session_detach(run->session);
    }
    if (!error && run->machine && run->request->recorder && !run->interrupted) {
        machine_wait(run->machine, DRAIN_MS);
    }
    return error;
}

void conclusion_notices(struct run *run) {
    if (run->request->everything) {
        text_append(&run->notices, "no whitelists were used: this run is for comparison, its changes are no list of spills\n");
    } else if (run->journal) {
        unlisted_tell(journal_unlisted(run->journal), &run->notices);
    }
    catalog_tell(&run->catalog, &run->notices);
    observer_tell(&run->observer, &run->notices);
}

void conclusion_summary(const struct run *run, struct probe_summary *out_summary) {
    const struct observer *observer = &run->observer;
    *out_summary = (struct probe_summary){
        .run_id = run->journal ? journal_run_id(run->journal) : 0,
        .mode = run->memory && guest_memory_is_mapped(run->memory) ? "ram" : "stub",
        .resumed = (uint64_t)run->resumed.completed,
        .armed = run->catalog.count,
        .changes = run->journal ? journal_changes(run->journal) : 0,
        .stops = run->guest.stops,
        .interrupted = run->interrupted,
        .mismatched = run->journal && !run->request->everything && unlisted_is_mismatch(journal_unlisted(run->journal)),
    };
    if (run->observer_ready) {
        out_summary->transactions = observer->completed;
        out_summary->cut = observer->open;
        out_summary->seconds = observer->last_exit > observer->first_entry ? observer->last_exit - observer->first_entry : 0;
        for (uint32_t i = 0; i < run->catalog.count; i++) {
            out_summary->kinds += observer->seen[i] ? 1 : 0;
        }
    }
    snprintf(out_summary->notices, sizeof out_summary->notices, "%s", text_string(&run->notices));
}

struct error *conclusion_store(struct run *run, struct error *error) {
    struct error *late = NULL;
    if (!run->journal) {
        if (!error && !run->interrupted) {
            error = error_create(ERROR_TARGET, "the guest ended and no transaction was seen: %s",
                                 run->catalog.begin ? "the workload's begin was never reached" : "no entry was reached");
        }
        return error;
    }
    late = observer_finish(&run->observer);
    if (!late) {
        late = journal_finish(run->journal,
                              error              ? "failed"
                              : run->interrupted ? "interrupted"
                                                 : "complete",
                              error ? error_message(error) : text_string(&run->notices));
    }
    if (error) {
        error_destroy(late);
        return error;
    }
    return late;
}
