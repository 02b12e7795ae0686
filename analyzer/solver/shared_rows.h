#ifndef SOLVER_SHARED_ROWS_H
#define SOLVER_SHARED_ROWS_H
/*
 * Rows that many transactions refer to. An id follows from what its row says, not from the rows before it: what refers to a row stays right when an
 * edit adds or removes others (docs/adr/039).
 */
#include "map.h"

struct shared_rows {
    struct keys index; /* words of a row -> its place in `ids` */
    struct map taken;  /* ids that are given away */
    VECTOR(int64_t) ids;
};

/*
 * The id of the row that these words tell from all others, from 1 to 2^48. `digest` stands for what the row says; of rows that fall together the
 * later ones move on by one. True: the row is new.
 */
bool shared_rows_add(struct arena *arena, struct shared_rows *rows, const uint64_t *words, uint32_t count, uint64_t digest, int64_t *out_id);

#endif
