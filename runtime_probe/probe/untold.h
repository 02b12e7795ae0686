#ifndef PROBE_UNTOLD_H
#define PROBE_UNTOLD_H
/*
 * Processors that may have met a watchpoint of which the stub has not told. A stop that is asked for may come just then: QEMU 7.2 tells of the
 * watchpoint only at a later stop of that processor, and until it has, it looks for no other: it lets the block of code that comes to one run to its
 * end. A step makes it tell.
 */
#include <stdbool.h>
#include <stdint.h>

struct untold {
    uint64_t cpus; /* a bit for each */
};

/* The processor that was resumed has stopped: by itself, and told so, or because it was asked to, while something that it may come to was `watched`.
 */
void untold_note(struct untold *untold, uint32_t cpu, bool by_itself, bool watched);

bool untold_may_be(const struct untold *untold, uint32_t cpu);

#endif
