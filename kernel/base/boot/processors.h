/* Finding and starting the other processors. */
#ifndef BASE_PROCESSORS_H
#define BASE_PROCESSORS_H

#include <base/boot/start_info.h>

/* Reads the processors from the ACPI tables (root pointer: a physical address, 0 if there are none) into `options`: this one
 * first, at most CPU_MAX. Works on the boot page tables only. */
void processors_find(struct boot_options *options, uint64_t root_pointer);
/* Starts them one after the other; each goes on in design_start_processor. One that does not start is left out. */
void processors_start(const struct boot_options *options);

#endif
