#include <base/boot/design.h>
#include <base/console/console.h>
#include <base/cpu/cpu.h>
#include <base/cpu/instructions.h>
#include <base/interrupts/apic.h>
#include <base/interrupts/interrupts.h>
#include <base/machine/machine.h>

enum { VECTORS = 256, GATE_INTERRUPT = 0x8e00, STACK_FAULT = 1 };

/* Intel SDM volume 3, 6.14.1. */
struct gate {
    uint16_t offset_low, selector, flags, offset_middle;
    uint32_t offset_high, reserved;
};

struct fault_landing {
    uint64_t fault, landing;
};

extern const uint64_t interrupt_stubs[INTERRUPT_LAST + 1];
extern const struct fault_landing fault_landings_begin[], fault_landings_end[];

/* Owner: this file; the hardware reads idt. Written at start only, so no lock. */
static struct gate idt[VECTORS];
static interrupt_handler *interrupt_routes[VECTORS];
static interrupt_handler *user_exception_route;
static exception_handler *client_exception_route;
static interrupt_handler *interrupt_end_route;

void interrupts_load(void) {
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) table = {sizeof idt - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" : : "m"(table));
}

void interrupts_init(void) {
    for (unsigned vector = 0; vector <= INTERRUPT_LAST; vector++) {
        uint64_t stub = interrupt_stubs[vector];
        idt[vector] = (struct gate){
            .offset_low = (uint16_t)stub,
            .selector = SELECTOR_KERNEL_CODE,
            .flags = GATE_INTERRUPT | (vector == EXCEPTION_DOUBLE_FAULT || vector == 2 ? STACK_FAULT : 0),
            .offset_middle = (uint16_t)(stub >> 16),
            .offset_high = (uint32_t)(stub >> 32),
        };
    }
    interrupts_load();
}

void interrupt_route(unsigned vector, interrupt_handler *handler) {
    interrupt_routes[vector] = handler;
}

void exception_route_user(interrupt_handler *handler) {
    user_exception_route = handler;
}

void exception_route_client(exception_handler *handler) {
    client_exception_route = handler;
}

void interrupt_route_end(interrupt_handler *handler) {
    interrupt_end_route = handler;
}

static void frame_dump(const struct interrupt_frame *frame) {
    console_print("rip %016lx  cs %04lx  flags %08lx  error %lx  cpu %u\n", frame->rip, frame->cs, frame->flags, frame->error, cpu_index());
    console_print("rax %016lx  rbx %016lx  rcx %016lx\n", frame->rax, frame->rbx, frame->rcx);
    console_print("rdx %016lx  rsi %016lx  rdi %016lx\n", frame->rdx, frame->rsi, frame->rdi);
    console_print("r8  %016lx  r9  %016lx  r10 %016lx\n", frame->r8, frame->r9, frame->r10);
    console_print("r11 %016lx  r12 %016lx  r13 %016lx\n", frame->r11, frame->r12, frame->r13);
    console_print("r14 %016lx  r15 %016lx  rbp %016lx\n", frame->r14, frame->r15, frame->rbp);
    console_print("rsp %016lx  cr2 %016lx  cr3 %016lx\n", frame->rsp, fault_address_read(), page_root_read());
}

/* Called by exc_entry_common. */
void exception_dispatch(struct interrupt_frame *frame);
void exception_dispatch(struct interrupt_frame *frame) {
    if (frame_from_user(frame) && user_exception_route != NULL) {
        user_exception_route(frame);
        return;
    }
    if (frame->vector == EXCEPTION_PAGE_FAULT && fault_address_read() < USER_END) {
        for (const struct fault_landing *at = fault_landings_begin; at < fault_landings_end; at++) {
            if (at->fault == frame->rip) {
                frame->rip = at->landing;
                return;
            }
        }
    }
    if (client_exception_route != NULL && client_exception_route(frame)) {
        return;
    }
    console_take_over();
    console_print("exception %lu\n", frame->vector);
    frame_dump(frame);
    if (frame->vector == EXCEPTION_PAGE_FAULT || frame->vector == EXCEPTION_DOUBLE_FAULT) {
        design_explain_fault(fault_address_read());
    }
    machine_backtrace(frame->rip, frame->rbp);
    machine_panic("exception %lu at %lx", frame->vector, frame->rip);
}

/* Called by irq_entry_common. */
void interrupt_dispatch(struct interrupt_frame *frame);
void interrupt_dispatch(struct interrupt_frame *frame) {
    if (frame->vector != INTERRUPT_SPURIOUS) {
        apic_acknowledge();
    }
    if (interrupt_routes[frame->vector] != NULL) {
        interrupt_routes[frame->vector](frame);
    }
    if (interrupt_end_route != NULL) {
        interrupt_end_route(frame);
    }
}
