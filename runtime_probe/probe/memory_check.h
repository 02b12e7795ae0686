#ifndef PROBE_MEMORY_CHECK_H
#define PROBE_MEMORY_CHECK_H
/* Mapped RAM must show what packets show: around the program counter and the stack of the stopped guest. */
#include <stdbool.h>
#include "spillscope/error.h"
#include "spillscope/guest.h"

/* *out_same is true, too, where memory is read by packets alone. */
struct error *memory_check(struct session *session, struct guest_memory *memory, const struct guest *guest, bool *out_same);

#endif
