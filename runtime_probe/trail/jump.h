#ifndef TRAIL_JUMP_H
#define TRAIL_JUMP_H
/* What an instruction that ends a block does, as far as coverage asks. x86 only: of other machines everything is JUMP_OTHER. */
#include <stdint.h>
#include "spillscope/image.h"

enum jump_kind {
    JUMP_OTHER,
    JUMP_BRANCH, /* conditional: `next` or `target` */
    JUMP_POINTER /* a call, or a tail call, through memory or a register */
};

struct jump {
    enum jump_kind kind;
    uint64_t next;   /* behind it */
    uint64_t target; /* of JUMP_BRANCH */
};

struct jump jump_at(const struct image *image, uint64_t pc);

#endif
