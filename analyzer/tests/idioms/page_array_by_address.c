// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* From an address to its page record by its number, from the record back to the address, and from its private word to an object. */
struct buffer { int dirty; }; struct page { unsigned long flags, private; }; static struct page mem_map[64]; static char memory[64][4096] __attribute__((aligned(4096))); static struct buffer journal, cold;
static struct page *virt_to_page(const void *p) { return &mem_map[((unsigned long)p - (unsigned long)memory) >> 12]; }
static void *page_address(struct page *p) { return (void *)((unsigned long)memory + ((unsigned long)(p - mem_map) << 12)); }
void attach(int i) { struct page *p = virt_to_page(memory[i & 63]); p->private = (unsigned long)&journal; p->flags |= 1; }
void dirty(int i) { struct page *p = &mem_map[i & 63]; if (p->flags & 1) ((struct buffer *)p->private)->dirty = 1; }
void zero(int i) { char *a = page_address(&mem_map[i & 63]); for (int n = 0; n < 4096; n++) a[n] = 0; }
int get(void) { return cold.dirty; }
// CHECK:attach:
// CHECK-NEXT:page_array_by_address.c:mem_map[].flags
// CHECK-NEXT:page_array_by_address.c:mem_map[].private
// CHECK-NEXT:end
// CHECK-NEXT:dirty:
// CHECK-NEXT:page_array_by_address.c:journal.dirty
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:zero:
// EXTRA-NEXT:page_array_by_address.c:mem_map[].flags  [by unknown]
// EXTRA-NEXT:page_array_by_address.c:mem_map[].private  [by unknown]
// CHECK-NEXT:page_array_by_address.c:memory[][]
// CHECK-NEXT:unknown: unknown-offset page_array_by_address.c:mem_map in zero
// CHECK-NEXT:end
