// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* A record is kept in a page of bytes, at its beginning and within. */
struct o { int v; }; struct hdr { int n; struct o *p; };
static struct o a; static char page[4096] __attribute__((aligned(4096)));
void save(void) { struct hdr h = { 1, &a }; *(struct hdr *)page = h; __builtin_memcpy(page + 64, &h, sizeof h); }
void load(void) { struct hdr h = *(struct hdr *)page; h.p->v = 1; }
void load_part(void) { struct hdr h; __builtin_memcpy(&h, page + 64, sizeof h); h.p->v = 1; }
static int cold; int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:load:
// CHECK-NEXT:record_from_page_of_bytes.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:load_part:
// CHECK-NEXT:record_from_page_of_bytes.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:save:
// CHECK-NEXT:record_from_page_of_bytes.c:page[]
// CHECK-NEXT:end
