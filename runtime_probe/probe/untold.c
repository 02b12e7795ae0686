#include "untold.h"

enum { BITS = 64 };

void untold_note(struct untold *untold, uint32_t cpu, bool by_itself, bool watched) {
    uint64_t bit = 1ULL << cpu % BITS;
    if (by_itself) {
        untold->cpus &= ~bit;
    } else if (watched) {
        untold->cpus |= bit;
    }
}

bool untold_may_be(const struct untold *untold, uint32_t cpu) {
    return untold->cpus >> cpu % BITS & 1;
}
