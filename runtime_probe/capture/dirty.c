#include "dirty.h"

#include <sys/mman.h>

bool dirty_init(struct dirty *dirty, uint64_t ram_size, bool alone) {
    uint64_t lines = (ram_size + DIRTY_LINE - 1) / DIRTY_LINE;
    void *stamps = mmap(NULL, lines * sizeof *dirty->stamps, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stamps == MAP_FAILED) {
        return false;
    }
    dirty->stamps = stamps;
    dirty->lines = lines;
    dirty->alone = alone;
    atomic_store(&dirty->epoch, 1);
    return true;
}

void dirty_deinit(struct dirty *dirty) {
    if (dirty->stamps) {
        munmap(dirty->stamps, dirty->lines * sizeof *dirty->stamps);
        dirty->stamps = NULL;
    }
}
