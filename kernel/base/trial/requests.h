/* What a driver is asked to do: text that QEMU was given (-fw_cfg name=opt/spillscope/requests,file=FILE), by its configuration device. */
#ifndef BASE_REQUESTS_H
#define BASE_REQUESTS_H

#include <stddef.h>
#include <stdint.h>

/* Reads all of it, at start: what comes later by a device would come at another instruction each time. */
void requests_init(void);
/* Copies up to `size` bytes from `offset` on to `text`; returns how many there were. */
size_t requests_copy(uint64_t offset, char *text, size_t size);

#endif
