// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
struct list { struct list *next, *prev; };
struct server { struct list clients; struct list idle; };
struct client { int id; struct list link; };
static struct server server = {{&server.clients, &server.clients}, {&server.idle, &server.idle}};
static struct client first, second;
static inline void list_add(struct list *n, struct list *h) { n->next = h->next; n->prev = h; h->next->prev = n; h->next = n; }
void add_client(void) { list_add(&first.link, &server.clients); }
void add_idle(void) { list_add(&second.link, &server.idle); }
// CHECK:add_client:
// CHECK-NEXT:list_per_object.c:first.link.next
// CHECK-NEXT:list_per_object.c:first.link.prev
// CHECK-NEXT:list_per_object.c:server.clients.next
// CHECK-NEXT:list_per_object.c:server.clients.prev
// CHECK-NEXT:end
// CHECK-NEXT:add_idle:
// CHECK-NEXT:list_per_object.c:second.link.next
// CHECK-NEXT:list_per_object.c:second.link.prev
// CHECK-NEXT:list_per_object.c:server.idle.next
// CHECK-NEXT:list_per_object.c:server.idle.prev
// CHECK-NEXT:end
