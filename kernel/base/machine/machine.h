/* Ending the machine, well or badly. */
#ifndef BASE_MACHINE_H
#define BASE_MACHINE_H

#include <stdint.h>

/* Ends QEMU with exit code (code << 1) | 1 (isa-debug-exit); halts where there is no such device. */
void machine_exit(uint32_t code) __attribute__((noreturn));
/* Prints the message and a backtrace, and ends with code 127. */
void machine_panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Prints `rip` and the return addresses, with the functions that they are in, along the frame pointers from `frame` on. */
void machine_backtrace(uint64_t rip, uint64_t frame);

#endif
