// IDIOM: initialisers
// RUN: %may_modify %s | %FileCheck
typedef long (*sys_t)(long); static long calls_read, calls_bad, last; static long sys_ni(long a) { calls_bad++; return -38; } static long sys_read(long a) { calls_read = a; return 0; } static long sys_exit(long a) { last = a; return 0; }
static const sys_t sys_call_table[64] = {[0 ... 63] = sys_ni, [3] = sys_read};
struct slot { int used; int *target; }; static int shared, own; static struct slot slots[8] = {[0 ... 6] = {.target = &shared}, [7] = {.target = &own}}; static sys_t extra = sys_exit;
long do_syscall(unsigned nr, long a) { return nr < 64 ? sys_call_table[nr](a) : -38; }
void poke(int i) { *slots[i & 7].target = 1; }
long leave(long a) { return extra(a); }
// CHECK:do_syscall:
// CHECK-NEXT:range_designators.c:calls_bad
// CHECK-NEXT:range_designators.c:calls_read
// CHECK-NEXT:end
// CHECK-NEXT:leave:
// CHECK-NEXT:range_designators.c:last
// CHECK-NEXT:end
// CHECK-NEXT:poke:
// CHECK-NEXT:range_designators.c:own
// CHECK-NEXT:range_designators.c:shared
// CHECK-NEXT:end
