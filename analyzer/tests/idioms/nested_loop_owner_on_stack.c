// IDIOM: freed_before_exit
// RUN: rm -rf %t.d && %split %t.d && env MANIFEST=%t.d/manifest %may_modify %t.d/server.c | %FileCheck
/* A server's list hangs from its loop's stack frame: what a request adds outlives the request. */
//--- manifest
[kernel]
name = loop
source_root = .
[entity server]
path = server.c
role = server
[transactions]
entry = handle
entry = get
//--- server.c
typedef unsigned long size_t; void *malloc(size_t);
struct item { int uses; struct item *next; }; struct server { struct item *list; }; static int cold;
void handle(struct server *s, int n) { struct item *i = malloc(sizeof *i); struct item *gone = malloc(sizeof *gone); gone->uses = n; i->uses = gone->uses; i->next = s->list; s->list = i; }
void serve(void) { struct server s = {0}; for (int n = 0;; n++) handle(&s, n); }
int get(void) { return cold; }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:handle:
// CHECK-NEXT:struct item.next
// CHECK-NEXT:struct item.uses
// CHECK-NEXT:end
