/* Client objects of api/channel.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_CHANNEL_H
#define OBJECTS_CHANNEL_H

#include <spillscope_contracts.h>
#include <stdint.h>

struct channel;

struct SPILLSCOPE_OPAQUE("spillfree/channels,api/channel.h") SPILLSCOPE_OWNED channel_end {
    struct channel *channel; /* a share of it; NULL: none */
    uint32_t side;           /* 0 or 1: which end this is */
};

#endif
