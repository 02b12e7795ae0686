#include <base/heap/heap.h>
#include <base/lib/string.h>
#include <base/machine/machine.h>
#include <base/memory/layout.h>
#include <base/memory/pages.h>
#include <base/trial/integrity.h>
#include <base/trial/trial.h>

enum { OBJECT_SIZE = 64 };

extern const uint8_t kernel_text_begin[], kernel_text_end[], kernel_rodata_begin[], kernel_rodata_end[];

static uint8_t secret_page[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

/* Owner: this file. Lock: none: written at start alone. */
static struct {
    bool filling;
    uint64_t code; /* a checksum */
    uint8_t *object;
} integrity;

/* Depends on the place of each byte (FNV-1a). */
static uint64_t bytes_checksum(uint64_t sum, const uint8_t *begin, const uint8_t *end) {
    for (const uint8_t *byte = begin; byte < end; byte++) {
        sum = (sum ^ *byte) * 0x100000001b3;
    }
    return sum;
}

static uint64_t code_checksum(void) {
    return bytes_checksum(bytes_checksum(0xcbf29ce484222325, kernel_text_begin, kernel_text_end), kernel_rodata_begin, kernel_rodata_end);
}

static bool bytes_secret(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != TRIAL_SECRET) {
            return false;
        }
    }
    return true;
}

void integrity_init(bool filling) {
    integrity.object = kmalloc(OBJECT_SIZE);
    if (integrity.object == NULL) {
        machine_panic("trial: no memory for a secret");
    }
    memset(integrity.object, TRIAL_SECRET, OBJECT_SIZE);
    memset(secret_page, TRIAL_SECRET, PAGE_SIZE);
    integrity.code = code_checksum();
    integrity.filling = filling;
}

void integrity_secrets(struct trial_secrets *secrets) {
    uint64_t page = (uint64_t)secret_page;
    *secrets = (struct trial_secrets){page, (uint64_t)direct_map(page - KERNEL_BASE), (uint64_t)integrity.object};
}

uint32_t integrity_broken(void) {
    uint32_t broken = 0;
    broken |= code_checksum() == integrity.code ? 0 : TRIAL_CODE;
    broken |= bytes_secret(secret_page, PAGE_SIZE) && bytes_secret(integrity.object, OBJECT_SIZE) ? 0 : TRIAL_SECRETS;
    broken |= heap_consistent() ? 0 : TRIAL_HEAP;
    broken |= pages_consistent() ? 0 : TRIAL_PAGES;
    return broken;
}

void integrity_fill(void *memory, size_t size) {
    if (integrity.filling) {
        memset(memory, TRIAL_SECRET, size);
    }
}
