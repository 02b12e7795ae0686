// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
/* The offset of the link is kept in the table's parameters (rhashtable). */
struct head { struct head *next; }; struct params { unsigned head_offset; };
struct table { struct head *bucket; struct params p; };
struct conn { long id; struct head link; int state; }; struct user { struct head link; int logins; };
static struct table conns = {.p = {__builtin_offsetof(struct conn, link)}}, users = {.p = {__builtin_offsetof(struct user, link)}};
static struct conn conn; static struct user user; static int cold;
static inline void *object(struct table *t, struct head *h) { return (char *)h - t->p.head_offset; }
void insert(void) { conn.link.next = 0; conns.bucket = &conn.link; user.link.next = 0; users.bucket = &user.link; }
void close_all(void) { for (struct head *h = conns.bucket; h; h = h->next) { struct conn *c = object(&conns, h); c->state = 2; } }
int get(void) { return cold; }
// CHECK:close_all:
// CHECK-NEXT:container_of_offset_in_params.c:conn.state
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:insert:
// CHECK-NEXT:container_of_offset_in_params.c:conn.link.next
// CHECK-NEXT:container_of_offset_in_params.c:conns.bucket
// CHECK-NEXT:container_of_offset_in_params.c:user.link.next
// CHECK-NEXT:container_of_offset_in_params.c:users.bucket
// CHECK-NEXT:end
