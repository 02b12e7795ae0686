// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
struct page { int flags; int count; }; static struct page mem_map[64]; static unsigned char order_of[64]; static struct page elsewhere;
static unsigned long page_to_pfn(const struct page *p) { return (unsigned long)(p - mem_map); }
static struct page *pfn_to_page(unsigned long pfn) { return mem_map + pfn; }
void set_order(struct page *unused, int i, unsigned char o) { (void)unused; order_of[page_to_pfn(&mem_map[i & 63])] = o; }
void buddy(int i, int o) { struct page *p = pfn_to_page(page_to_pfn(&mem_map[i & 63]) ^ (1ul << o)); p->count++; }
int flags(void) { return elsewhere.flags; }
// CHECK:buddy:
// CHECK-NEXT:pointer_difference_index.c:mem_map[].count
// CHECK-NEXT:end
// CHECK-NEXT:flags:
// CHECK-NEXT:end
// CHECK-NEXT:set_order:
// CHECK-NEXT:pointer_difference_index.c:order_of[]
// CHECK-NEXT:end
