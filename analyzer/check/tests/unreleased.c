// RUN: %not %check %s 2>&1 | %FileCheck
#include <spillscope_contracts.h>
#include <stdbool.h>
#include <stddef.h>
struct SPILLSCOPE_OWNED thing {
    void *core;
};
int thing_create(struct thing *thing SPILLSCOPE_ACQUIRES);
bool thing_try(struct thing *thing SPILLSCOPE_ACQUIRES);
int thing_close(struct thing *thing SPILLSCOPE_RELEASES);
static void thing_drop(struct thing *thing SPILLSCOPE_RELEASES) {
    (void)thing;
}
SPILLSCOPE_ACQUIRES void *take(size_t size);
void drop(void *pointer SPILLSCOPE_RELEASES);
static void drop_at(void **pointer SPILLSCOPE_RELEASES) {
    drop(*pointer);
}
int out(void **pointer SPILLSCOPE_ACQUIRES);
bool work(void *pointer);
_Noreturn void stop(void);
void *global;

int never(void) {
    struct thing thing = {0};
    int status = thing_create(&thing);
    // CHECK: unreleased.c:[[#@LINE-1]]:18: error: 'thing' is owned here and not released on every path out of its scope [spillscope-unreleased]
    // CHECK-NEXT: unreleased.c:[[#@LINE+1]]:5: note: this path leaves the scope without releasing it
    return status;
}

void judge(const char *what, bool right);

/* Another function judges the status: a failure may be what is wanted, so a second try is no loss; leaving the scope is. */
void judged(void) {
    struct thing thing = {0};
    judge("too many", thing_create(&thing) != 0);
    judge("enough", thing_create(&thing) == 0);
    judge("closes", thing_close(&thing) == 0);
}

void judged_and_left(void) {
    struct thing thing = {0};
    judge("creates", thing_create(&thing) == 0);
    // CHECK: unreleased.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'thing' is owned here and not released on every path out of its scope
}

int error_path(void) {
    void *memory = take(8);
    // CHECK: unreleased.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is owned here and not released
    // CHECK-NEXT: unreleased.c:[[#@LINE+5]]:9: note: this path leaves the scope
    if (memory == NULL) {
        return -1;
    }
    if (!work(memory)) {
        return -2;
    }
    drop(memory);
    return 0;
}

void loop(int count) {
    void *memory = NULL;
    for (int i = 0; i < count; i++) {
        memory = take(8);
        // CHECK: unreleased.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is still owned when another one is acquired in its place
    }
    drop(memory);
}

void *undeclared(void) {
    return take(8);
    // CHECK: unreleased.c:[[#@LINE-1]]:{{[0-9]+}}: error: {{.*}}is returned by a function that does not say that its result is owned
}

void skipped(int way) {
    void *memory = NULL;
    if (out(&memory)) {
        // CHECK: unreleased.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is owned here and not released
        return;
    }
    switch (way) {
    case 0:
        break;
    case 1:
        goto end;
    default:
        drop(memory);
        return;
    }
    drop(memory);
end:
    return;
}

SPILLSCOPE_ACQUIRES void *declared(void) {
    void *memory = take(8);
    return memory ?: take(9);
}

int guarded(bool early) {
    __attribute__((cleanup(thing_drop))) struct thing thing = {0};
    __attribute__((cleanup(drop_at))) void *memory = take(8);
    if (early || thing_create(&thing) != 0) {
        return -1;
    }
    global = ({
        void *keep = memory;
        memory = NULL;
        keep;
    });
    return 0;
}

int conditional(bool wanted) {
    void *memory = NULL;
    struct thing thing = {0};
    bool made = false;
    int result = 0;
    if (wanted) {
        memory = take(8);
        if (!memory) {
            goto fail;
        }
    }
    made = thing_try(&thing);
    if (!made) {
        result = -1;
        goto fail;
    }
    if (!work(memory)) {
        stop();
    }
fail:
    if (made) {
        thing_close(&thing);
    }
    if (memory) {
        drop(memory);
    }
    return result;
}

void each(int count) {
    for (int i = 0; i < count; i++) {
        struct thing thing = {0};
        if (thing_create(&thing) != 0) {
            continue;
        }
        if (i == 3) {
            thing_close(&thing);
            break;
        }
        thing_close(&thing);
    }
}
// CHECK: fail: 6 violations
