/*
 * A tiny guest that loads an object (cell.c) before and within the window, each time elsewhere, and keeps a list of what is loaded. The comments say
 * what a right observation is.
 */
#include <stddef.h>
#include <stdint.h>

struct section {
    const char *name;
    uint64_t address;
};
struct loaded {
    struct loaded *next;
    const char *name;
    uint32_t section_count;
    struct section sections[3];
};
struct loaded *loaded_objects;

struct header {
    uint32_t text;
    uint32_t data;
    uint32_t zero;
    uint32_t end;
    uint32_t work;
};
extern const uint8_t cell_bytes[];
extern const uint8_t cell_bytes_end[];
__asm__(".section .rodata\n.balign 16\n.globl cell_bytes, cell_bytes_end\ncell_bytes: .incbin \"" CELL_BYTES "\"\ncell_bytes_end: .byte 0\n.text\n");

static uint8_t room[16384] __attribute__((aligned(4096)));
static struct loaded records[4];

__attribute__((noinline)) void workload_begin(void) {
    __asm__ volatile("");
}
__attribute__((noinline)) void workload_end(void) {
    __asm__ volatile("");
}
__attribute__((noinline)) void object_loaded(struct loaded *object) {
    __asm__ volatile("" : : "r"(object));
}
__attribute__((noinline)) void object_leaves(struct loaded *object) {
    __asm__ volatile("" : : "r"(object));
}

static int (*cell_load(struct loaded *record, uint8_t *place))(int) {
    const struct header *header = (const struct header *)(const void *)cell_bytes;
    size_t size = (size_t)(cell_bytes_end - cell_bytes);
    for (size_t i = 0; i < header->end; i++) {
        place[i] = i < size ? cell_bytes[i] : 0;
    }
    *record = (struct loaded){
        .next = loaded_objects,
        .name = "cell",
        .section_count = 3,
        .sections = {{".text", (uint64_t)place + header->text}, {".data", (uint64_t)place + header->data}, {".bss", (uint64_t)place + header->zero}}};
    loaded_objects = record;
    object_loaded(record);
    return (int (*)(int))(uintptr_t)(place + header->work);
}

/* It is the newest one. Nothing is left where it was. */
static void cell_unload(struct loaded *record, uint8_t *place) {
    object_leaves(record);
    loaded_objects = record->next;
    for (size_t i = 0; i < ((const struct header *)(const void *)cell_bytes)->end; i++) {
        place[i] = 0xcc;
    }
}

void guest_main(void);
void guest_main(void) {
    int (*work)(int) = cell_load(&records[0], room);
    work(2); /* before the window: no observation, but its count is kept */
    workload_begin();
    work(3); /* the second call: sum 12 -> 15, value 2 -> 3 */
    work(3); /* value stays */
    cell_unload(&records[0], room);
    work = cell_load(&records[1], room + 0x1040);
    work(5); /* the first call there: sum 10 -> 15, value 1 -> 5 */
    cell_unload(&records[1], room + 0x1040);
    work = cell_load(&records[2], room + 0x80);
    work(7);
    workload_end();
    __asm__ volatile("outl %0, %1" : : "a"(0x10), "Nd"((uint16_t)0xf4));
}

/* What boot.S calls for other guests. */
void bell_ring(void);
void bell_ring(void) {
}
