// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t;
static char screen[80], backup[80];
static int cursor;
static inline void stosb(void *addr, int data, int cnt) { __asm__ volatile("cld; rep stosb" : "=D"(addr), "=c"(cnt) : "0"(addr), "1"(cnt), "a"(data) : "memory", "cc"); }
static inline void *rep_movs(void *to, const void *from, size_t n)
{
	unsigned long d0, d1, d2;
	__asm__ volatile("rep ; movsq\n\tmovq %4,%%rcx\n\trep ; movsb\n\t" : "=&c"(d0), "=&D"(d1), "=&S"(d2) : "0"(n / 8), "g"(n & 7), "1"((long)to), "2"((long)from) : "memory");
	return to;
}
void clear(void) { stosb(screen, ' ', 80); cursor = 0; }
void save(void) { rep_movs(backup, screen, 80); }
// CHECK:clear:
// CHECK-NEXT:asm_pointer_string_instructions.c:cursor
// CHECK-NEXT:asm_pointer_string_instructions.c:screen[]
// CHECK-NEXT:end
// CHECK-NEXT:save:
// CHECK-NEXT:asm_pointer_string_instructions.c:backup[]
// CHECK-NEXT:end
