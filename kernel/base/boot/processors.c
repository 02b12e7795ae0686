#include <base/boot/design.h>
#include <base/boot/processors.h>
#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/interrupts/apic.h>
#include <base/interrupts/interrupts.h>
#include <base/lib/string.h>
#include <base/machine/machine.h>
#include <base/memory/paging.h>
#include <base/memory/stack.h>

enum { TRAMPOLINE = 0x8000, START_TRIES = 1000, TABLES_MAX = 64, CPUID1_NUMBER_SHIFT = 24 };
#define BOOT_MAP_END 0x100000000ul /* what the boot page tables reach */

/* ACPI 6.4, 5.2.5 to 5.2.12. */
struct root_pointer {
    char signature[8];
    uint8_t checksum;
    char oem[6];
    uint8_t revision;
    uint32_t table;
} __attribute__((packed));

struct table_header {
    char signature[4];
    uint32_t length;
    uint8_t rest[28];
} __attribute__((packed));

struct processor_entry {
    uint8_t type, length, processor, apic;
    uint32_t flags;
} __attribute__((packed));

enum { PROCESSOR_LOCAL_APIC = 0, PROCESSOR_ENABLED = 1, INTERRUPT_TABLE_ENTRIES = 44 };

extern uint8_t trampoline_begin[], trampoline_end[]; /* physical */

/* What processor_entry needs of the next processor to start. Owner: the CPU that starts others. Lock: none, one at a time. */
struct processor_launch {
    uint64_t page_root; /* physical */
    uint64_t stack_top;
};
extern struct processor_launch processor_launch;
struct processor_launch processor_launch;

static const struct table_header *table_at(uint64_t physical) {
    return physical < BOOT_MAP_END - PAGE_SIZE ? direct_map(physical) : NULL;
}

/* The table that lists interrupt controllers, or NULL. */
static const struct table_header *interrupt_table(uint64_t root_pointer) {
    const struct root_pointer *pointer = direct_map(root_pointer);
    const struct table_header *root = root_pointer == 0 || root_pointer >= BOOT_MAP_END ? NULL : table_at(pointer->table);
    if (root == NULL || memcmp(root->signature, "RSDT", 4) != 0) {
        return NULL;
    }
    for (uint32_t i = 0; i < TABLES_MAX && sizeof *root + 4 * (i + 1) <= root->length; i++) {
        uint32_t address;
        memcpy(&address, (const uint8_t *)root + sizeof *root + 4 * i, sizeof address);
        const struct table_header *table = table_at(address);
        if (table != NULL && memcmp(table->signature, "APIC", 4) == 0) {
            return table;
        }
    }
    return NULL;
}

void processors_find(struct boot_options *options, uint64_t root_pointer) {
    const struct table_header *table = interrupt_table(root_pointer);
    uint32_t eax, ebx, ecx, edx;
    cpu_identify(1, &eax, &ebx, &ecx, &edx);
    uint32_t own = ebx >> CPUID1_NUMBER_SHIFT;
    options->processors[0] = own;
    options->processor_count = 1;
    if (table == NULL) {
        return;
    }
    for (uint32_t at = INTERRUPT_TABLE_ENTRIES; at + sizeof(struct processor_entry) <= table->length;) {
        const struct processor_entry *entry = (const void *)((const uint8_t *)table + at);
        if (entry->type == PROCESSOR_LOCAL_APIC && entry->flags & PROCESSOR_ENABLED && entry->apic != own && options->processor_count < CPU_MAX) {
            options->processors[options->processor_count++] = entry->apic;
        }
        if (entry->length == 0) {
            break;
        }
        at += entry->length;
    }
}

/* Entered by processor_entry on its new stack. */
void processor_start(void) __attribute__((noreturn));
void processor_start(void) {
    uint8_t *stack = (uint8_t *)processor_launch.stack_top - STACK_SIZE;
    uint32_t index = 1;
    while (cpus[index].started) {
        index++;
    }
    cpu_init(index);
    interrupts_load();
    apic_init_processor();
    __atomic_store_n(&cpus[index].started, 1, __ATOMIC_RELEASE);
    design_start_processor(stack);
}

void processors_start(const struct boot_options *options) {
    cpus[0].started = 1;
    memcpy(direct_map(TRAMPOLINE), direct_map((uint64_t)trampoline_begin), (size_t)(trampoline_end - trampoline_begin));
    for (uint32_t i = 1; i < options->processor_count; i++) {
        uint8_t *stack = stack_create();
        if (stack == NULL) {
            console_print("processor %u: no memory for its stack\n", i);
            return;
        }
        processor_launch.page_root = direct_map_physical(paging_kernel_root());
        processor_launch.stack_top = (uint64_t)stack + STACK_SIZE;
        apic_start_processor(options->processors[i], TRAMPOLINE);
        int tries = START_TRIES;
        while (__atomic_load_n(&cpus[i].started, __ATOMIC_ACQUIRE) == 0 && tries-- > 0) {
            apic_delay(1000);
        }
        if (cpus[i].started == 0) {
            console_print("processor %u does not start\n", i);
            return;
        }
    }
}
