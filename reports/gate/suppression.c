#include "gate/suppression.h"

#include <string.h>

const char *gate_suppression_subject(const struct gate_suppression *suppression) {
    return *suppression->fingerprint ? suppression->fingerprint : suppression->variable ? suppression->variable : suppression->function;
}

static bool suppression_covers(const struct gate *gate, const struct gate_suppression *suppression, const struct finding *finding) {
    if (*suppression->fingerprint) {
        return strncmp(finding->fingerprint, suppression->fingerprint, strlen(suppression->fingerprint)) == 0;
    }
    if (suppression->variable) {
        return strcmp(finding->root, suppression->variable) == 0;
    }
    size_t at = findings_transaction(gate->head, finding->txn_id);
    return strcmp(finding->transaction, suppression->function) == 0 && at < gate->head->transaction_count &&
           strcmp(gate->head->transactions[at].file, suppression->file) == 0;
}

/* The suppression that decides about a finding of the head; NULL = none covers it. */
static const struct gate_suppression *finding_suppression(const struct gate *gate, const struct finding *finding) {
    for (size_t index = 0; index < gate->suppression_count; index++) {
        if (suppression_covers(gate, &gate->suppressions[index], finding)) {
            return &gate->suppressions[index];
        }
    }
    return NULL;
}

bool suppression_holds(const struct gate *gate, const struct finding *finding) {
    const struct gate_suppression *suppression = finding_suppression(gate, finding);
    return suppression && !suppression->expired;
}

/* What a suppression covers. One by a fingerprint covers one finding. */
static struct error *suppression_match(const struct gate *gate, struct gate_suppression *suppression) {
    const struct finding *covered = NULL;
    for (size_t at = 0; at < gate->head->count; at++) {
        const struct finding *finding = &gate->head->items[at];
        if (!finding_is_undeclared(finding) || !suppression_covers(gate, suppression, finding)) {
            continue;
        }
        if (covered && *suppression->fingerprint) {
            return error_create(ERROR_USAGE, "%s: '%s' is short for more than one finding (%s and %s); give more digits", suppression->origin,
                                suppression->fingerprint, covered->fingerprint, finding->fingerprint);
        }
        covered = finding;
        suppression->matched++;
    }
    return NULL;
}

struct error *suppression_apply(struct gate *gate, const char *today) {
    for (size_t index = 0; index < gate->suppression_count; index++) {
        struct gate_suppression *suppression = &gate->suppressions[index];
        suppression->expired = *suppression->expires && today && strcmp(suppression->expires, today) < 0;
        struct error *error = suppression_match(gate, suppression);
        if (error) {
            return error;
        }
        gate->stale += suppression->expired || !suppression->matched;
    }
    for (size_t at = 0; at < gate->head->count && gate->suppression_count; at++) {
        gate->suppressed += finding_is_undeclared(&gate->head->items[at]) && suppression_holds(gate, &gate->head->items[at]);
    }
    for (size_t at = 0; at < gate->entry_count && gate->suppression_count; at++) {
        struct gate_entry *entry = &gate->entries[at];
        const struct gate_suppression *suppression = entry->head ? finding_suppression(gate, entry->head) : NULL;
        entry->suppressed = suppression && !suppression->expired;
        entry->accepted = entry->suppressed && !*suppression->fingerprint;
    }
    return NULL;
}
