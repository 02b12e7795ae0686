// IDIOM: flexible_array
// RUN: %may_modify %s | %FileCheck
/* Arrays without elements mark places in the middle of a record; what follows them is not theirs. */
struct pair { int x, y; };
struct skb { int id; char headers_start[0]; int proto; unsigned char *data; struct pair pair; char headers_end[0]; int len; int after; struct pair tail[]; };
static struct skb skb, spare; static unsigned char bytes[8];
void set(void) { skb.len = 1; skb.pair.y = 2; }
void point(void) { skb.data = bytes; }
void write(int i) { skb.data[i] = 1; }
struct words { unsigned long words[0]; unsigned long first, second; int other; }; static struct words words;
void set_word(int i) { words.words[i & 1] = 1; }
int get(void) { return spare.len + spare.after; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:point:
// CHECK-NEXT:zero_length_marker.c:skb.data
// CHECK-NEXT:end
// CHECK-NEXT:set:
// EXTRA-NEXT:zero_length_marker.c:skb.headers_end[]
// CHECK-NEXT:zero_length_marker.c:skb.len
// CHECK-NEXT:zero_length_marker.c:skb.pair.y
// CHECK-NEXT:end
// CHECK-NEXT:set_word:
// CHECK-NEXT:zero_length_marker.c:words.first
// CHECK-NEXT:zero_length_marker.c:words.second
// EXTRA-NEXT:zero_length_marker.c:words.words[]
// CHECK-NEXT:end
// CHECK-NEXT:write:
// CHECK-NEXT:zero_length_marker.c:bytes[]
// CHECK-NEXT:end
