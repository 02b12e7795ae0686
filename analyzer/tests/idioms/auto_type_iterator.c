// IDIOM: auto_type
// RUN: %may_modify %s | %FileCheck
struct slist { struct slist *next; int mark; };
static struct slist tail, mid = {&tail}, head = {&mid}, loner;
#define slist_for_each(pos, first) for (__auto_type pos = (first); pos; pos = pos->next)
void mark_all(void) { slist_for_each(p, &head) p->mark = 1; }
struct slist *other(void) { return &loner; }
// CHECK:mark_all:
// CHECK-NEXT:auto_type_iterator.c:head.mark
// CHECK-NEXT:auto_type_iterator.c:mid.mark
// CHECK-NEXT:auto_type_iterator.c:tail.mark
// CHECK-NEXT:end
// CHECK-NEXT:other:
// CHECK-NEXT:end
