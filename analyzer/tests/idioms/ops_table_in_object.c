// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
/* The table is part of the object (seL4, FreeRTOS streams): functions set one by one. */
struct uart { void (*put)(struct uart *, int); int (*get)(struct uart *); unsigned long base; int sent, got; };
static struct uart console, debug;
static void mmio_put(struct uart *u, int c) { u->sent += c; }
static int mmio_get(struct uart *u) { u->got++; return 0; }
static int no_get(struct uart *u) { (void)u; return -1; }
static void uart_setup(struct uart *u, unsigned long base, int (*get)(struct uart *)) { u->base = base; u->put = mmio_put; u->get = get; }
void setup(void) { uart_setup(&console, 0x3f8, mmio_get); uart_setup(&debug, 0x2f8, no_get); }
void putc(int c) { console.put(&console, c); }
int debug_getc(void) { return debug.get(&debug); }
int getc(void) { return console.get(&console); }
// CHECK:debug_getc:
// CHECK-NEXT:end
// CHECK-NEXT:getc:
// CHECK-NEXT:ops_table_in_object.c:console.got
// CHECK-NEXT:end
// CHECK-NEXT:putc:
// CHECK-NEXT:ops_table_in_object.c:console.sent
// CHECK-NEXT:end
// CHECK-NEXT:setup:
// CHECK-NEXT:ops_table_in_object.c:console.base
// CHECK-NEXT:ops_table_in_object.c:console.get
// CHECK-NEXT:ops_table_in_object.c:console.put
// CHECK-NEXT:ops_table_in_object.c:debug.base
// CHECK-NEXT:ops_table_in_object.c:debug.get
// CHECK-NEXT:ops_table_in_object.c:debug.put
// CHECK-NEXT:end
