/* What tasks need of the queues entity: to give a child a handle of this kind. */
#ifndef SPILLFUL_QUEUES_H
#define SPILLFUL_QUEUES_H

#include <handles/handle.h>

extern const struct handle_operations queue_operations;

#endif
