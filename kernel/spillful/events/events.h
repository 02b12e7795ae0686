/* What tasks need of the events entity: to give a child a handle of this kind. */
#ifndef SPILLFUL_EVENTS_H
#define SPILLFUL_EVENTS_H

#include <handles/handle.h>

extern const struct handle_operations topic_operations;

#endif
