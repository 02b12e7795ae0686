// IDIOM: read_once
// RUN: %may_modify %s | %FileCheck
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) do { *(volatile typeof(x) *)&(x) = (v); } while (0)
struct sk { struct sk *peer; unsigned flags; int backlog; };
static struct sk a, b, c;
void pair(void) { WRITE_ONCE(a.peer, &b); WRITE_ONCE(b.peer, &a); }
void push(void) { struct sk *peer = READ_ONCE(a.peer); if (peer) WRITE_ONCE(peer->backlog, READ_ONCE(peer->backlog) + 1); }
struct sk *other(void) { return &c; }
// CHECK:other:
// CHECK-NEXT:end
// CHECK-NEXT:pair:
// CHECK-NEXT:read_once_pointer_chase.c:a.peer
// CHECK-NEXT:read_once_pointer_chase.c:b.peer
// CHECK-NEXT:end
// CHECK-NEXT:push:
// CHECK-NEXT:read_once_pointer_chase.c:b.backlog
// CHECK-NEXT:end
