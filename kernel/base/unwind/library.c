/* What libgcc_eh expects of a C library. */
#include <base/lib/string.h>
#include <base/machine/machine.h>
#include <stdint.h>

enum { ARENA_SIZE = 131072 };

/* Taken from once, by the first search of the unwinder (unwind_init), which sorts its table there; never given back. */
static struct {
    _Alignas(16) uint8_t bytes[ARENA_SIZE];
    size_t used;
} arena;

void *malloc(size_t size);
void *malloc(size_t size) {
    size_t rounded = (size + 15) & ~(size_t)15;
    if (size > ARENA_SIZE || rounded > ARENA_SIZE - arena.used) {
        return NULL; /* searches then take longer */
    }
    arena.used += rounded;
    return arena.bytes + arena.used - rounded;
}

void free(void *object);
void free(void *object) {
    (void)object;
}

void *calloc(size_t count, size_t size);
void *calloc(size_t count, size_t size) {
    (void)count, (void)size;
    machine_panic("unwind: calloc");
}

void *realloc(void *object, size_t size);
void *realloc(void *object, size_t size) {
    (void)object, (void)size;
    machine_panic("unwind: realloc");
}

size_t strlen(const char *text);
size_t strlen(const char *text) {
    return string_length(text);
}

void abort(void) __attribute__((noreturn));
void abort(void) {
    machine_panic("unwind: the tables or the stack are damaged");
}

/* No objects but the kernel itself, whose table is registered. */
int _dl_find_object(void *address, void *result);
int _dl_find_object(void *address, void *result) {
    (void)address, (void)result;
    return -1;
}
