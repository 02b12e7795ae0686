/* An i2c-like bus with its targets. QEMU's pc machine has none that a guest could drive simply, so this stands for the hardware:
 * what it keeps is what the targets would keep. */
#ifndef COMMON_BUS_H
#define COMMON_BUS_H

#include <api/device.h>
#include <stdbool.h>

enum { BUS_ADDRESSES = 128 };

/* Whether a target answers at `address`. Targets neither come nor go. */
bool bus_probe(uint32_t address);
/* One transfer with the target at `address`, beginning at `position` of it. STATUS_NO_DEVICE, STATUS_DENIED. */
status_t bus_read(uint32_t address, uint64_t position, void *data, size_t size, size_t *done);
status_t bus_write(uint32_t address, uint64_t position, const void *data, size_t size, size_t *done);

#endif
