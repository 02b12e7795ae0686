// IDIOM: open_world
// RUN: %may_modify %s | %FileCheck
/* A record from the client: its numbers choose, its pointer is the client's. */
extern unsigned long copy_from_user(void *, const void *, unsigned long); extern unsigned long copy_to_user(void *, const void *, unsigned long);
struct args { int slot; int value; void *buffer; }; static struct { int value; struct args last; } slots[4]; static int cold;
long set(const void *user) { struct args a; if (copy_from_user(&a, user, sizeof a)) return -14; slots[a.slot & 3].value = a.value; return copy_to_user(a.buffer, &a.value, sizeof a.value) ? -14 : 0; }
long keep(const void *user, int i) { return copy_from_user(&slots[i & 3].last, user, sizeof slots[0].last) ? -14 : 0; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:keep:
// CHECK-NEXT:copied_user_record.c:slots[].last.buffer
// CHECK-NEXT:copied_user_record.c:slots[].last.slot
// CHECK-NEXT:copied_user_record.c:slots[].last.value
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:copied_user_record.c:slots[].value
// CHECK-NEXT:end
