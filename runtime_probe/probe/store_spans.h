#ifndef PROBE_STORE_SPANS_H
#define PROBE_STORE_SPANS_H
/*
 * Where in an object a transaction may store, by its whitelist: a few stretches of bytes that are worth a watchpoint each. What is a member of its
 * own (a lock word beside an array) has a stretch of its own as long as there are not too many.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/plan.h"
#include "spillscope/whitelist.h"

enum { STORE_SPANS = 12 };

struct store_span {
    uint64_t offset; /* bytes from the object's begin */
    uint64_t length;
    bool leaf; /* it is one leaf */
};

struct store_spans {
    struct store_span list[STORE_SPANS]; /* in order, apart */
    uint32_t count;
};

/* Of an object of this shape, of `size` bytes; a larger one than the shape is one stretch. None when the whitelist has nothing in it. */
struct error *store_spans_find(const struct plan *plan, const struct whitelist *whitelist, uint32_t shape, uint64_t size,
                               struct store_spans *out_spans);

#endif
