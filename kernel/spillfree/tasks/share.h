/* Sharing multi-client objects with a new task: each entity copies its own objects, and counts. */
#ifndef SPILLFREE_SHARE_H
#define SPILLFREE_SHARE_H

#include <api/event.h>
#include <api/file.h>
#include <api/queue.h>
#include <api/semaphore.h>

/* `to` becomes a further share of what `from` is; none stays none. */
void volume_share(struct volume *to, const struct volume *from);
void semaphore_share(struct semaphore *to, const struct semaphore *from);
void queue_share(struct queue *to, const struct queue *from);
void topic_share(struct topic *to, const struct topic *from);

#endif
