// IDIOM: anonymous_members
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t; void *memset(void *, int, size_t);
#define struct_group(NAME, ...) union { struct { __VA_ARGS__ }; struct { __VA_ARGS__ } NAME; }
struct skb { int id; struct_group(headers, int proto; int mark; ); int len; };
static struct skb skb;
void clear_headers(void) { memset(&skb.headers, 0, sizeof(skb.headers)); }
void set_mark(int m) { skb.mark = m; }
void set_len(int n) { skb.len = n; }
// CHECK:clear_headers:
// CHECK-NEXT:anonymous_members_struct_group.c:skb.headers.mark
// CHECK-NEXT:anonymous_members_struct_group.c:skb.headers.proto
// CHECK-NEXT:anonymous_members_struct_group.c:skb.mark
// CHECK-NEXT:anonymous_members_struct_group.c:skb.proto
// CHECK-NEXT:end
// CHECK-NEXT:set_len:
// CHECK-NEXT:anonymous_members_struct_group.c:skb.len
// CHECK-NEXT:end
// CHECK-NEXT:set_mark:
// EXTRA-NEXT:anonymous_members_struct_group.c:skb.headers.mark
// CHECK-NEXT:anonymous_members_struct_group.c:skb.mark
// CHECK-NEXT:end
