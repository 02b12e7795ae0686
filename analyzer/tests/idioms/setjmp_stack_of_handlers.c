// IDIOM: setjmp_flow
// RUN: %may_modify %s | %FileCheck
/* try/catch by a chain of buffers on the stack; thrown objects are kept in the innermost one. */
typedef void *jump_buffer[5];
struct fault { int code; }; static struct fault divide, page, cold;
struct handler { jump_buffer where; struct handler *outer; struct fault *fault; };
static struct handler *innermost; static int cleaned;
static void __attribute__((noreturn)) throw(struct fault *f) { innermost->fault = f; __builtin_longjmp(innermost->where, 1); }
static void work(int n) { if (n == 0) throw(&divide); if (n == 1) throw(&page); }
int guarded(int n) { struct handler h; h.outer = innermost; h.fault = 0; innermost = &h; if (__builtin_setjmp(h.where)) { innermost = h.outer; h.fault->code++; return -1; } work(n); innermost = h.outer; cleaned++; return 0; }
int get(void) { return cold.code; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:guarded:
// CHECK-NEXT:setjmp_stack_of_handlers.c:cleaned
// CHECK-NEXT:setjmp_stack_of_handlers.c:divide.code
// CHECK-NEXT:setjmp_stack_of_handlers.c:innermost
// CHECK-NEXT:setjmp_stack_of_handlers.c:page.code
// CHECK-NEXT:end
