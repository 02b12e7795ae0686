#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/lib/format.h>
#include <base/machine/machine.h>
#include <base/memory/paging.h>

enum { DEBUG_EXIT_PORT = 0xf4, BACKTRACE_MAX = 32 };

void machine_exit(uint32_t code) {
    interrupts_disable();
    port_write32(DEBUG_EXIT_PORT, code);
    for (;;) {
        __asm__ volatile("hlt");
    }
}

void machine_backtrace(uint64_t rip, uint64_t frame) {
    console_print("backtrace: %lx", rip);
    for (int depth = 0; depth < BACKTRACE_MAX && frame >= USER_END && frame % 8 == 0; depth++) {
        if (!paging_mapped(frame) || !paging_mapped(frame + 8)) {
            break;
        }
        const uint64_t *words = (const uint64_t *)frame;
        if (words[1] == 0) {
            break;
        }
        console_print(" %lx", words[1]);
        frame = words[0];
    }
    console_print("\n");
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
    machine_backtrace((uint64_t)__builtin_return_address(0), (uint64_t)__builtin_frame_address(0));
    machine_exit(127);
}
