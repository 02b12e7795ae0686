// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
/* Cortex-M and RTOS style: the vector table lies in a section of its own, hardware calls what is there. */
typedef void (*vector_t)(void);
static unsigned long ticks; static int uart_bytes, hard_faults;
static void systick_handler(void) { ticks++; }
static void uart_handler(void) { uart_bytes++; }
static void hard_fault(void) { hard_faults++; }
extern unsigned long _estack;
__attribute__((section(".isr_vector"), used)) static const vector_t vectors[] = {(vector_t)&_estack, hard_fault, systick_handler, uart_handler};
unsigned long now(void) { return ticks; }
// CHECK:hard_fault:
// CHECK-NEXT:interrupt_vector_table.c:hard_faults
// CHECK-NEXT:end
// CHECK-NEXT:now:
// CHECK-NEXT:end
// CHECK-NEXT:systick_handler:
// CHECK-NEXT:interrupt_vector_table.c:ticks
// CHECK-NEXT:end
// CHECK-NEXT:uart_handler:
// CHECK-NEXT:interrupt_vector_table.c:uart_bytes
// CHECK-NEXT:end
