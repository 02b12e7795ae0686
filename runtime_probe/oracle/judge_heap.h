#ifndef ORACLE_JUDGE_HEAP_H
#define ORACLE_JUDGE_HEAP_H
/* What the guest's allocators give and take, as their calls come back. */
#include "judge.h"

/* The memory's contents are known from here on: places what was allocated before. */
void judge_heap_settle(struct judge *judge, uint64_t root);
/* A call of an allocator came back. `ended` is told of the calls that end because their stack is freed. */
void judge_heap_left(struct judge *judge, const struct recorder_hook *hook, const struct frame *frame, const struct record_leave *leave,
                     frame_ended *ended);

#endif
