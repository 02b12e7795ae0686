// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
/* A bump allocator over bytes, aligned by what its caller asks for. */
struct arena { unsigned long used; unsigned char *memory; }; static unsigned char boot_memory[4096]; static struct arena boot = {0, boot_memory}, other;
struct cpu { int id; struct cpu *next; }; struct zone { long pages; }; static struct cpu *cpus; static struct zone *zone; static int cold;
static void *take(struct arena *a, unsigned long size, unsigned long align) { unsigned long at = ((unsigned long)a->memory + a->used + align - 1) & ~(align - 1); if (at + size > (unsigned long)a->memory + 4096) return 0; a->used = at + size - (unsigned long)a->memory; return (void *)at; }
int add_cpu(int id) { struct cpu *c = take(&boot, sizeof *c, 16); if (!c) return -1; c->id = id; c->next = cpus; cpus = c; return 0; }
int add_zone(unsigned long align) { zone = take(&boot, sizeof *zone, align); if (!zone) return -1; zone->pages = 0; return 0; }
void renumber(void) { for (struct cpu *c = cpus; c; c = c->next) c->id++; }
int get(void) { return cold + (int)other.used; }
// CHECK:add_cpu:
// CHECK-NEXT:bump_allocator_variable_alignment.c:boot.used
// CHECK-NEXT:bump_allocator_variable_alignment.c:boot_memory[]
// CHECK-NEXT:bump_allocator_variable_alignment.c:cpus
// CHECK-NEXT:end
// CHECK-NEXT:add_zone:
// CHECK-NEXT:bump_allocator_variable_alignment.c:boot.used
// CHECK-NEXT:bump_allocator_variable_alignment.c:boot_memory[]
// CHECK-NEXT:bump_allocator_variable_alignment.c:zone
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:renumber:
// CHECK-NEXT:bump_allocator_variable_alignment.c:boot_memory[]
// CHECK-NEXT:end
