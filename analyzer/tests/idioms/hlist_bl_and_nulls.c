// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Heads whose lowest bit is a lock, lists that end in a marker instead of NULL. */
struct bl_node { struct bl_node *next, **pprev; }; struct bl_head { struct bl_node *first; }; struct nulls_node { struct nulls_node *next; }; struct dentry { int count; struct bl_node hash; }; struct sock { int drops; struct nulls_node node; };
static struct bl_head buckets[4]; static struct nulls_node *chains[4]; static struct dentry root, cold; static struct sock udp;
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
static void bit_lock(struct bl_head *h) { __atomic_or_fetch((unsigned long *)h, 1UL, 2); } static void bit_unlock(struct bl_head *h) { __atomic_and_fetch((unsigned long *)h, ~1UL, 3); }
void hash(unsigned n) { struct bl_head *h = &buckets[n & 3]; bit_lock(h); struct bl_node *first = (void *)((unsigned long)h->first & ~1UL); root.hash.next = first; if (first) first->pprev = &root.hash.next; root.hash.pprev = &h->first; h->first = (void *)((unsigned long)&root.hash | ((unsigned long)h->first & 1)); bit_unlock(h); }
void count(unsigned n) { for (struct bl_node *b = (void *)((unsigned long)buckets[n & 3].first & ~1UL); b; b = b->next) container_of(b, struct dentry, hash)->count++; }
void chain(unsigned n) { udp.node.next = chains[n & 3] ? chains[n & 3] : (void *)(1UL | (unsigned long)n << 1); chains[n & 3] = &udp.node; }
void drop(unsigned n) { for (struct nulls_node *p = chains[n & 3]; !((unsigned long)p & 1); p = p->next) container_of(p, struct sock, node)->drops++; }
int get(void) { return cold.count; }
// CHECK:chain:
// CHECK-NEXT:hlist_bl_and_nulls.c:chains[]
// CHECK-NEXT:hlist_bl_and_nulls.c:udp.node.next
// CHECK-NEXT:end
// CHECK-NEXT:count:
// CHECK-NEXT:hlist_bl_and_nulls.c:root.count
// CHECK-NEXT:end
// CHECK-NEXT:drop:
// CHECK-NEXT:hlist_bl_and_nulls.c:udp.drops
// EXTRA-NEXT:struct sock.drops
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:hash:
// CHECK-NEXT:hlist_bl_and_nulls.c:buckets[].first
// CHECK-NEXT:hlist_bl_and_nulls.c:root.hash.next
// CHECK-NEXT:hlist_bl_and_nulls.c:root.hash.pprev
// CHECK-NEXT:end
