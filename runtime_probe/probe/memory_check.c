#include "memory_check.h"

#include <string.h>

enum { SAMPLE = 256 };

struct error *memory_check(struct session *session, struct guest_memory *memory, const struct guest *guest, bool *out_same) {
    uint8_t mapped[SAMPLE];
    uint8_t told[SAMPLE];
    const uint64_t places[] = {guest->registers.pc, guest->registers.sp};
    bool same = true;
    struct error *error = NULL;
    for (size_t i = 0; !error && guest_memory_is_mapped(memory) && i < sizeof places / sizeof *places; i++) {
        uint64_t address = places[i] & ~(uint64_t)(SAMPLE - 1);
        bool mapped_valid = false;
        bool told_valid = false;
        error = guest_memory_read(memory, address, mapped, SAMPLE, &mapped_valid);
        if (!error) {
            error = session_read_memory(session, address, told, SAMPLE, &told_valid);
        }
        same = same && (!told_valid || (mapped_valid && memcmp(mapped, told, SAMPLE) == 0));
    }
    if (!error) {
        *out_same = same;
    }
    return error;
}
