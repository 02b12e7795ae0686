#include <base/symbols/symbols.h>
#include <stddef.h>

struct symbol {
    uint64_t begin, end;
    const char *name;
};

extern const struct symbol symbols_begin[], symbols_end[]; /* by address */

const char *symbol_find(uint64_t address, uint64_t *offset) {
    const struct symbol *from = symbols_begin, *to = symbols_end;
    while (from < to) {
        const struct symbol *middle = from + (to - from) / 2;
        if (address < middle->begin) {
            to = middle;
        } else if (address >= middle->end) {
            from = middle + 1;
        } else {
            *offset = address - middle->begin;
            return middle->name;
        }
    }
    return NULL;
}
