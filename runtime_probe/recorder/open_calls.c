#include "open_calls.h"

#include <stdlib.h>

bool open_calls_add(struct open_calls *calls, const struct open_call *call) {
    for (size_t i = 0; i < calls->count; i++) {
        if (calls->list[i].return_pc == call->return_pc && calls->list[i].return_stack == call->return_stack) {
            calls->list[i].array = call->array ? call->array : calls->list[i].array;
            return true;
        }
    }
    if (calls->count == calls->capacity) {
        size_t capacity = calls->capacity ? calls->capacity * 2 : 256;
        struct open_call *list = realloc(calls->list, capacity * sizeof *list);
        if (!list) {
            return false;
        }
        calls->list = list;
        calls->capacity = capacity;
    }
    calls->list[calls->count++] = *call;
    calls->filter[open_calls_slot(call->return_pc)]++;
    return true;
}

bool open_calls_end(struct open_calls *calls, uint64_t pc, uint64_t stack, struct open_call *out_ended) {
    for (size_t i = calls->count; i > 0; i--) {
        struct open_call *open = &calls->list[i - 1];
        if (open->return_pc == pc && open->return_stack == stack) {
            *out_ended = *open;
            *open = calls->list[--calls->count];
            calls->filter[open_calls_slot(pc)]--;
            return true;
        }
    }
    return false;
}
