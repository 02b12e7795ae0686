// IDIOM: struct_casts
// RUN: %may_modify %s | %FileCheck
/* Registers of a device at a fixed address: some record of the type. */
struct uart { unsigned data, status; }; static struct uart shadow; static int cold;
#define UART ((volatile struct uart *)0x10000000UL)
void put(unsigned c) { UART->data = c; shadow.status++; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// EXTRA-NEXT:fixed_address_record.c:shadow.data
// CHECK-NEXT:fixed_address_record.c:shadow.status
// CHECK-NEXT:struct uart.data
// CHECK-NEXT:end
