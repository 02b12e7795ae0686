/* What tasks need of the channels entity: to give a child a handle of this kind. */
#ifndef SPILLFUL_CHANNELS_H
#define SPILLFUL_CHANNELS_H

#include <handles/handle.h>

extern const struct handle_operations channel_operations;

#endif
