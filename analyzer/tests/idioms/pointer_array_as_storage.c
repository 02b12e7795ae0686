// IDIOM: struct_casts
// RUN: %may_modify %s | %FileCheck
/* A driver lays its own record over an array of words, or of pointers, that its bus reserves in each request. */
struct request { int op; unsigned long words[4]; void *pointers[3]; }; struct tags { struct done *done; int tries; }; struct done { int count; };
static struct request request, spare; static struct done done, cold;
static struct tags *in_words(struct request *r) { return (struct tags *)r->words; } static struct tags *in_pointers(struct request *r) { return (struct tags *)r->pointers; }
void start(void) { in_words(&request)->done = &done; in_words(&request)->tries = 0; }
void finish(void) { in_words(&request)->done->count++; }
void start_pointers(void) { in_pointers(&request)->done = &done; in_pointers(&request)->tries = 1; }
void finish_pointers(void) { in_pointers(&request)->done->count = 0; }
int get(void) { return cold.count + spare.op; }
// CHECK:finish:
// CHECK-NEXT:pointer_array_as_storage.c:done.count
// CHECK-NEXT:end
// CHECK-NEXT:finish_pointers:
// CHECK-NEXT:pointer_array_as_storage.c:done.count
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:pointer_array_as_storage.c:request.words[]
// CHECK-NEXT:end
// CHECK-NEXT:start_pointers:
// CHECK-NEXT:pointer_array_as_storage.c:request.pointers[]
// CHECK-NEXT:end
