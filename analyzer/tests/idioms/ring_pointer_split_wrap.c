// IDIOM: callback_void
// RUN: %may_modify %s | %FileCheck
/* A byte queue: a record of a pointer and a function is copied in two parts where it wraps. */
void *memcpy(void *, const void *, unsigned long);
struct message { void (*handler)(void *); void *context; };
struct fifo { unsigned in, out; unsigned char data[64]; };
static struct fifo fifo;
struct lamp { int on; }; static struct lamp lamp, dark; static int rings;
static void in(const void *from, unsigned n) { unsigned at = fifo.in & 63, part = n < 64 - at ? n : 64 - at; memcpy(fifo.data + at, from, part); memcpy(fifo.data, (const char *)from + part, n - part); fifo.in += n; }
static void out(void *to, unsigned n) { unsigned at = fifo.out & 63, part = n < 64 - at ? n : 64 - at; memcpy(to, fifo.data + at, part); memcpy((char *)to + part, fifo.data, n - part); fifo.out += n; }
static void light(void *c) { ((struct lamp *)c)->on = 1; } static void ring(void *c) { (void)c; rings++; }
void post_light(void) { struct message m = {light, &lamp}; in(&m, sizeof m); }
void post_ring(void) { struct message m = {ring, 0}; in(&m, sizeof m); }
void serve(void) { struct message m; out(&m, sizeof m); m.handler(m.context); }
struct lamp *get(void) { return &dark; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:post_light:
// CHECK-NEXT:ring_pointer_split_wrap.c:fifo.data[]
// CHECK-NEXT:ring_pointer_split_wrap.c:fifo.in
// CHECK-NEXT:end
// CHECK-NEXT:post_ring:
// CHECK-NEXT:ring_pointer_split_wrap.c:fifo.data[]
// CHECK-NEXT:ring_pointer_split_wrap.c:fifo.in
// CHECK-NEXT:end
// CHECK-NEXT:serve:
// CHECK-NEXT:ring_pointer_split_wrap.c:fifo.out
// CHECK-NEXT:ring_pointer_split_wrap.c:lamp.on
// CHECK-NEXT:ring_pointer_split_wrap.c:rings
// CHECK-NEXT:end
