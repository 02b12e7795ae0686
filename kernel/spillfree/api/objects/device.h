/* Client objects of api/device.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_DEVICE_H
#define OBJECTS_DEVICE_H

#include <spillscope_contracts.h>
#include <stdint.h>

struct device_operations;

/* An open device: what the layer and the driver need to know of the client's progress. */
struct SPILLSCOPE_OPAQUE("spillfree/devices,spillfree/i2c") SPILLSCOPE_OWNED device {
    const struct device_operations *operations; /* of its driver; NULL: none */
    uint64_t position;                          /* the layer's: where the next transfer begins */
    uint32_t address;                           /* the driver's: the target that was selected; 0: none */
    uint32_t retries;                           /* the driver's */
};

#endif
