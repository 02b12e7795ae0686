#include <base/boot/design.h>
#include <base/console/console.h>
#include <base/cpu/cpu.h>
#include <base/heap/heap.h>
#include <base/interrupts/apic.h>
#include <base/interrupts/interrupts.h>
#include <base/memory/pages.h>
#include <base/memory/paging.h>
#include <base/trial/trial.h>

extern uint8_t kernel_image_end[]; /* physical */

/* Called by boot_entry on the boot stack, with the physical address of the start information. */
void kernel_start(uint64_t start_info) __attribute__((noreturn));
void kernel_start(uint64_t start_info) {
    struct boot_options options;
    console_init();
    cpu_init(0);
    interrupts_init();
    boot_options_read(&options, start_info);
    trial_prepare(&options);
    pages_init((uint64_t)kernel_image_end, options.memory_end);
    heap_init();
    paging_init(options.memory_end);
    apic_init();
    console_print("%s kernel, %lu MiB, %u processors\n", design_name, options.memory_end >> 20, options.processor_count);
    design_start(&options);
}
