// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
struct hnode { struct hnode *next, **pprev; };
struct hhead { struct hnode *first; };
struct entry { int value; struct hnode node; };
static struct hhead buckets[8];
static struct entry entry;
static void add(struct hnode *n, struct hhead *h) { n->next = h->first; if (h->first) h->first->pprev = &n->next; h->first = n; n->pprev = &h->first; }
void insert(unsigned hash) { add(&entry.node, &buckets[hash % 8]); }
void remove(void) { struct hnode *n = &entry.node; *n->pprev = n->next; if (n->next) n->next->pprev = n->pprev; }
// CHECK:insert:
// CHECK-NEXT:hlist_pprev.c:buckets[].first
// CHECK-NEXT:hlist_pprev.c:entry.node.next
// CHECK-NEXT:hlist_pprev.c:entry.node.pprev
// CHECK-NEXT:end
// CHECK-NEXT:remove:
// CHECK-NEXT:hlist_pprev.c:buckets[].first
// CHECK-NEXT:hlist_pprev.c:entry.node.next
// CHECK-NEXT:hlist_pprev.c:entry.node.pprev
// CHECK-NEXT:end
