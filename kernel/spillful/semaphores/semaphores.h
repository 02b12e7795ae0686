/* What tasks need of the semaphores entity: to give a child a handle of this kind. */
#ifndef SPILLFUL_SEMAPHORES_H
#define SPILLFUL_SEMAPHORES_H

#include <handles/handle.h>

extern const struct handle_operations semaphore_operations;

#endif
