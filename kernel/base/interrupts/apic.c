#include <base/cpu/instructions.h>
#include <base/interrupts/apic.h>
#include <base/interrupts/interrupts.h>
#include <base/memory/paging.h>

enum { MSR_APIC_BASE = 0x1b };
enum { /* register offsets, Intel SDM volume 3, 10.4.1 */
       APIC_NUMBER = 0x20,
       APIC_END_OF_INTERRUPT = 0xb0,
       APIC_SPURIOUS = 0xf0,
       APIC_COMMAND = 0x300,
       APIC_COMMAND_TARGET = 0x310,
       APIC_TIMER = 0x320,
       APIC_TIMER_INITIAL = 0x380,
       APIC_TIMER_CURRENT = 0x390,
       APIC_TIMER_DIVIDE = 0x3e0
};
enum { COMMAND_INIT = 0x4500, COMMAND_START = 0x4600, COMMAND_PENDING = 0x1000 };
enum { APIC_ENABLE = 0x100, TIMER_PERIODIC = 0x20000, TIMER_MASKED = 0x10000, DIVIDE_BY_16 = 3 };
enum { PIT_HERTZ = 1193182, PIT_CHANNEL2 = 0x42, PIT_COMMAND = 0x43, PIT_GATE = 0x61, MEASURE_MILLISECONDS = 10 };

/* Owner: this file. Written at start only, so no lock. */
static struct {
    volatile uint8_t *registers; /* the same address reaches each CPU's own APIC */
    uint32_t timer_rate;         /* timer counts in a tick */
    uint64_t timestamp_rate;     /* time stamp counts in a millisecond */
} apic;

static void apic_write(unsigned offset, uint32_t value) {
    *(volatile uint32_t *)(apic.registers + offset) = value;
}

static uint32_t apic_read(unsigned offset) {
    return *(volatile uint32_t *)(apic.registers + offset);
}

static void apic_measure(void) {
    uint32_t count = PIT_HERTZ * MEASURE_MILLISECONDS / 1000;
    port_write8(PIT_GATE, (uint8_t)((port_read8(PIT_GATE) & 0xfc) | 1));
    port_write8(PIT_COMMAND, 0xb0); /* channel 2, both bytes, count down once */
    port_write8(PIT_CHANNEL2, (uint8_t)count);
    port_write8(PIT_CHANNEL2, (uint8_t)(count >> 8));
    apic_write(APIC_TIMER, TIMER_MASKED | INTERRUPT_TIMER);
    apic_write(APIC_TIMER_INITIAL, UINT32_MAX);
    uint64_t begin = timestamp_read();
    while (!(port_read8(PIT_GATE) & 0x20)) {
        cpu_relax();
    }
    apic.timestamp_rate = (timestamp_read() - begin) / MEASURE_MILLISECONDS;
    uint64_t counts = (uint64_t)(UINT32_MAX - apic_read(APIC_TIMER_CURRENT));
    apic.timer_rate = (uint32_t)(counts * (TICK_NANOSECONDS / 1000000) / MEASURE_MILLISECONDS);
}

void apic_init(void) {
    port_write8(0x21, 0xff); /* both old controllers: everything masked */
    port_write8(0xa1, 0xff);
    apic.registers = paging_map_device(msr_read(MSR_APIC_BASE) & PAGE_ADDRESS);
    apic_init_processor();
    apic_measure();
}

void apic_init_processor(void) {
    apic_write(APIC_SPURIOUS, APIC_ENABLE | INTERRUPT_SPURIOUS);
    apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_16);
}

uint32_t apic_number(void) {
    return apic_read(APIC_NUMBER) >> 24;
}

static void apic_command(uint32_t number, uint32_t command) {
    apic_write(APIC_COMMAND_TARGET, number << 24);
    apic_write(APIC_COMMAND, command);
    while (apic_read(APIC_COMMAND) & COMMAND_PENDING) {
        cpu_relax();
    }
}

void apic_delay(uint64_t microseconds) {
    uint64_t begin = timestamp_read();
    while (timestamp_read() - begin < apic.timestamp_rate * microseconds / 1000) {
        cpu_relax();
    }
}

void apic_start_processor(uint32_t number, uint32_t address) {
    apic_command(number, COMMAND_INIT);
    apic_delay(200);
    apic_command(number, COMMAND_START | address >> 12);
}

void apic_timer_start(void) {
    apic_write(APIC_TIMER, TIMER_PERIODIC | INTERRUPT_TIMER);
    apic_write(APIC_TIMER_INITIAL, apic.timer_rate);
}

void apic_acknowledge(void) {
    apic_write(APIC_END_OF_INTERRUPT, 0);
}

uint64_t timestamp_rate(void) {
    return apic.timestamp_rate;
}
