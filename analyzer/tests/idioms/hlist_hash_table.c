// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
struct hlist_node { struct hlist_node *next, **pprev; }; struct hlist_head { struct hlist_node *first; };
static inline void hlist_add_head(struct hlist_node *n, struct hlist_head *h) { struct hlist_node *first = h->first; n->next = first; if (first) first->pprev = &n->next; h->first = n; n->pprev = &h->first; }
static inline void hlist_del(struct hlist_node *n) { struct hlist_node *next = n->next, **pprev = n->pprev; *pprev = next; if (next) next->pprev = pprev; }
#define hlist_entry(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct pid { int nr; int level; struct hlist_node chain; };
static struct hlist_head pid_hash[16], other_hash[4]; static struct pid one, two;
void attach(void) { hlist_add_head(&one.chain, &pid_hash[one.nr & 15]); }
void attach_other(void) { hlist_add_head(&two.chain, &other_hash[two.nr & 3]); }
void detach(void) { hlist_del(&one.chain); }
void bump(int nr) { for (struct hlist_node *n = pid_hash[nr & 15].first; n; n = n->next) { struct pid *p = hlist_entry(n, struct pid, chain); if (p->nr == nr) p->level++; } }
// CHECK:attach:
// CHECK-NEXT:hlist_hash_table.c:one.chain.next
// CHECK-NEXT:hlist_hash_table.c:one.chain.pprev
// CHECK-NEXT:hlist_hash_table.c:pid_hash[].first
// CHECK-NEXT:end
// CHECK-NEXT:attach_other:
// CHECK-NEXT:hlist_hash_table.c:other_hash[].first
// CHECK-NEXT:hlist_hash_table.c:two.chain.next
// CHECK-NEXT:hlist_hash_table.c:two.chain.pprev
// CHECK-NEXT:end
// CHECK-NEXT:bump:
// CHECK-NEXT:hlist_hash_table.c:one.level
// CHECK-NEXT:end
// CHECK-NEXT:detach:
// CHECK-NEXT:hlist_hash_table.c:one.chain.next
// CHECK-NEXT:hlist_hash_table.c:one.chain.pprev
// CHECK-NEXT:hlist_hash_table.c:pid_hash[].first
// CHECK-NEXT:end
