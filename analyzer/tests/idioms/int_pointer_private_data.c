// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* unsigned long data of old timers and ioctl arguments. */
struct old_timer { void (*function)(unsigned long); unsigned long data; };
struct port { int timeouts; int errors; };
static struct port ports[2];
static struct port bare;
static struct old_timer timer;
static void port_timeout(unsigned long data) { struct port *p = (struct port *)data; p->timeouts++; }
void arm(int i) { timer.function = port_timeout; timer.data = (unsigned long)&ports[i]; }
void expire(void) { timer.function(timer.data); }
struct port *get(void) { return &bare; }
// CHECK:arm:
// CHECK-NEXT:int_pointer_private_data.c:timer.data
// CHECK-NEXT:int_pointer_private_data.c:timer.function
// CHECK-NEXT:end
// CHECK-NEXT:expire:
// CHECK-NEXT:int_pointer_private_data.c:ports[].timeouts
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
