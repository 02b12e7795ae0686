#ifndef SPILLSCOPE_REPORTS_STATE_READERS_H
#define SPILLSCOPE_REPORTS_STATE_READERS_H
/* Who depends on a state: the functions that may load it, by the whole program's analysis (view v_reader). */
#include "findings/pool.h"
#include "spillscope/store.h"
#include "spillscope/text.h"

struct state_reader {
    int64_t state_id;
    const char *entity, *function, *file;
    int64_t line; /* of the first load */
};

struct state_readers {
    struct state_reader *items; /* by state_id, then entity, function, file */
    size_t count;
    bool recorded; /* the analysis wrote them down */
};

/* Strings belong to `pool`. */
struct error *state_readers_load(struct store *store, struct pool *pool, struct state_readers *out_readers);
void state_readers_deinit(struct state_readers *readers);
/* Those of one state; NULL and 0 when there are none. */
const struct state_reader *state_readers_find(const struct state_readers *readers, int64_t state_id, size_t *out_count);
/* "3 functions: file_read (file.c:44), ..." with at most `limit` names; what it means when there are none. Plain text. */
void state_readers_words(struct text *out, const struct state_readers *readers, int64_t state_id, size_t limit);
#endif
