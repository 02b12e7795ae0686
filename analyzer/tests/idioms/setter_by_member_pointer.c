// IDIOM: generic_setter
// RUN: %may_modify %s | %FileCheck
/* One function stores for all options: a switch gives the member's address, or a table of addresses does. */
struct options { int uid, gid; long size; int debug; }; static struct options options, cold;
static int *member(struct options *o, int which) { switch (which) { case 0: return &o->uid; case 1: return &o->gid; default: return 0; } }
static int *const by_number[] = {&options.gid, &options.debug};
int set(int which, int v) { int *p = member(&options, which); if (!p) return -22; *p = v; return 0; }
void set_by_number(int i, int v) { *by_number[i & 1] = v; }
long get(void) { return cold.size; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:setter_by_member_pointer.c:options.gid
// CHECK-NEXT:setter_by_member_pointer.c:options.uid
// CHECK-NEXT:end
// CHECK-NEXT:set_by_number:
// CHECK-NEXT:setter_by_member_pointer.c:options.debug
// CHECK-NEXT:setter_by_member_pointer.c:options.gid
// CHECK-NEXT:end
