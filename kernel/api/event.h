/* Events: clients subscribe to a topic with a callback, any client that was given the topic publishes. */
#ifndef API_EVENT_H
#define API_EVENT_H

#include <api/status.h>
#include <objects/event.h>
#include <spillscope_contracts.h>

enum { EVENT_BACKLOG = 8 }; /* events that wait for a subscriber; the oldest are lost beyond that */

typedef void event_callback(void *argument, uint64_t value);

status_t topic_create(struct topic *topic SPILLSCOPE_ACQUIRES);
status_t topic_close(struct topic *topic SPILLSCOPE_RELEASES);
/* The subscription sees what is published from now on. */
status_t event_subscribe(struct topic *topic, struct subscription *subscription SPILLSCOPE_ACQUIRES, event_callback *callback, void *argument);
status_t event_unsubscribe(struct subscription *subscription SPILLSCOPE_RELEASES);
status_t event_publish(struct topic *topic, uint64_t value);
/* Runs the callback for the oldest event not yet seen; STATUS_EMPTY if there is none. */
status_t event_dispatch(struct subscription *subscription);
/* How many events wait. */
status_t event_pending(struct subscription *subscription, uint32_t *count);

static indivisible void topic_drop(struct topic *topic SPILLSCOPE_RELEASES) {
    (void)topic_close(topic);
}

static indivisible void subscription_drop(struct subscription *subscription SPILLSCOPE_RELEASES) {
    (void)event_unsubscribe(subscription);
}

#endif
