/* Client objects of api/interrupt.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_INTERRUPT_H
#define OBJECTS_INTERRUPT_H

#include <scheduler/wait_list.h>
#include <spillscope_contracts.h>
#include <stdint.h>

/* While it is claimed the state store refers to it: where the interrupt finds it. */
struct SPILLSCOPE_OPAQUE("spillfree/interrupts") SPILLSCOPE_OWNED interrupt_line {
    uint32_t claimed; /* 0: none */
    uint32_t number;
    uint32_t pending; /* times that it was raised since the last wait */
    struct wait_list waiters;
};

#endif
