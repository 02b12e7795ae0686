#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/lib/format.h>
#include <base/lock/spinlock.h>

enum { COM1 = 0x3f8, LINE_STATUS = COM1 + 5, TRANSMITTER_EMPTY = 0x20 };

/* Owner: this file. Lock: itself. */
static struct {
    struct spinlock lock; /* one writer at a time */
    bool taken_over;      /* after a panic nobody waits for the lock any more */
} console;

void console_init(void) {
    port_write8(COM1 + 1, 0);    /* no interrupts */
    port_write8(COM1 + 3, 0x80); /* divisor 1: 115200 baud */
    port_write8(COM1 + 0, 1);
    port_write8(COM1 + 1, 0);
    port_write8(COM1 + 3, 0x03); /* 8 bits, no parity, one stop bit */
    port_write8(COM1 + 2, 0xc7);
    port_write8(COM1 + 4, 0x03);
}

static void console_put(char character) {
    while (!(port_read8(LINE_STATUS) & TRANSMITTER_EMPTY)) {
        cpu_relax();
    }
    port_write8(COM1, (uint8_t)character);
}

void console_write(const char *text, size_t length) {
    uint64_t flags = interrupts_save();
    if (!console.taken_over) {
        spinlock_acquire_raw(&console.lock);
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            console_put('\r');
        }
        console_put(text[i]);
    }
    if (!console.taken_over) {
        spinlock_release_raw(&console.lock);
    }
    interrupts_restore(flags);
}

void console_print(const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    size_t length = format_text(text, sizeof text, format, arguments);
    va_end(arguments);
    console_write(text, length);
}

void console_take_over(void) {
    console.taken_over = true;
}
