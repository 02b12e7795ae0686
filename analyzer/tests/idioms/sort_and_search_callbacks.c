// IDIOM: callback_void
// RUN: %may_modify %s | %FileCheck
/* bsearch and a merge sort of a list, whose comparisons count and mark what they see. */
struct node { struct node *next; int key, seen; }; static struct node a, b, *list; static int compares; static int table[8]; static int lookups, cold;
static void *search(const void *key, const void *base, unsigned long n, unsigned long size, int (*compare)(const void *, const void *)) { const char *p = base; for (unsigned long i = 0; i < n; i++) if (!compare(key, p + i * size)) return (void *)(p + i * size); return 0; }
static struct node *merge(void *priv, int (*compare)(void *, struct node *, struct node *), struct node *x, struct node *y) { struct node *head = 0, **tail = &head; while (x && y) { struct node **take = compare(priv, x, y) <= 0 ? &x : &y; *tail = *take; tail = &(*take)->next; *take = (*take)->next; } *tail = x ? x : y; return head; }
static int by_key(void *priv, struct node *x, struct node *y) { ++*(int *)priv; x->seen = 1; return x->key - y->key; }
static int by_value(const void *k, const void *e) { lookups++; return *(const int *)k - *(const int *)e; }
void link(void) { a.next = 0; b.next = 0; list = merge(&compares, by_key, &a, &b); }
int replace(int old, int new) { int *e = search(&old, table, 8, sizeof *table, by_value); if (!e) return -1; *e = new; return 0; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:link:
// CHECK-NEXT:sort_and_search_callbacks.c:a.next
// CHECK-NEXT:sort_and_search_callbacks.c:a.seen
// CHECK-NEXT:sort_and_search_callbacks.c:b.next
// CHECK-NEXT:sort_and_search_callbacks.c:b.seen
// CHECK-NEXT:sort_and_search_callbacks.c:compares
// CHECK-NEXT:sort_and_search_callbacks.c:list
// CHECK-NEXT:end
// CHECK-NEXT:replace:
// CHECK-NEXT:sort_and_search_callbacks.c:lookups
// CHECK-NEXT:sort_and_search_callbacks.c:table[]
// CHECK-NEXT:end
