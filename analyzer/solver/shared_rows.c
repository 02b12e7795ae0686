#include "shared_rows.h"

/* Short enough for SQLite to write it in seven bytes, long enough for rows to fall together in no program that there is. */
#define ID_BITS 48

bool shared_rows_add(struct arena *arena, struct shared_rows *rows, const uint64_t *words, uint32_t count, uint64_t digest, int64_t *out_id) {
    uint32_t index = rows->ids.count;
    if (!keys_add(arena, &rows->index, words, count, &index)) {
        *out_id = rows->ids.items[index];
        return false;
    }
    uint64_t id = (digest & ((UINT64_C(1) << ID_BITS) - 1)) + 1;
    for (uint32_t holder = index; !map_add(arena, &rows->taken, id, &holder); holder = index) {
        id++;
    }
    *VECTOR_ADD(arena, &rows->ids) = *out_id = (int64_t)id;
    return true;
}
