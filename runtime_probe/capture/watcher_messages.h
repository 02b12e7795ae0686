#ifndef CAPTURE_WATCHER_MESSAGES_H
#define CAPTURE_WATCHER_MESSAGES_H
/* What the watcher knows, as messages for the probe (spillscope/capture_log.h). */
#include "watcher.h"

/* A transaction under way. */
struct open_transaction {
    struct open_transaction *next; /* of those that are not in use */
    const struct catalog_transaction *kind;
    uint64_t number;
    uint64_t group; /* number of the group that it belongs to; 0 = none */
    bool whole;     /* it is the call of a function, which gives a result */
    struct snapshot_parameter parameters[8];
    size_t parameter_count;
    struct store_log *log; /* shared with the others that run when it runs */
    bool first;            /* the log goes with it */
    uint32_t log_start;
    uint64_t walks; /* of its capture when it began: objects that are new since are known by more than these */
    bool disturbed;
    bool overlapped;
};

/* The captured state of a kind has another form; or only bytes of it have changed. */
void send_snapshot(struct watcher *watcher, uint32_t transaction, const struct snapshot *snapshot);
void send_changes(struct watcher *watcher, uint32_t transaction, const struct capture *capture);

/* `client`: NULL = the manifest says nothing; "" = it could not be told. */
void send_enter(struct watcher *watcher, const struct open_transaction *open, const struct watcher_place *place, const struct track_stack *stack,
                uint64_t parent, uint64_t cause, const char *client);
/* Which of the captured bytes the transaction stored to. */
struct error *send_own(struct watcher *watcher, const struct open_transaction *open);
void send_leave(struct watcher *watcher, const struct open_transaction *open, bool killed, uint64_t result);
/* A group begins, ends or vanishes. */
void send_group(struct watcher *watcher, const struct open_transaction *open, enum group_event event);
/* A transaction under way lets another one run later. */
void send_defer(struct watcher *watcher, const struct open_transaction *open);

#endif
