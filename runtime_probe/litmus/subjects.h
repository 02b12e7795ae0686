#ifndef SPILLSCOPE_SUBJECTS_H
#define SPILLSCOPE_SUBJECTS_H
/* Which (transaction, state) pairs are put to the test: those that probe runs observed to spill, whatever they are declared. */
#include <stdint.h>
#include "spillscope/image.h"
#include "spillscope/litmus.h"
#include "spillscope/plan.h"
#include "spillscope/store.h"

struct subject {
    int64_t txn_id;
    char *transaction; /* owned */
    uint64_t entry;    /* address of the entry function's first instruction */
    char *key;         /* owned */
    bool done[2];      /* [reset, perturb]: an outcome for this build of the kernel is stored already */
};
struct subjects {
    struct subject *list; /* by transaction, then key; owned */
    size_t count;
};

struct error *subjects_load(struct store *store, const struct image *image, const struct litmus_request *request, struct subjects *out_subjects);
void subjects_deinit(struct subjects *subjects);

#endif
