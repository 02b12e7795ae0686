// IDIOM: outside_pointer
// RUN: rm -rf %t.d && %split %t.d && env MANIFEST=%t.d/manifest %may_modify %t.d/server.c | %FileCheck
/* The client hands in the address of one of the server's own functions, registered as another type, beside a function whose record argument cannot come
   from such a call and one whose address nobody takes. */
//--- manifest
[kernel]
name = cast handler from outside
source_root = .
[entity server]
path = server.c
role = server
[transactions]
entry = run
//--- server.c
struct device { int count, idle; };
struct command { int code, unit; };
extern void outside_register(void (*function)(void *));
extern void outside_order(void (*function)(struct command));
static struct device device;
static int ordered, untaken;
static void device_interrupt(struct device *which) { ++which->count; }
static void order(struct command command) { ordered = command.code; }
static void private_helper(void) { ++untaken; }
void setup(void) {
    outside_register((void (*)(void *))device_interrupt);
    outside_order(order);
    private_helper();
}
void run(void (*function)(void *)) { function(&device); }
//--- expected
// CHECK:run:
// CHECK-NEXT:*  [by unknown]  (4 leaves)
// CHECK-NEXT:server.c:device.count
// CHECK-NEXT:unknown: outside-call function pointer in run
// CHECK-NEXT:end
