/* Where processes begin, and what the compiler needs of a C library in them. The functions are weak: in this design the
 * client code has its own, linked apart from the kernel's. */
#include <api/task.h>
#include <base/lib/string.h>

void user_start(client_main *main, struct client_start *start) __attribute__((noreturn));
void user_start(client_main *main, struct client_start *start) {
    int32_t result = main(start);
    client_start_drop(start);
    task_exit(result);
}

__attribute__((weak)) void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    char *target = to;
    const char *source = from;
    for (size_t i = 0; i < size; i++) {
        __asm__ volatile(""); /* the loop must not become a call of memcpy */
        target[i] = source[i];
    }
    return to;
}

__attribute__((weak)) void *memset(void *to, int byte, size_t size) {
    char *target = to;
    for (size_t i = 0; i < size; i++) {
        __asm__ volatile(""); /* the loop must not become a call of memset */
        target[i] = (char)byte;
    }
    return to;
}

__attribute__((weak)) int memcmp(const void *one, const void *other, size_t size) {
    const unsigned char *left = one;
    const unsigned char *right = other;
    for (size_t i = 0; i < size; i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

/* Cleanup of scopes refers to these; no process is ever unwound, so reaching them ends it. */
void _Unwind_Resume(void *exception) __attribute__((weak, noreturn));
void _Unwind_Resume(void *exception) {
    (void)exception;
    task_exit(STATUS_INVALID);
}
