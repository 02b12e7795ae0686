#include <base/interrupts/interrupts.h>
#include <base/memory/layout.h>
#include <syscalls/syscalls.h>

static bool user_range(const void user_address *address, size_t size) {
    return (uint64_t)address < USER_END && size <= USER_END - (uint64_t)address;
}

status_t copy_from_user(void *to, const void user_address *from, size_t size) {
    if (!user_range(from, size)) {
        return STATUS_FAULT;
    }
    __asm__ volatile("1: rep movsb\n2:\n\t" FAULT_LANDING(1b, 2b) : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return size == 0 ? STATUS_OK : STATUS_FAULT;
}

status_t copy_to_user(void user_address *to, const void *from, size_t size) {
    if (!user_range(to, size)) {
        return STATUS_FAULT;
    }
    __asm__ volatile("1: rep movsb\n2:\n\t" FAULT_LANDING(1b, 2b) : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return size == 0 ? STATUS_OK : STATUS_FAULT;
}

status_t clear_user(void user_address *to, size_t size) {
    if (!user_range(to, size)) {
        return STATUS_FAULT;
    }
    __asm__ volatile("1: rep stosb\n2:\n\t" FAULT_LANDING(1b, 2b) : "+D"(to), "+c"(size) : "a"(0) : "memory");
    return size == 0 ? STATUS_OK : STATUS_FAULT;
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
