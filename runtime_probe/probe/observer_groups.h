#ifndef SPILLSCOPE_OBSERVER_GROUPS_H
#define SPILLSCOPE_OBSERVER_GROUPS_H
/* Groups of consecutive transactions in the modes that stop the guest. */
#include "open_transaction.h"

/* The transaction has begun for this client, and has its row: the group that it belongs to begins with it, or goes on. */
struct error *observer_group_entered(struct observer *observer, struct open_transaction *open, const char *client);
/* It has ended; `failed` by its result, or without return. */
struct error *observer_group_left(struct observer *observer, const struct open_transaction *open, bool failed);

#endif
