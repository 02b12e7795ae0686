/* Changed states that a ledger in the plugin tells by name, where there are no snapshots to compare. */
#include <string.h>

#include "recorder_records.h"

/* The next of the strings behind a message; NULL when it is not ended. */
static const char *state_string(const struct capture_state *message, size_t *at) {
    const char *string = message->text + *at;
    const char *end = memchr(string, 0, message->length - *at);
    *at = end ? (size_t)(end - message->text) + 1 : *at;
    return end ? string : NULL;
}

struct error *recorder_state(struct recorder *recorder, const struct capture_state *message) {
    bool fits = message->head.size >= sizeof *message && message->length <= message->head.size - sizeof *message;
    const struct record *record = fits ? record_find(recorder, message->number) : NULL;
    size_t at = 0;
    const char *key = record ? state_string(message, &at) : NULL;
    const char *instance = key ? state_string(message, &at) : NULL;
    const char *new_value = instance ? state_string(message, &at) : NULL;
    const char *old_value = new_value ? state_string(message, &at) : NULL;
    if (!old_value) {
        return error_create(ERROR_FORMAT, "the recorder tells of a change of nothing");
    }
    struct difference difference = {.key = key,
                                    .instance = instance,
                                    .effect = message->fresh ? DIFFERENCE_CREATED : DIFFERENCE_MODIFIED,
                                    .old_value = message->fresh ? NULL : old_value,
                                    .new_value = new_value,
                                    .bytes = message->bytes,
                                    .server = true,
                                    .whitelisted = message->whitelisted != 0};
    struct journal_change change = {.difference = &difference, .txn_entity = recorder->catalog.transactions[record->transaction].entity_id};
    struct error *error = records_store(recorder, recorder->open);
    return error ? error : journal_change(recorder->journal, record->observation, &change);
}
