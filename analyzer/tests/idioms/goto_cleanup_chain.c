// IDIOM: freed_before_exit
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t; void *malloc(size_t); void free(void *);
struct req { char *name; int *ids; }; static int made; static struct req *kept;
int make(int n) { struct req *r = malloc(sizeof *r); if (!r) goto fail; r->name = malloc(8); if (!r->name) goto free_req; r->ids = malloc(sizeof(int) * 4); if (!r->ids) goto free_name; if (n < 0) goto free_ids; r->ids[0] = n; kept = r; made++; return 0;
free_ids: free(r->ids);
free_name: free(r->name);
free_req: free(r);
fail: return -12; }
int test(int n) { int *tmp = malloc(sizeof(int)); if (!tmp) return -12; *tmp = n; n = *tmp + 1; free(tmp); return n; }
// CHECK:make:
// CHECK-NEXT:alloc@goto_cleanup_chain.c:make
// CHECK-NEXT:goto_cleanup_chain.c:kept
// CHECK-NEXT:goto_cleanup_chain.c:made
// CHECK-NEXT:struct req.ids
// CHECK-NEXT:struct req.name
// CHECK-NEXT:end
// CHECK-NEXT:test:
// CHECK-NEXT:end
