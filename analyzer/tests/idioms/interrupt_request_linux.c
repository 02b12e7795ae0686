// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
typedef int irqreturn_t; typedef irqreturn_t (*irq_handler_t)(int, void *);
extern int request_threaded_irq(unsigned, irq_handler_t, irq_handler_t, unsigned long, const char *, void *);
struct uart { int rx, tx, bh; }; static struct uart uart; static int opened;
static irqreturn_t uart_irq(int irq, void *dev) { ((struct uart *)dev)->rx++; return 2; }
static irqreturn_t uart_thread(int irq, void *dev) { ((struct uart *)dev)->bh++; return 1; }
int uart_open(void) { opened++; return request_threaded_irq(4, uart_irq, uart_thread, 0, "uart", &uart); }
// CHECK:uart_irq:
// CHECK-NEXT:interrupt_request_linux.c:uart.rx
// CHECK-NEXT:end
// CHECK-NEXT:uart_open:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:interrupt_request_linux.c:opened
// CHECK-NEXT:end
// CHECK-NEXT:uart_thread:
// CHECK-NEXT:interrupt_request_linux.c:uart.bh
// CHECK-NEXT:end
