#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/lib/format.h>
#include <base/machine/machine.h>
#include <base/memory/paging.h>
#include <base/symbols/symbols.h>
#include <stdbool.h>
#include <stddef.h>

enum { DEBUG_EXIT_PORT = 0xf4, BACKTRACE_MAX = 32 };

void machine_exit(uint32_t code) {
    interrupts_disable();
    port_write32(DEBUG_EXIT_PORT, code);
    for (;;) {
        __asm__ volatile("hlt");
    }
}

/* One frame. Where a call returns to may lie behind the end of its function, if the called one never returns. */
static void backtrace_print(uint64_t address, bool returned) {
    uint64_t offset;
    const char *name = symbol_find(address - returned, &offset);
    if (name != NULL) {
        console_print("backtrace: %016lx %s+%lx\n", address, name, offset + returned);
    } else {
        console_print("backtrace: %016lx\n", address);
    }
}

void machine_backtrace(uint64_t rip, uint64_t frame) {
    backtrace_print(rip, false);
    for (int depth = 0; depth < BACKTRACE_MAX && frame >= USER_END && frame % 8 == 0; depth++) {
        if (!paging_mapped(frame) || !paging_mapped(frame + 8)) {
            break;
        }
        const uint64_t *words = (const uint64_t *)frame;
        if (words[1] == 0) {
            break;
        }
        backtrace_print(words[1], true);
        frame = words[0];
    }
}

void machine_panic(const char *format, ...) {
    char text[256];
    va_list arguments;
    interrupts_disable();
    console_take_over();
    va_start(arguments, format);
    (void)format_text(text, sizeof text, format, arguments);
    va_end(arguments);
    console_print("panic: %s\n", text);
    machine_backtrace((uint64_t)machine_panic, (uint64_t)__builtin_frame_address(0));
    machine_exit(127);
}
