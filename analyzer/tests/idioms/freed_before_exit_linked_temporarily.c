// IDIOM: freed_before_exit
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t; void *malloc(size_t); void free(void *);
struct seg { struct seg *next; int len; }; static int total;
/* A temporary chain: all of its links are freed before the exit. */
void gather(int n) { struct seg *head = 0; for (int i = 0; i < n; i++) { struct seg *s = malloc(sizeof *s); if (!s) break; s->len = i; s->next = head; head = s; } while (head) { struct seg *s = head; total += s->len; head = s->next; free(s); } }
// CHECK:gather:
// CHECK-NEXT:freed_before_exit_linked_temporarily.c:total
// CHECK-NEXT:end
