#include <base/interrupts/interrupts.h>
#include <base/memory/layout.h>
#include <syscalls/syscalls.h>

static bool user_range(const void user_address *address, size_t size) {
    return (uint64_t)address < USER_END && size <= USER_END - (uint64_t)address;
}

/* Words, then the bytes that are left. After a fault `left` is not 0. */
#define COPY_BYTES(to, from, size, left)                                                                                                             \
    __asm__ volatile("movq %3, %2\n\t"                                                                                                               \
                     "shrq $3, %2\n"                                                                                                                 \
                     "1: rep movsq\n\t"                                                                                                              \
                     "movq %3, %2\n\t"                                                                                                               \
                     "andl $7, %k2\n"                                                                                                                \
                     "2: rep movsb\n"                                                                                                                \
                     "3:\n\t" FAULT_LANDING(1b, 3b) FAULT_LANDING(2b, 3b)                                                                            \
                     : "+D"(to), "+S"(from), "=&c"(left)                                                                                             \
                     : "r"(size)                                                                                                                     \
                     : "memory", "cc")

status_t copy_from_user(void *to, const void user_address *from, size_t size) {
    size_t left;
    if (!user_range(from, size)) {
        return STATUS_FAULT;
    }
    COPY_BYTES(to, from, size, left);
    return left == 0 ? STATUS_OK : STATUS_FAULT;
}

status_t copy_to_user(void user_address *to, const void *from, size_t size) {
    size_t left;
    if (!user_range(to, size)) {
        return STATUS_FAULT;
    }
    COPY_BYTES(to, from, size, left);
    return left == 0 ? STATUS_OK : STATUS_FAULT;
}

status_t clear_user(void user_address *to, size_t size) {
    size_t left;
    if (!user_range(to, size)) {
        return STATUS_FAULT;
    }
    /* Words in a loop, as memset does it: what clearing costs must not tell the designs apart. */
    __asm__ volatile("movq %2, %1\n\t"
                     "shrq $3, %1\n\t"
                     "jz 2f\n"
                     "1: movq %3, (%0)\n\t"
                     "addq $8, %0\n\t"
                     "subq $1, %1\n\t"
                     "jnz 1b\n"
                     "2: movq %2, %1\n\t"
                     "andl $7, %k1\n"
                     "3: rep stosb\n"
                     "4:\n\t" FAULT_LANDING(1b, 4b) FAULT_LANDING(3b, 4b)
                     : "+D"(to), "=&c"(left)
                     : "r"(size), "a"(0ul)
                     : "memory", "cc");
    return left == 0 ? STATUS_OK : STATUS_FAULT;
}

status_t copy_string_from_user(char *to, const void user_address *from, size_t capacity) {
    const char user_address *source = from;
    for (size_t i = 0; i < capacity; i++) {
        status_t status = copy_from_user(&to[i], source + i, 1);
        if (status != STATUS_OK || to[i] == '\0') {
            return status;
        }
    }
    return STATUS_INVALID;
}
