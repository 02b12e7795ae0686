// IDIOM: flexible_array
// RUN: %may_modify %s | %FileCheck
void *malloc(unsigned long);
struct message { int length; char data[]; };
static struct message *last;
int send(int n, const char *text) { struct message *m = malloc(sizeof *m + (unsigned)n); if (!m) return -1; m->length = n; for (int i = 0; i < n; i++) m->data[i] = text[i]; last = m; return 0; }
// CHECK:send:
// CHECK-NEXT:flexible_array.c:last
// CHECK-NEXT:struct message.data[]
// CHECK-NEXT:struct message.length
// CHECK-NEXT:end
