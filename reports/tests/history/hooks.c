#include "service.h"

typedef void (*hook_function)(int id);

static void hook_nothing(int id) {
    (void)id;
}

static hook_function const hooks[] = {hook_nothing};

void hooks_run(int id) {
    for (unsigned index = 0; index < sizeof hooks / sizeof hooks[0]; index++) {
        hooks[index](id);
    }
}
