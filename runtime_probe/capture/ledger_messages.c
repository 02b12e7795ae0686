#include "ledger_messages.h"

#include <string.h>

static void send_enter(void *context, const struct ledger_transaction *transaction, uint32_t index, uint32_t cpu, const char *task) {
    struct capture_ring *ring = context;
    size_t length = strlen(task) + 1;
    struct capture_enter *message = capture_ring_reserve(ring, CAPTURE_ENTER, sizeof *message + length);
    message->transaction = index;
    message->cpu = cpu;
    message->number = transaction->number;
    message->parent = transaction->parent;
    message->cause = 0;
    message->stack = 0;
    message->named = (uint32_t)length;
    message->client = 0; /* the task is */
    memcpy(message->name, task, length);
    capture_ring_commit(ring);
}

static char *text_put(char *at, const char *string) {
    size_t length = strlen(string) + 1;
    memcpy(at, string, length);
    return at + length;
}

static void send_change(void *context, const struct ledger_transaction *transaction, const struct ledger_change *change) {
    struct capture_ring *ring = context;
    const char *old_value = change->old_value ? change->old_value : "";
    size_t length = strlen(change->key) + strlen(change->instance) + strlen(change->new_value) + strlen(old_value) + 4;
    struct capture_state *message = capture_ring_reserve(ring, CAPTURE_STATE, sizeof *message + length);
    message->number = transaction->number;
    message->bytes = change->bytes;
    message->whitelisted = change->whitelisted;
    message->fresh = !change->old_value;
    message->length = (uint32_t)length;
    message->reserved = 0;
    text_put(text_put(text_put(text_put(message->text, change->key), change->instance), change->new_value), old_value);
    capture_ring_commit(ring);
}

static void send_leave(void *context, const struct ledger_transaction *transaction, uint32_t index, bool killed, uint64_t result) {
    struct capture_ring *ring = context;
    struct capture_leave *message = capture_ring_reserve(ring, CAPTURE_LEAVE, sizeof *message);
    message->number = transaction->number;
    message->transaction = index;
    message->killed = killed;
    message->disturbed = 0;
    message->overlapped = transaction->overlapped;
    message->whole = 1;
    message->reserved = 0;
    message->result = result;
    capture_ring_commit(ring);
}

struct ledger_sink ledger_messages(struct capture_ring *ring) {
    return (struct ledger_sink){.context = ring, .enter = send_enter, .change = send_change, .leave = send_leave};
}
